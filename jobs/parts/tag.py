"""The tag of a job as one person reads it: another one after every change that they can see.

It is computed from facts that come with the job in one statement, and stored nowhere. Names of people, fleets and
vehicle models are not among them: they change rarely, and the next change of the job brings them.
"""

import hashlib
import json
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Model,
    OuterRef,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Now
from django.utils import translation

from accounts.models import Agreement, AgreementSignature, CompanyMembership
from accounts.models.agreement import GRACE
from core.release import release
from jobs import suspension
from jobs.models.choices import JobStatus
from jobs.models.configuration import Configuration
from jobs.models.handback_request import HandbackRequest
from jobs.models.installation_test import InstallationTest
from jobs.models.photo import JobPhoto
from jobs.models.vehicle_access import VehicleAccess
from jobs.parts.read_vin import sent_vin_of_job
from telematics.models import Command, Key, Vehicle

# After how many seconds a client checks a job again: while something runs, and otherwise.
SOON = 2
LATER = 15
# Rows of a job that have a `version`.
PARTS: dict[str, type[Model]] = {
    "tests": InstallationTest,
    "configurations": Configuration,
    "accesses": VehicleAccess,
    "handback_requests": HandbackRequest,
    "photos": JobPhoto,
}
# What is not a column of the job itself.
FACTS = (
    *(f"versions_of_{name}" for name in PARTS),
    "vehicle_version",
    "place_changed_at",
    "agreement",
    "refusal",
    "is_admin",
    "is_vehicle_in_use",
    "is_vin_taken",
    "sent_vin",
    "is_access_open",
    "has_command_in_flight",
    "access_until",
)


def facts(person: Any) -> dict[str, Any]:
    """Annotations of jobs: all that a tag and a sheet for this person need beside the job's own columns."""
    this = OuterRef("pk")
    admins = CompanyMembership.objects.live().admins().filter(user=person.pk)
    keys = Key.objects.live().of_persons().filter(vehicle=OuterRef("vehicle"))
    commands = Command.objects.filter(key__access__job=this)
    others = Vehicle.objects.live().filter(fleet=OuterRef("fleet"), vin=OuterRef("vin"))
    return {
        **{f"versions_of_{name}": _versions(part, this) for name, part in PARTS.items()},
        "vehicle_version": F("vehicle__version"),
        "place_changed_at": F("place__updated_at"),
        "agreement": _agreement(OuterRef(OuterRef("company"))),
        "refusal": suspension.refusal_of(person.pk),
        "is_admin": Exists(admins.filter(company=OuterRef("company"))),
        "is_vehicle_in_use": Exists(keys.exclude(holder=person.pk)),
        "is_vin_taken": Exists(others.exclude(vin="").exclude(pk=OuterRef("vehicle"))),
        "sent_vin": sent_vin_of_job(),
        "is_access_open": Exists(VehicleAccess.objects.live().filter(job=this)),
        "has_command_in_flight": Exists(commands.in_flight()),
        "access_until": VehicleAccess.objects.end_of_latest(this),
        "has_open_test": Exists(InstallationTest.objects.open().filter(job=this)),
        "has_open_command": Exists(commands.filter(settled_at=None)),
    }


def _versions(part: type[Model], job: OuterRef) -> Subquery:
    """How many rows of this kind the job has, and the sum of their versions."""
    rows = part._base_manager.filter(job=job).order_by().values("job")
    mark = Concat(_text(Count("pk")), Value("."), _text(Sum("version")), output_field=CharField())
    return Subquery(rows.annotate(mark=mark).values("mark"))


def _agreement(company: OuterRef) -> Coalesce:
    """What decides whether the company may take jobs: see `Standing`."""
    signed = AgreementSignature.objects.filter(agreement=OuterRef("pk"), company=company)
    is_binding = When(published_at__lte=Now() - GRACE, then=Value("!"))
    published = Agreement.objects.filter(published_at__lte=Now()).order_by("-version")
    mark = Concat(
        _text(F("version")),
        Case(When(Exists(signed), then=Value("+")), default=Value("-")),
        Case(is_binding, default=Value("")),
        output_field=CharField(),
    )
    return Coalesce(Subquery(published.annotate(mark=mark).values("mark")[:1]), Value(""))


def _text(value: Any) -> Cast:
    return Cast(value, CharField())


def tag_of(job: Any, person: Any) -> str:
    """Return the weak entity tag `W/"<fields_version>.<digest>"` of a job that was loaded with its facts.

    The number before the dot alone decides about an edit, so that a running test does not refuse it.
    """
    seen = [release(), translation.get_language(), person.pk, job.version, job.number]
    seen += [getattr(job, name) for name in FACTS]
    digest = hashlib.blake2b(json.dumps(seen, default=str).encode(), digest_size=10)
    return f'W/"{job.fields_version}.{digest.hexdigest()}"'


def poll_after(job: Any) -> int:
    """Return after how many seconds a client should check the job again."""
    is_configuring = job.configuration_status == Configuration.Status.PENDING
    is_busy = is_configuring or job.has_open_test or job.has_open_command
    if job.status == JobStatus.RUNNING and is_busy:
        return SOON
    return LATER
