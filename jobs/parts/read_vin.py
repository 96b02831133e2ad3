"""The VIN that the unit reads in the vehicle of a job, for the statements that load the job."""

from django.db.models import Case, TextField, Value, When

from jobs.models.choices import JobStatus
from telematics.models.read_vin import sent_vin


def sent_vin_of_job() -> Case:
    """Annotate jobs with the VIN as the unit sent it; "" while nobody works on the job."""
    is_running = When(status=JobStatus.RUNNING, then=sent_vin("vehicle__"))
    return Case(is_running, default=Value(""), output_field=TextField())
