"""A vehicle of a fleet. Each change of it is a method, called inside the transaction of the caller."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from accounts.models.membership import MANAGING
from core.errors import MoveRefused
from core.ids import ShortIdField, ShortIdModel
from core.normal import contains, normalise, search_column
from core.prepared import Given, Prepared
from core.values.names import identity, letters, pattern_of
from core.values.text_fields import LineField, WordField
from telematics import labels, signals
from telematics.life import SILENT_AFTER
from telematics.models.change_reason import COLUMNS, IDENTITY, ChangeReason
from telematics.models.custody import Custody, End
from telematics.models.specification import Specification
from telematics.models.unit import Unit
from telematics.models.vehicle_event import VehicleEvent
from telematics.models.vehicle_indexes import INDEXES
from telematics.refusals import VEHICLE_HAS_OPEN_JOB
from telematics.signals import vehicles_held, vehicles_spoken_for
from telematics.values import NAMING_QNR, VIN, PlateField, VinField, vin_validator

if TYPE_CHECKING:
    from telematics.models.command import Command
    from telematics.models.fleet_commands import FleetCommands
    from telematics.models.fleet_edits import FleetEdits
    from telematics.models.key import KeyQuerySet

# As in `Vehicle.full_name`.
ID_AT_END = re.compile(r"\(([A-Za-z0-9]+)\)\s*\Z")


def lock_writer(by: User | ApiClient, fleet: Fleet) -> None:
    """Lock what lets the caller write the fleet's vehicles. Raises NotAllowed. Operators are in no fleet."""
    if not by.is_operator:
        by.lock_membership(of=fleet, roles=MANAGING)


def is_located(vehicle: bool | None, unit: bool | None) -> bool:
    """Whether the tracking of a vehicle and of its unit lets a position be kept."""
    return vehicle is not False and unit is not False


class OperationStatus(models.TextChoices):
    OPERATING = "OPERATING", _("Operating")
    GARAGE = "GARAGE", _("In the garage")
    BROKEN = "BROKEN", _("Broken")
    OUT_OF_SERVICE = "OUT_OF_SERVICE", _("Out of service")


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    def live(self) -> Self:
        return self.filter(archived_at__isnull=True)

    def silent(self) -> Self:
        """With a unit that has sent nothing for a while, or never; `life_status` of one vehicle."""
        late = models.Q(state__received_at__lt=Now() - SILENT_AFTER)
        return self.filter(late | models.Q(state=None), unit__isnull=False)

    def visible_to(self, principal: User | ApiClient) -> Self:
        """Vehicles of the principal's fleets. Installers reach a vehicle by their access instead."""
        return self.filter(fleet__in=Fleet.objects.visible_to(principal))

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)

    def not_held(self) -> Self:
        """Vehicles that no assigned or running job is about, and to which nobody has access."""
        answers: list[Any] = vehicles_held.send(sender=self.model)
        return self.filter(*(~held for _receiver, held in answers))

    def idle(self) -> Self:
        """Vehicles that no open job is about."""
        answers: list[Any] = vehicles_spoken_for.send(sender=self.model)
        return self.filter(*(~spoken_for for _receiver, spoken_for in answers))

    def matching(self, text: str) -> Self:
        """Search by VIN (also its end), plate and custom name. Ignores case, blanks and hyphens."""
        wanted = normalise(text)
        if wanted:
            return self.filter(contains(wanted))
        return self

    def found_by(self, text: str) -> Self:
        """The same, and the vehicle with this ID and the one with the unit of this QNR."""
        wanted = normalise(text)
        if not wanted:
            return self
        others = models.Q(pk=wanted) | models.Q(unit=NAMING_QNR.canonical(text))
        return self.filter(contains(wanted) | others)

    def spelled_like(self, text: str) -> Self:
        """Vehicles with a name that has the letters of `text`, with any separators, or with the ID in `text`."""
        ids = [letters(text)]
        if found := ID_AT_END.search(text):
            ids.append(found[1].upper())
        return self.filter(models.Q(search__regex=pattern_of(text)) | models.Q(pk__in=ids))

    def lock(self, pk: str) -> "Vehicle":
        """Lock the row and return it as it is now, with its fleet."""
        locked = LOCKED.first(pk=pk)
        assert locked is not None, "vehicles are never deleted"
        return locked

    def lock_all(self, pks: Iterable[str | None]) -> None:
        """Lock several at once, in the order of their keys."""
        list(self.to_lock(pks))

    def to_lock(self, pks: Iterable[str | None]) -> models.QuerySet:
        """What `lock_all` reads: the keys."""
        rows = self.filter(pk__in={pk for pk in pks if pk}).order_by("pk")
        return rows.select_for_update(of=("self",), no_key=True).values("pk")

    @transaction.atomic
    def create_by(
        self,
        by: User | ApiClient,
        *,
        fleet: Fleet,
        qnr: str | None = None,
        reason: str = "",
        **fields: Any,
    ) -> "Vehicle":
        """Create a vehicle of the fleet, with a unit of its stock if `qnr` names one.

        Raises NotAllowed, ValidationError with every error at its field, MoveRefused `vin_in_fleet`,
        `unit_not_available`.
        """
        lock_writer(by, fleet)
        draft, errors = self.draft(fleet, fields)
        if errors:
            raise ValidationError(errors)
        draft.unit = Unit.objects.lock_free(qnr, fleet) if qnr else None
        draft.refuse_taken_vin(fleet, draft.vin)
        draft.change(reason=ChangeReason.CREATED)
        if draft.unit is not None:
            Custody.objects.filter(unit=draft.unit).end(End.MOUNTED, by=by)
        VehicleEvent.record_all({draft: {"unit": qnr}}, "create", by=by, reason=reason)
        return draft

    @staticmethod
    def draft(fleet: Fleet, fields: dict[str, Any]) -> "tuple[Vehicle, dict[str, Any]]":
        """An unsaved vehicle with these columns in their canonical form, and what is wrong with it, by field."""
        fields, errors = labels.read(fields)
        draft = Vehicle(fleet=fleet, **fields)
        # Fleet, model and unit are rows that the caller has loaded.
        loaded = ["vehicle_id", "fleet", "vehicle_model", "unit"]
        try:
            draft.full_clean(exclude=loaded, validate_unique=False, validate_constraints=False)
        except ValidationError as wrong:
            errors |= wrong.error_dict
        return draft, errors | draft.setup_errors()

    def create_with(self, unit: Unit | None, *, fleet: Fleet, **fields: Any) -> "Vehicle":
        """Create a vehicle with a unit that the caller holds locked (`Unit.objects.lock_in_stock`)."""
        vehicle = Vehicle(fleet=fleet, unit=unit, **fields)
        vehicle.refuse_taken_vin(fleet, vehicle.vin)
        vehicle.change(reason=ChangeReason.CREATED)
        return vehicle


