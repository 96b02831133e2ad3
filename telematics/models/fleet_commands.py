"""Commands that the people and machines of a fleet send. Pages and OneAPI call the same method."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import ApiClient, User
from accounts.models.user import person_of
from core.errors import MoveRefused
from telematics.models.command import Command
from telematics.models.key import Key
from telematics.models.sender import lock_sender
from telematics.models.unit import Unit
from telematics.models.vehicle import Vehicle

# So long after its last command the key of a client ends. A key per command would cost three calls at the unit.
CLIENT_LEASE = timedelta(minutes=15)
# The key of a person at the desk is for one command and ends with it. This is longer than any command takes.
STAFF_LEASE = timedelta(minutes=5)


class FleetCommands:
    """The commands of one vehicle by its fleet. `by` is a person at the desk or a machine."""

    def __init__(self, vehicle: Vehicle, by: User | ApiClient):
        self.vehicle = vehicle
        self.by = by

    @transaction.atomic
    def send(self, verb: str, *, announced: bool = True) -> Command:
        """Queue a command and return it. One that is refused at once is REFUSED, with the reason as its error.

        An installer's open access does not block it. Raises NotAllowed, MoveRefused `vehicle_archived`, `no_unit`.
        """
        lock_sender(self.by, self.vehicle.fleet)
        current = Vehicle.objects.lock(self.vehicle.pk)
        if current.archived_at is not None:
            raise MoveRefused("vehicle_archived")
        if current.unit_id is None:
            raise MoveRefused("no_unit")
        Unit.objects.lock(current.unit_id)
        command = Command.objects.add(
            current,
            verb,
            key=self._key(current),
            requested_by=person_of(self.by),
            client=self.by if isinstance(self.by, ApiClient) else None,
        )
        if command.refuse_now() or not announced:
            return command
        command.nudge()
        return command

    def _key(self, vehicle: Vehicle) -> Key:
        """The open key of this client, prolonged, or a new key; for a person always a new one."""
        if not isinstance(self.by, ApiClient):
            return Key.open(vehicle, self.by, Now() + STAFF_LEASE, kind=Key.Kind.STAFF)
        ends_at = Now() + CLIENT_LEASE
        known = Key.objects.live().filter(vehicle=vehicle, client=self.by).first()
        if known is not None and known.extend(ends_at):
            return known
        return Key.open(vehicle, None, ends_at, kind=Key.Kind.CLIENT, client=self.by)
