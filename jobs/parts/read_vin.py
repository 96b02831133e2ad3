"""The VIN that the unit reads in the vehicle of a job, and what a difference means for the outcome."""

from typing import Any

from django.db.models import Case, TextField, Value, When

from core.errors import MoveRefused
from jobs.models.choices import JobStatus
from jobs.parts.names import Names
from telematics.models.read_vin import ReadVin, sent_vin


def sent_vin_of_job() -> Case:
    """Annotate jobs with the VIN as the unit sent it; "" while nobody works on the job."""
    is_running = When(status=JobStatus.RUNNING, then=sent_vin("vehicle__"))
    return Case(is_running, default=Value(""), output_field=TextField())


def read_vin_of(job: Any, sent: str) -> ReadVin:
    """Return the VIN that the unit reads, next to the job's; `sent` is what the annotation has."""
    return ReadVin.of(sent, model=job.known_model, known=Names(job).vin)


def check_read_vin(job: Any, sent: str, *, confirmed: str = "") -> dict[str, Any]:
    """Return what the event of the outcome records of a difference; nothing where there is none.

    `confirmed` is the VIN that the installer was shown. Raises MoveRefused `vin_differs` for a difference that they
    have not confirmed.
    """
    vin = read_vin_of(job, sent)
    if not vin.differs:
        return {}
    if confirmed != vin.value:
        raise MoveRefused("vin_differs", read_vin=vin.value, vin=vin.known)
    return {"vin_differs": {"read": vin.value, "known": vin.known}}
