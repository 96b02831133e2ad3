"""What the fleet itself does to its vehicles: a new one, and a unit put in, exchanged or taken out."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import FleetMembership
from core.moves import MoveRefused
from telematics.models.unit import Unit
from telematics.models.vehicle_event import VehicleEvent
from telematics.signals import vehicles_spoken_for

WRITERS = (FleetMembership.Role.ADMIN, FleetMembership.Role.MANAGER)


class FittingQuerySet(models.QuerySet):
    def idle(self):
        """Those that no work counts on."""
        wanted = [condition for _receiver, condition in vehicles_spoken_for.send(sender=self.model)]
        return self.filter(*(~condition for condition in wanted))

    @transaction.atomic
    def create_by(self, by, *, fleet, qnr: str | None = None, **fields):
        """A new vehicle of the fleet, with a unit out of its stock where one is named.

        Raises NotAllowed, ValidationError with every error at its field, MoveRefused `vin_in_fleet`, `unit_not_available`.
        """
        by.lock_membership(of=fleet, roles=WRITERS)
        draft = self.model(fleet=fleet, **fields)
        draft.full_clean(exclude=["vehicle_id"], validate_unique=False, validate_constraints=False)
        if errors := draft.setup_errors():
            raise ValidationError(errors)
        unit = Unit.objects.lock_idle(qnr, fleet) if qnr else None
        vehicle = self.create_with(unit, fleet=fleet, **fields)
        VehicleEvent.record(vehicle, "create", by=by, unit=qnr)
        return vehicle


class FittedByFleet:
    """Of a vehicle, mixed into the model."""

    @transaction.atomic
    def exchange_unit(self, qnr: str | None, *, by) -> None:
        """This unit of the stock in place of what is in the vehicle; None takes that out and leaves it empty.

        Raises NotAllowed, MoveRefused `vehicle_archived`, `vehicle_in_use`, `unit_not_available`.
        """
        by.lock_membership(of=self.fleet, roles=WRITERS)
        current = type(self).objects.lock(self.pk)
        if current.archived_at:
            raise MoveRefused("vehicle_archived", _("This vehicle is archived."))
        if not type(self).objects.idle().filter(pk=self.pk).exists():
            raise MoveRefused("vehicle_in_use", _("An open job is about this vehicle. Its unit changes by that job."))
        Unit.objects.lock_all([qnr, current.unit_id])
        unit = Unit.objects.lock_idle(qnr, self.fleet) if qnr else None
        before = self._empty(current)
        current.unit = unit
        self._store(current, "unit")
        VehicleEvent.record(self, "change_unit", by=by, unit=unit and unit.pk, before=before and before.pk)
        if unit is not None:
            self.keys.live().filter(unit=None).move_to(unit)
