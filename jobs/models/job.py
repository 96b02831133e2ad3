"""One piece of work for an installer. The moves stand in jobs/moves: at the desk, in the garage, about access."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.moves import Move, StatusModel
from core.ulid import ULIDField
from jobs.audience import Seen
from jobs.models.choices import FailureReason, JobStatus, Kind, Task
from jobs.models.job_indexes import LIST_INDEXES
from jobs.models.job_queryset import JobQuerySet
from jobs.models.notice import Telling
from jobs.moves.access import AccessMoves
from jobs.moves.desk import DeskMoves
from jobs.moves.garage import GarageMoves
from jobs.moves.mounting import Mounting
from jobs.moves.outcome import OutcomeMoves
from jobs.moves.record import Recorded
from jobs.moves.returning import ReturningMoves
from jobs.names import Named
from jobs.plan import Planned
from jobs.procedures.required import demand_errors
from jobs.proof import Proven
from telematics.models.specification import Specification
from telematics.models.vehicle import vin_validator

PENDING, ASSIGNED, RUNNING = JobStatus.PENDING, JobStatus.ASSIGNED, JobStatus.RUNNING


class Job(
    Named,
    Recorded,
    Planned,
    DeskMoves,
    GarageMoves,
    OutcomeMoves,
    ReturningMoves,
    AccessMoves,
    Mounting,
    Proven,
    Telling,
    Seen,
    Specification,
    StatusModel,
):
    Kind, Status, Task, FailureReason = Kind, JobStatus, Task, FailureReason

    MOVES = {
        "create": Move([], PENDING),
        "edit": Move([PENDING]),
        "delete": Move([PENDING], JobStatus.DELETED),
        "assign": Move([PENDING], ASSIGNED),
        "reserve": Move([ASSIGNED]),
        "take": Move([ASSIGNED], RUNNING),
        "withdraw": Move([RUNNING], ASSIGNED),
        "hand_back": Move([ASSIGNED], PENDING),
        "request_handback": Move([ASSIGNED]),
        "refuse_handback": Move([ASSIGNED]),
        "release": Move([ASSIGNED, RUNNING], PENDING),
        "link_unit": Move([RUNNING]),
        "fill_in": Move([RUNNING]),
        "renew": Move([RUNNING]),
        "stop_access": Move([RUNNING]),
        "allow_access": Move([RUNNING]),
        "succeed": Move([RUNNING], JobStatus.SUCCEEDED),
        "fail": Move([RUNNING], JobStatus.FAILED),
    }
    IDENTITY = ("vin", "license_plate", "custom_name")
    # What an installer may fill in as far as the manager left it blank; named as the columns of the import.
    INSTALLER_FIELDS = IDENTITY + Specification.SPECIFICATION_FIELDS
    NOTES = ("planned_service_date", "location", "contact", "instructions", "external_reference")
    DESK_FIELDS = (*INSTALLER_FIELDS, *NOTES, "vehicle", "planned_unit", "further_tests", "task")

    id = ULIDField(primary_key=True)
    # Without indexes of their own: those below begin with fleet, company, assignee and vehicle.
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="jobs", db_index=False, verbose_name=_("fleet")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INSTALLATION)
    status = models.CharField(_("status"), max_length=24, choices=JobStatus, default=PENDING, editable=False)
    fields_version = models.PositiveIntegerField(default=1, editable=False)
    company = models.ForeignKey(
        "accounts.Company",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("company"),
    )
    assignee = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("installer"),
    )
    reserved_for = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reserved for")
    )

    vin = models.CharField(_("VIN"), max_length=17, blank=True, validators=[vin_validator])
    license_plate = models.CharField(_("licence plate"), max_length=20, blank=True)
    custom_name = models.CharField(_("custom name"), max_length=100, blank=True)
    vehicle = models.ForeignKey(
        "telematics.Vehicle",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("vehicle"),
    )
    planned_unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("planned unit")
    )
    unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    # The unit that a replacement took out: it stays this job's until the outcome, so that a failure can put it back.
    replaced_unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    mounted = models.BooleanField(default=False, editable=False)  # this job put `unit` into `vehicle`
    vehicle_created = models.BooleanField(default=False, editable=False)  # ... and `vehicle` into the fleet

    task = models.CharField(_("task"), max_length=16, choices=Task, blank=True)
    further_tests = models.JSONField(_("further required tests"), default=list, blank=True)
    planned_service_date = models.DateField(_("planned service date"), null=True, blank=True)
    location = models.CharField(_("location"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    instructions = models.TextField(_("instructions"), max_length=2000, blank=True)
    external_reference = models.CharField(_("external reference"), max_length=100, blank=True)

    planned = models.JSONField(null=True, blank=True, editable=False)
    allow_override = models.BooleanField(_("override enabled"), default=False, editable=False)
    differs = models.BooleanField(_("differs from plan"), default=False, editable=False)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    failure_reason = models.CharField(_("reason"), max_length=20, choices=FailureReason, blank=True, editable=False)
    access_stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    again_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="created_again", editable=False
    )
    job_import = models.ForeignKey(
        "jobs.JobImport", models.PROTECT, null=True, blank=True, related_name="jobs", editable=False
    )
    template = models.ForeignKey(
        "jobs.JobTemplate", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    assigned_at = models.DateTimeField(null=True, blank=True, editable=False)
    taken_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)
    search = models.TextField(blank=True, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("job"), _("jobs")
        indexes = LIST_INDEXES
        constraints = [
            models.CheckConstraint(
                name="job_running_has_its_people",
                condition=~Q(status=RUNNING) | Q(assignee__isnull=False, company__isnull=False),
            ),
            models.CheckConstraint(
                name="job_assigned_has_company",
                condition=~Q(status=ASSIGNED) | Q(company__isnull=False, planned__isnull=False),
            ),
            models.CheckConstraint(
                name="job_failed_has_comment", condition=~Q(status=JobStatus.FAILED) | ~Q(comment="")
            ),
            models.UniqueConstraint(
                fields=["planned_unit"],
                condition=Q(status__in=JobStatus.open()),
                name="job_unit_planned_once",
                violation_error_code="unit_not_available",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(status__in=JobStatus.open()),
                name="job_unit_linked_once",
                violation_error_code="unit_not_available",
            ),
        ]

    def save(self, **kwargs):
        if self.is_open:
            self.adopt()
        self.search = self.search_text()
        super().save(**kwargs)

    def full_clean(self, *args, **kwargs):
        self.vin = self.vin.strip().upper()  # before its validator looks
        super().full_clean(*args, **kwargs)

    def clean(self):
        """What one field alone cannot know. Raises ValidationError with every error at its field."""
        errors: dict = {}
        if self.kind == Kind.INSTALLATION and (self._state.adding or self.status in (PENDING, RUNNING)):
            errors |= self.setup_errors()
        if self._state.adding or self.status == PENDING:  # what was demanded once, no installer can mend
            errors |= demand_errors(self.known_model, self.further_tests)
        if self.vehicle and self.vehicle.fleet_id != self.fleet_id:
            errors["vehicle"] = _("This vehicle is not in the fleet.")
        if self.planned_unit and self.planned_unit.fleet_id != self.fleet_id:
            errors["planned_unit"] = _("This unit is not in stock of the fleet.")
        if errors:
            raise ValidationError(errors)

    @property
    def is_open(self) -> bool:
        return self.status in JobStatus.open()
