"""The right to use one vehicle for a time. A column ends it; dropping it at the unit follows.

`deliver` adds a key to the unit and `drop` removes it. The row has the time of the next try (`due_at`), so a lost task
or a dead worker only delays them. Both may run twice.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, User
from core.errors import MoveRefused
from core.sql import Clock, update_returning
from core.tasks import nudge
from core.ulid import ULIDField
from telematics.gateway import GatewayError, get_gateway

if TYPE_CHECKING:
    from telematics.models.unit import Unit
    from telematics.models.vehicle import Vehicle

RETRY = timedelta(seconds=30)
LONGEST_RETRY = timedelta(minutes=5)
# Every action of the holder extends the lease. The unit gets the new end only when the end that it has is this near.
DELIVER_AHEAD = timedelta(hours=1)
# The key of a client is short, so a unit that knows it for longer than a command takes is not told again.
DELIVER_CLIENTS_AHEAD = timedelta(minutes=2)


class Kind(models.TextChoices):
    PERSON = "PERSON", _("Installer")
    STAFF = "STAFF", _("Fleet")
    CLIENT = "CLIENT", _("API client")
    SYSTEM = "SYSTEM", _("System")


# The keys of the fleet itself: its people at the desk, its machines.
FLEETS_OWN = (Kind.STAFF, Kind.CLIENT)
# These end with their command.
OF_ONE_COMMAND = (Kind.STAFF, Kind.SYSTEM)


class KeyQuerySet(models.QuerySet["Key"]):
    def live(self) -> Self:
        """Neither ended nor run out, by the database's clock."""
        return self.filter(ended_at__isnull=True, ends_at__gt=Now())

    def of_persons(self) -> Self:
        return self.filter(kind=Kind.PERSON)

    def of_others_than_the_system(self) -> Self:
        """Keys of people and clients. The system's own outlive them, to put a vehicle back."""
        return self.exclude(kind=Kind.SYSTEM)

    def of_fleet(self) -> Self:
        """Those under which the fleet itself sends commands."""
        return self.filter(kind__in=FLEETS_OWN)

    def under(self, row: Any) -> Self:
        """The fleet's own keys that depend on this person, API client, fleet or provider."""
        paths = {
            "User": "holder",
            "ApiClient": "client",
            "Fleet": "vehicle__fleet",
            "MobilityProvider": "vehicle__fleet__provider",
        }
        path = paths.get(type(row).__name__)
        if path is None:
            return self.none()
        return self.of_fleet().filter(**{path: row})

    def run_out(self) -> Self:
        """Keys of the fleet whose time is over, with no recorded end."""
        return self.of_fleet().filter(ended_at__isnull=True, ends_at__lte=Now())

    def of_unnamed_kind(self) -> Self:
        """The system's own keys from before a key had a kind. A person's key has a holder."""
        return self.of_persons().filter(holder__isnull=True)

    def to_deliver(self) -> Self:
        """Live keys that their unit does not have, or has with an end that comes too soon."""
        of_client = Q(kind=Kind.CLIENT)
        near = Q(delivered_until__lt=Now() + DELIVER_CLIENTS_AHEAD)
        near |= Q(~of_client, delivered_until__lt=Now() + DELIVER_AHEAD)
        soon = Q(near, delivered_until__lt=F("ends_at"))
        return self.live().filter(Q(delivered_until__isnull=True) | soon, unit__isnull=False)

    def to_drop(self) -> Self:
        """Keys that have ended or run out and that the unit still has."""
        return self.filter(
            Q(ended_at__isnull=False) | Q(ends_at__lte=Now()), dropped_at__isnull=True
        )

    def lock(self, pk: str) -> "Key":
        locked = self.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()
        assert locked is not None, "keys are never deleted"
        return locked

    @transaction.atomic(savepoint=False)
    def end_all(self) -> list[str]:
        """End the open ones, locked in the order of their ids. Return these ids.

        They end when the locks are there: what a command did under the key meanwhile was before its end.
        """
        open_ones = self.filter(ended_at__isnull=True).order_by("pk")
        locked = open_ones.select_for_update(of=("self",), no_key=True).values("pk")
        ended = update_returning(
            Key.objects.filter(pk__in=locked),
            "pk",
            ended_at=Clock(),
            due_at=Now() + RETRY,
            attempts=0,
        )
        ids = [pk for (pk,) in ended]
        Key.nudge_drops(ids)
        return ids

    @transaction.atomic
    def move_to(self, unit: "Unit") -> list[str]:
        """Move keys that were opened before their vehicle had this unit. It has to learn them."""
        elsewhere = self.exclude(unit=unit).order_by("pk")
        ids = list(
            elsewhere.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
        )
        moved = Key.objects.filter(pk__in=ids)
        moved.update(
            unit=unit,
            delivered_until=None,
            due_at=Now() + RETRY,
            attempts=0,
        )
        Key.nudge_deliveries(ids)
        return ids


