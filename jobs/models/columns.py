"""The columns of a job and what follows from them alone: the base of its parts and moves."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.errors import MoveRefused
from core.moves import StatusModel
from core.ulid import ULIDField
from core.values.days import DayField, is_in_range
from core.values.text_fields import LineField, LinesField, WordField
from core.vocabulary import WordsField
from jobs.models.choices import OPEN, FailureReason, JobStatus, Kind, PhotoKind, Task
from jobs.procedures.kinds import FURTHER
from jobs.procedures.required import required_tests_errors
from telematics.models import VehicleModel
from telematics.models.specification import Specification
from telematics.values import PlateField, VinField, vin_validator


def check_assignment(job: "JobColumns") -> None:
    """Raise MoveRefused `assignment_over` for what was meant for another assignment than the one under way."""
    if job.expected_assignment not in (None, job.assignment):
        raise MoveRefused("assignment_over")


def check_read_version(job: "JobColumns") -> None:
    """Raise MoveRefused `stale` for what was meant for an earlier version. Call it under the job's lock."""
    if job.read_version not in (None, job.version):
        raise MoveRefused("stale")


class JobColumns(Specification, StatusModel):
    Kind = Kind
    Status = JobStatus
    Task = Task
    FailureReason = FailureReason

    IDENTITY = ("vin", "license_plate", "custom_name")
    # What an installer may fill in as far as the manager left it blank; named as the columns of the import.
    INSTALLER_FIELDS = IDENTITY + Specification.SPECIFICATION_FIELDS
    NOTES = (
        "planned_service_date",
        "place",
        "location",
        "contact",
        "instructions",
        "external_reference",
    )
    DESK_FIELDS = (
        *INSTALLER_FIELDS,
        *NOTES,
        "vehicle",
        "planned_unit",
        "further_tests",
        "required_photos",
        "task",
        "roll_out",
    )

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    # Without indexes of their own: those below begin with fleet, company, assignee and vehicle.
    fleet = models.ForeignKey(
        "accounts.Fleet",
        models.PROTECT,
        related_name="jobs",
        db_index=False,
        verbose_name=_("fleet"),
    )
    # Counted per fleet; none of a job from before until the sweep has come to it (`jobs.parts.number`).
    number = models.PositiveIntegerField(
        _("job number"), null=True, blank=True, editable=False, default=None, db_default=None
    )
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind,
        default=Kind.INSTALLATION,
    )
    status = models.CharField(
        _("status"), max_length=24, choices=JobStatus, default=JobStatus.PENDING, editable=False
    )
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
    # The version that the take of the present holder gave the job: a later take is another assignment.
    assignment = models.PositiveIntegerField(null=True, blank=True, editable=False)
    reserved_for = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reserved for"),
    )

    vin = VinField(
        _("VIN"),
        max_length=17,
        blank=True,
        validators=[vin_validator],
    )
    license_plate = PlateField(_("licence plate"), max_length=20, blank=True)
    custom_name = LineField(_("custom name"), max_length=100, blank=True)
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
        "telematics.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("planned unit"),
    )
    unit = models.ForeignKey(
        "telematics.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit"),
    )
    # The unit that a replacement took out: it stays this job's until the outcome, so that a failure can put it back.
    replaced_unit = models.ForeignKey(
        "telematics.Unit", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    mounted = models.BooleanField(
        default=False, editable=False
    )  # this job put `unit` into `vehicle`
    vehicle_created = models.BooleanField(
        default=False, editable=False
    )  # ... and `vehicle` into the fleet

    task = WordField(
        _("task"),
        max_length=16,
        choices=Task,
        blank=True,
    )
    # Without a check in the database: it would also stop the moves of a job from before that holds a wrong word.
    further_tests = WordsField(_("further required tests"), words=FURTHER, default=list, blank=True)
    # What the job needs a photo of before it can succeed.
    required_photos = WordsField(
        _("required photos"), words=PhotoKind.choices, default=list, db_default=[], blank=True
    )
    planned_service_date = DayField(_("planned service date"), null=True, blank=True)
    # Beside the free text: a place of the fleet, with its address and its hours as they are now.
    place = models.ForeignKey(
        "telematics.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("place"),
    )
    location = LineField(_("location"), max_length=200, blank=True)
    contact = LineField(_("contact"), max_length=200, blank=True)
    instructions = LinesField(_("instructions"), max_length=2000, blank=True)
    external_reference = LineField(_("external reference"), max_length=100, blank=True)

    planned = models.JSONField(
        _("planned"),
        null=True,
        blank=True,
        editable=False,
    )
    allow_override = models.BooleanField(_("override enabled"), default=False, editable=False)
    differs = models.BooleanField(_("differs from plan"), default=False, editable=False)
    comment = LinesField(_("comment"), max_length=2000, blank=True)
    failure_reason = models.CharField(
        _("reason"), max_length=20, choices=FailureReason, blank=True, editable=False
    )
    access_stopped_at = models.DateTimeField(
        _("access stopped at"), null=True, blank=True, editable=False
    )

    again_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="created_again",
        editable=False,
        verbose_name=_("again of"),
    )
    job_import = models.ForeignKey(
        "jobs.JobImport", models.PROTECT, null=True, blank=True, related_name="jobs", editable=False
    )
    # A group of the fleet's own: no partner reads it, and it changes in every status.
    roll_out = models.ForeignKey(
        "jobs.RollOut",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="jobs",
        db_index=False,
        verbose_name=_("roll-out"),
    )
    template = models.ForeignKey(
        "jobs.JobTemplate", models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    created_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    assigned_at = models.DateTimeField(
        _("assigned at"),
        null=True,
        blank=True,
        editable=False,
    )
    taken_at = models.DateTimeField(
        _("taken at"),
        null=True,
        blank=True,
        editable=False,
    )
    finished_at = models.DateTimeField(
        _("finished"),
        null=True,
        blank=True,
        editable=False,
    )
    search = models.TextField(blank=True, editable=False)

    # Annotations of jobs that were loaded `with_configuration`, `with_facts`, `for_phone`, `with_recorded_end`.
    configuration_id: str | None
    configuration_status: str
    configuration_at: datetime | None
    configuration_error: str
    access_until: datetime | None
    has_tests: bool
    versions_of_photos: str | None
    has_photos: bool
    refusal: str
    is_admin: bool
    is_vehicle_in_use: bool
    sent_vin: str
    is_access_open: bool
    has_open_test: bool
    has_open_command: bool
    has_command_in_flight: bool
    recorded_end: dict[str, Any] | None

    # The assignment that a caller means; None for whatever is under way.
    expected_assignment: int | None = None
    # The version that a caller has read; None for whatever is there.
    read_version: int | None = None

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def is_installation(self) -> bool:
        return self.kind == Kind.INSTALLATION

    @property
    def is_badly_dated(self) -> bool:
        """Whether the planned date, from before dates had bounds, is not possible."""
        day = self.planned_service_date
        return day is not None and not is_in_range(day)

    @property
    def changes_unit(self) -> bool:
        """Whether a unit is put to work here, and so has to be configured and proven."""
        return self.is_installation or self.task == Task.REPLACE_UNIT

    @property
    def current_qnr(self) -> str | None:
        """The unit that the job works on: the one it linked, else the one in its vehicle."""
        if self.unit_id or self.vehicle is None:
            return self.unit_id
        return self.vehicle.unit_id

    @property
    def known_model(self) -> VehicleModel | None:
        """The vehicle model that was entered, else that of the job's vehicle."""
        if self.vehicle_model or self.vehicle is None:
            return self.vehicle_model
        return self.vehicle.vehicle_model

    def desk_errors(self) -> dict[str, Any]:
        """Return by field what the vehicle model does not support, and which required tests it cannot pass."""
        return self.setup_errors() | required_tests_errors(self.vehicle_model, self.further_tests)

    def plain(self, name: str) -> Any:
        """Return a field's value as JSON has it; a row is represented by its key."""
        return getattr(self, column(self, name).attname)

    def with_values(self, **changed: Any) -> Self:
        """Return an unsaved copy with other values, to see what a change would mean."""
        copy = type(self)(
            **{field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}
        )
        copy._state.adding = False
        for name, value in changed.items():
            setattr(copy, name, value)
        return copy


def column(row: models.Model, name: str) -> "models.Field[Any, Any]":
    """Return the field of a column by its name; a name of anything else is a mistake."""
    field = row._meta.get_field(name)
    if not isinstance(field, models.Field):
        raise TypeError(f"{name} is no column.")
    return field


def is_blank(value: Any) -> bool:
    """Whether a value reads "installer decides". False and 0 are decisions."""
    return value is None or value == "" or value == []


def blank_of(field: models.Field) -> Any:
    """Return the blank value of a column."""
    if field.null:
        return None
    return ""