class Vehicle(ShortIdModel, Specification):
    if TYPE_CHECKING:
        keys: KeyQuerySet

    vehicle_id = ShortIdField(_("vehicle ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet",
        verbose_name=_("fleet"),
        on_delete=models.PROTECT,
        related_name="vehicles",
        db_index=False,  # every index below begins with it
    )
    unit = models.OneToOneField(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.PROTECT,
        related_name="vehicle",
        null=True,
        blank=True,
    )
    unit_attached_at = models.DateTimeField(
        _("unit attached"), null=True, blank=True, editable=False
    )
    vin = VinField(
        _("VIN"),
        max_length=17,
        blank=True,
        validators=[vin_validator],
    )
    license_plate = PlateField(_("licence plate"), max_length=20, blank=True)
    custom_name = LineField(_("custom name"), max_length=100, blank=True)
    # Without an index of its own: the one of its list begins with the fleet.
    place = models.ForeignKey(
        "telematics.Place",
        verbose_name=_("place"),
        on_delete=models.PROTECT,
        related_name="vehicles",
        null=True,
        blank=True,
        db_index=False,
    )
    operation_status = WordField(
        _("operation status"),
        max_length=20,
        choices=OperationStatus,
        default=OperationStatus.OPERATING,
    )
    operation_status_remark = LineField(_("remark"), max_length=200, blank=True, db_default="")
    operation_status_changed_at = models.DateTimeField(
        _("operation status changed"), null=True, blank=True, editable=False
    )
    custom_fields = models.JSONField(_("custom fields"), default=dict, blank=True)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    search = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    archived_at = models.DateTimeField(
        _("archived"),
        null=True,
        blank=True,
        editable=False,
    )

    # When its identity was blanked, after it could be restored no longer.
    blanked_at = models.DateTimeField(_("blanked"), null=True, blank=True, editable=False)

    IDENTITY = IDENTITY

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        ordering = ("-created_at", "pk")
        indexes = INDEXES
        constraints = [
            models.UniqueConstraint(
                fields=("fleet", "vin"),
                condition=models.Q(archived_at__isnull=True) & ~models.Q(vin=""),
                name="vehicle_vin_once_in_fleet",
                violation_error_code="vin_in_fleet",
            ),
            models.CheckConstraint(
                condition=models.Q(archived_at__isnull=True) | models.Q(unit__isnull=True),
                name="vehicle_archived_has_no_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.license_plate or self.custom_name or self.vin or self.vehicle_id

    def save(self, **kwargs: Any) -> None:
        self.search = self.search_text()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "search"}
        super().save(**kwargs)

    def search_text(self) -> str:
        return search_column(*(getattr(self, name) for name in self.IDENTITY))

    @property
    def label(self) -> str:
        """Brand and model, as far as they are known."""
        return " ".join(filter(None, (self.brand, self.model)))

    @property
    def full_name(self) -> str:
        """A name that a person can read, and the ID that makes it unique."""
        return f"{self} ({self.pk})"

    def is_called(self, text: str) -> bool:
        """Whether `text` is a name, the VIN or the ID of this vehicle.

        A name must have its separators in the same places. Those in a VIN are ignored.
        """
        names = (self.pk, self.license_plate, self.custom_name, self.full_name)
        wanted = identity(text)
        if not wanted:
            return False
        return letters(text) == self.vin.upper() or any(identity(name) == wanted for name in names)

    @property
    def may_be_located(self) -> bool:
        """Tracking is off if it is for the vehicle, or was when its unit was set up. Left open, it is not off."""
        return is_located(self.tracking, self.unit.tracking if self.unit else None)

    def refuse_taken_vin(self, fleet: Fleet, vin: str) -> None:
        """Raise MoveRefused `vin_in_fleet`. This is the friendly answer; the unique index guarantees it."""
        taken = (
            Vehicle.objects.live().filter(fleet=fleet, vin=VIN.canonical(vin)).exclude(pk=self.pk)
        )
        if vin and taken.exists():
            raise MoveRefused("vin_in_fleet")

    def change(
        self, *, reason: ChangeReason, locked: "Vehicle | None" = None, **values: Any
    ) -> None:
        """Write `values` and pass on the reason. Nothing else writes a vehicle.

        A new vehicle is inserted. `locked` is the row that the caller holds locked and has checked. Without it, values
        that are already there change nothing, and this method takes the lock. Raises MoveRefused `vin_in_fleet`.
        """
        assert values.keys() <= COLUMNS[reason], (
            f"{reason} does not change {values.keys() - COLUMNS[reason]}"
        )
        if self._state.adding:
            self.unit_attached_at = timezone.now() if self.unit_id else None
            self.save(force_insert=True)
            signals.changed.send(Vehicle, vehicles=[self], reason=reason)
        elif locked is not None:
            self._write(locked, reason, values)
        elif any(getattr(self, name) != value for name, value in values.items()):
            self._lock_and_write(reason, values)

    @transaction.atomic
    def _lock_and_write(self, reason: ChangeReason, values: dict[str, Any]) -> None:
        signals.changing.send(Vehicle, vehicle=self, changed=values)
        current = Vehicle.objects.lock(self.pk)
        if "vin" in values:
            current.refuse_taken_vin(current.fleet, values["vin"])
        self._write(current, reason, values)

    def _write(self, current: "Vehicle", reason: ChangeReason, values: dict[str, Any]) -> None:
        was_tracked = current.tracking is not False
        if "unit" in values:
            values["unit_attached_at"] = timezone.now() if values["unit"] else None
        for name, value in values.items():
            setattr(current, name, value)
        current.version += 1
        current.save(update_fields={*values, "version", "updated_at"})
        if was_tracked and current.tracking is False:
            self._forget_position()
        for name in (*values, "version", "updated_at", "search"):
            setattr(self, name, getattr(current, name))
        signals.changed.send(Vehicle, vehicles=[current], reason=reason)

    def _forget_position(self) -> None:
        from telematics.models.vehicle_state import VehicleState

        VehicleState.forget_position(pk=self.pk)

    @transaction.atomic
    def mount(self, unit: Unit) -> None:
        """Put a unit of the stock into this vehicle. Keys that were open before it came move to it.

        Raises MoveRefused `vehicle_archived`, `vehicle_has_unit`, `unit_not_available`.
        """
        current = Vehicle.objects.lock(self.pk)
        if current.archived_at:
            raise MoveRefused("vehicle_archived")
        if current.unit_id and current.unit_id != unit.pk:
            raise MoveRefused("vehicle_has_unit")
        if current.unit_id is None:
            unit = Unit.objects.lock_in_stock(unit.pk, current.fleet)
        self.change(
            reason=ChangeReason.UNIT_CHANGED,
            locked=current,
            unit=unit,
        )
        self.keys.live().filter(unit=None).move_to(unit)

    @transaction.atomic(savepoint=False)
    def unmount(self) -> Unit | None:
        """Return the unit to stock and end the keys to it."""
        current = Vehicle.objects.lock(self.pk)
        unit = self._end_keys_of_unit(current)
        if unit is not None:
            self.change(
                reason=ChangeReason.UNIT_CHANGED,
                locked=current,
                unit=None,
            )
        return unit

    @transaction.atomic(savepoint=False)
    def archive(self, *, locked: "Vehicle | None" = None) -> None:
        """Take the vehicle out of the fleet: its unit goes back to stock, its VIN is free again."""
        current = locked or Vehicle.objects.lock(self.pk)
        if current.archived_at is None:
            self._end_keys_of_unit(current)
            self.change(
                reason=ChangeReason.ARCHIVED, locked=current, unit=None, archived_at=timezone.now()
            )

    @transaction.atomic
    def exchange_unit(
        self, qnr: str | None, *, by: User | ApiClient, expected: int | None = None
    ) -> None:
        """Put this unit of the stock in place of the one in the vehicle; None leaves the vehicle empty.

        `expected` is the version that the caller has read. Raises NotAllowed, MoveRefused `stale`, `vehicle_archived`,
        `vehicle_in_use`, `unit_not_available`.
        """
        by.lock_membership(of=self.fleet, roles=MANAGING)
        current = Vehicle.objects.lock(self.pk)
        current.check_version(expected)
        current.check_fleet_may_exchange()
        if qnr == current.unit_id:
            return
        Unit.objects.lock_all([qnr, current.unit_id])
        unit = Unit.objects.lock_free(qnr, self.fleet) if qnr else None
        before = self._end_keys_of_unit(current)
        self.change(
            reason=ChangeReason.UNIT_CHANGED,
            locked=current,
            unit=unit,
        )
        VehicleEvent.record(
            self, "change_unit", by=by, unit=unit and unit.pk, before=before and before.pk
        )
        if unit is not None:
            Custody.objects.filter(unit=unit).end(End.MOUNTED, by=by)
            self.keys.live().filter(unit=None).move_to(unit)

    def check_version(self, expected: int | None) -> None:
        """Raise MoveRefused `stale` where the caller has read another version; call it under the lock."""
        if expected not in (None, self.version):
            raise MoveRefused("stale")

    def check_fleet_may_exchange(self) -> None:
        """Raise MoveRefused `vehicle_archived`, `vehicle_in_use`; call it under the lock."""
        if self.archived_at:
            raise MoveRefused("vehicle_archived")
        if not Vehicle.objects.idle().filter(pk=self.pk).exists():
            raise MoveRefused(
                "vehicle_in_use",
                VEHICLE_HAS_OPEN_JOB,
            )

    def edits(
        self, by: User | ApiClient, *, expected: int | None = None, reason: str = ""
    ) -> "FleetEdits":
        """What the fleet may change of it. `expected` is the version that the caller has read."""
        from telematics.models.fleet_edits import FleetEdits

        return FleetEdits(self, by, expected=expected, reason=reason)

    def commands_by(self, by: User | ApiClient) -> "FleetCommands":
        """What the fleet may send to it."""
        from telematics.models.fleet_commands import FleetCommands

        return FleetCommands(self, by)

    def put_back(self, at: str | None = None) -> "Command | None":
        """Queue a command that locks the vehicle and disables driving; None where nothing can be closed.

        `at` is the QNR of the unit that moved it, if that may have left the vehicle.
        """
        from telematics.models.command import Command

        return Command.objects.queue_put_back(self, at or self.unit_id)

    def _end_keys_of_unit(self, current: "Vehicle") -> Unit | None:
        """Lock the unit that is about to leave and end its keys; None when there is none. `current` is locked."""
        if current.unit_id is None:
            return None
        unit = Unit.objects.lock(current.unit_id)
        self.keys.of_others_than_the_system().end_all()
        return unit


# The query of `lock`. Prepared, it saves 1 ms a call: `./bin/bench vehicles`, "PATCH ÷ B1".
LOCKED = Prepared(
    lambda: (
        Vehicle.objects.select_related("fleet")
        .filter(pk=Given("pk", Vehicle._meta.pk))
        .select_for_update(of=("self",), no_key=True)
    )
)