class Key(models.Model):
    Kind: TypeAlias = Kind

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    kind = models.CharField(
        _("kind"), max_length=6, choices=Kind, default=Kind.PERSON, db_default=Kind.PERSON
    )
    vehicle = models.ForeignKey(
        "telematics.Vehicle",
        verbose_name=_("vehicle"),
        on_delete=models.PROTECT,
        related_name="keys",
    )
    # The unit that has the key or is to get it. A key never leaves a unit that has it: unmounting ends the key.
    unit = models.ForeignKey(
        "telematics.Unit",
        verbose_name=_("unit"),
        on_delete=models.PROTECT,
        related_name="keys",
        null=True,
        blank=True,
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("holder"),
        on_delete=models.PROTECT,
        related_name="keys",
        null=True,
        blank=True,
    )
    # The machine of a CLIENT key. The index of the constraint below finds its open ones.
    client = models.ForeignKey(
        "accounts.ApiClient",
        verbose_name=_("API client"),
        on_delete=models.PROTECT,
        related_name="keys",
        null=True,
        blank=True,
        db_index=False,
    )
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    ends_at = models.DateTimeField(_("ends"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    added_at = models.DateTimeField(_("added at the unit"), null=True, blank=True)
    delivered_until = models.DateTimeField(
        _("known to the unit until"), null=True, blank=True, db_column="told_until"
    )
    dropped_at = models.DateTimeField(_("dropped at the unit"), null=True, blank=True)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("tries without success"), default=0)

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        ordering = ("-id",)
        indexes = [
            models.Index(
                fields=("due_at",), condition=Q(dropped_at__isnull=True), name="key_not_dropped"
            ),
            models.Index(
                fields=("ends_at",),
                condition=Q(ended_at__isnull=True, kind__in=("STAFF", "CLIENT")),
                name="key_open_of_fleet",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("vehicle",),
                condition=Q(ended_at__isnull=True, kind="PERSON"),
                name="key_one_open_of_a_person",
            ),
            models.UniqueConstraint(
                fields=("client", "vehicle"),
                condition=Q(ended_at__isnull=True, kind="CLIENT"),
                name="key_one_open_of_a_client",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("opened_at")),
                name="key_ends_after_it_opened",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    @transaction.atomic
    def open(
        cls,
        vehicle: "Vehicle",
        holder: User | None,
        ends_at: Any,
        *,
        kind: Kind = Kind.PERSON,
        client: ApiClient | None = None,
    ) -> "Key":
        """Open a key at the unit of the vehicle; call it under the lock of the vehicle or of its job.

        A vehicle has one open key of a person at a time, and one of each client. Raises MoveRefused `vehicle_in_use`.
        """
        over = cls.objects.filter(vehicle=vehicle, ends_at__lte=Now())
        if kind == Kind.PERSON:
            over.of_persons().end_all()
        elif kind == Kind.CLIENT:
            over.filter(client=client).end_all()
        key = cls(
            vehicle=vehicle,
            unit_id=vehicle.unit_id,
            kind=kind,
            holder=holder,
            client=client,
            ends_at=ends_at,
            due_at=timezone.now() + RETRY,
        )
        try:
            with transaction.atomic():
                key.save(force_insert=True)
        except IntegrityError as error:
            raise MoveRefused("vehicle_in_use") from error
        key.refresh_from_db(fields=("opened_at", "ends_at"))
        if key.unit_id and not key.is_fleets:  # the command that a fleet's key is for delivers it
            cls.nudge_deliveries([key.pk])
        return key

    @classmethod
    def open_systems(cls, cars: Iterable[tuple["Vehicle", str]], ends_at: datetime) -> list["Key"]:
        """Open a key of the system's own for each vehicle, at the unit with this QNR, in one statement."""
        due_at = timezone.now() + RETRY
        new = partial(
            cls,
            kind=Kind.SYSTEM,
            ends_at=ends_at,
            due_at=due_at,
        )
        keys = [new(vehicle=vehicle, unit_id=qnr) for vehicle, qnr in cars]
        cls.objects.bulk_create(keys)
        cls.nudge_deliveries([key.pk for key in keys])
        return keys

    @property
    def is_systems(self) -> bool:
        return self.kind == Kind.SYSTEM

    @property
    def is_fleets(self) -> bool:
        return self.kind in FLEETS_OWN

    @property
    def is_of_one_command(self) -> bool:
        return self.kind in OF_ONE_COMMAND

    def is_live(self) -> bool:
        """Query the database, by its clock. To rely on the answer, take the lock first."""
        return Key.objects.live().filter(pk=self.pk).exists()

    def extend(self, to: Any) -> bool:
        """Move the end forward. Return whether the key is live."""
        moved = Key.objects.live().filter(pk=self.pk, ends_at__lte=to).update(ends_at=to)
        if moved:
            self.refresh_from_db(fields=("ends_at",))
        return bool(moved) or self.is_live()

    def end(self) -> bool:
        """End the key now. Return whether this call did it."""
        ended = bool(Key.objects.filter(pk=self.pk).end_all())
        self.refresh_from_db(fields=("ended_at",))
        return ended

    def deliver(self) -> None:
        """Add the key to the unit. Raises GatewayError; the sweep tries again."""
        if not Key.objects.to_deliver().filter(pk=self.pk).exists():
            return
        self.refresh_from_db(fields=("unit", "ends_at"))
        assert self.unit_id, "only keys at a unit are delivered"
        with self._try_later():
            get_gateway().add_key(self.unit_id, self.pk, self.ends_at)
        known = Key.objects.filter(pk=self.pk, unit=self.unit_id)
        known.update(delivered_until=self.ends_at, attempts=0)
        known.filter(added_at__isnull=True).update(added_at=Now())

    def deliver_again(self) -> None:
        """Add a live key to a unit that has lost it. Raises GatewayError; the sweep tries again."""
        Key.objects.live().filter(pk=self.pk).update(delivered_until=None)
        self.deliver()

    def drop(self) -> None:
        """Remove the key from the unit. The unit never takes a dropped id again, so a late delivery does no harm.

        Raises GatewayError; the sweep tries again.
        """
        if not Key.objects.to_drop().filter(pk=self.pk).exists():
            return
        self.refresh_from_db(fields=("unit",))
        if self.unit_id:
            with self._try_later():
                get_gateway().drop_key(self.unit_id, self.pk)
        Key.objects.filter(pk=self.pk, dropped_at__isnull=True).update(dropped_at=Now())

    @contextmanager
    def _try_later(self) -> Iterator[None]:
        """After a GatewayError the next try is due later, each time after a longer wait."""
        try:
            yield
        except GatewayError:
            wait = min(RETRY * 2**self.attempts, LONGEST_RETRY)
            Key.objects.filter(pk=self.pk).update(due_at=Now() + wait, attempts=F("attempts") + 1)
            raise

    @staticmethod
    def nudge_deliveries(ids: Iterable[str]) -> None:
        for pk in ids:
            nudge("telematics.tasks.deliver_key", pk)

    @staticmethod
    def nudge_drops(ids: Iterable[str]) -> None:
        for pk in ids:
            nudge("telematics.tasks.drop_key", pk)
