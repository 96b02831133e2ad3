"""One command to one unit: written as a row, handed over, settled. The unit gets it at most once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from core import context
from core.errors import MoveRefused, NotAllowed
from core.moves import by_flow
from core.sql import update_returning
from core.tasks import nudge
from core.ulid import ULIDField
from telematics import verbs
from telematics.gateway import TIMEOUT_SECONDS, GatewayError, Reading, get_gateway
from telematics.models.key import FLEETS_OWN, Key
from telematics.models.sender import lock_sender
from telematics.models.vehicle_state import Signals, VehicleState, shown_of, traced
from telematics.refusals import OF_COMMANDS
from telematics.signals import handing_over

if TYPE_CHECKING:
    from telematics.models.vehicle import Vehicle

# The unit starts nothing later than this after the hand-over.
LIFE = timedelta(seconds=10)
# A command that no worker has picked up after this time is given up.
PATIENCE = timedelta(seconds=60)
# The worker of a SENT command that is silent for this long is dead: no answer can come.
SILENCE = timedelta(seconds=TIMEOUT_SECONDS + 15)
RETRY = timedelta(seconds=30)
PUT_BACK_LIFE = timedelta(minutes=15)
# The unit did not do it now, and may do it later.
PASSING = {"busy", "conflict", "expired", "timeout", "unreachable"}


class Status(models.TextChoices):
    QUEUED = "QUEUED", _("Queued")
    SENT = "SENT", _("Sent")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    EXPIRED = "EXPIRED", _("Expired")
    REFUSED = "REFUSED", _("Refused")


class CommandQuerySet(models.QuerySet["Command"]):
    def visible_to(self, principal: User | ApiClient) -> Self:
        """Commands to the vehicles of the principal's fleets."""
        return self.filter(vehicle__fleet__in=Fleet.objects.visible_to(principal))

    def queue(
        self,
        vehicle: "Vehicle",
        verb: str,
        *,
        key: Key,
        requested_by: User | None = None,
        patience: timedelta = PATIENCE,
        announced: bool = True,
    ) -> "Command":
        """Write a command for a worker, or for the caller itself if it is not announced.

        Raises MoveRefused `not_supported`, `no_unit`.
        """
        if not verbs.supported_by(vehicle.vehicle_model, verb):
            raise MoveRefused("not_supported")
        if key.unit_id is None:
            raise MoveRefused("no_unit")
        command = self.add(vehicle, verb, key=key, requested_by=requested_by, patience=patience)
        if announced:
            command.nudge()
        return command

    def add(
        self,
        vehicle: "Vehicle",
        verb: str,
        *,
        key: Key,
        requested_by: User | None = None,
        client: ApiClient | None = None,
        patience: timedelta = PATIENCE,
    ) -> "Command":
        """Write the row; whether the vehicle can do it is for the caller to check."""
        now = timezone.now()
        return self.create(
            vehicle=vehicle,
            unit_id=key.unit_id,
            key=key,
            verb=verb,
            requested_by=requested_by,
            client=client,
            lapses_at=now + patience,
            due_at=now + RETRY,
            request_id=context.request_id(),
        )

    def queue_put_back(self, vehicle: "Vehicle", qnr: str | None) -> "Command | None":
        """Lock and disable driving under a new key of the system's own; None where there is nothing to close."""
        return next(iter(self.queue_put_backs([(vehicle, qnr)])), None)

    @transaction.atomic
    def queue_put_backs(self, cars: Iterable[tuple["Vehicle", str | None]]) -> list["Command"]:
        """The same for many, each a vehicle and the QNR of the unit that moved it. Two statements."""
        with_verbs = [(vehicle, qnr, verbs.closing(vehicle)) for vehicle, qnr in cars if qnr]
        closable = [(vehicle, qnr, verb) for vehicle, qnr, verb in with_verbs if verb]
        now = timezone.now()
        keys = Key.open_systems(
            [(vehicle, qnr) for vehicle, qnr, _verb in closable], now + PUT_BACK_LIFE
        )
        commands = []
        for (vehicle, qnr, verb), key in zip(closable, keys, strict=True):
            command = Command(
                vehicle=vehicle,
                unit_id=qnr,
                key=key,
                verb=verb,
                lapses_at=now + PUT_BACK_LIFE,
                due_at=now + RETRY,
                request_id=context.request_id(),
            )
            commands.append(command)
        Command.objects.bulk_create(commands)
        for command in commands:
            command.nudge()
        return commands

    def of_fleet(self) -> Self:
        """Those that the fleet itself sends, at the desk or by a machine."""
        return self.filter(key__kind__in=FLEETS_OWN)

    def changing_state(self) -> Self:
        return self.exclude(verb=verbs.REQUEST_STATE)

    def in_flight(self) -> Self:
        """Handed over and not answered, while the unit may still begin."""
        return self.filter(
            status=Status.SENT,
            settled_at__isnull=True,
            expires_at__gt=Now(),
        )

    def waiting(self) -> Self:
        """QUEUED ones that no worker has handed over."""
        return self.filter(status=Status.QUEUED, settled_at__isnull=True)

    def overdue(self) -> Self:
        """QUEUED ones whose nudge was lost or whose unit did not answer."""
        return self.waiting().filter(due_at__lte=Now())

    def lapsed(self) -> Self:
        """Commands that waited too long for a worker, or whose worker died after the hand-over."""
        return self.filter(
            Q(status=Status.QUEUED, lapses_at__lte=Now())
            | Q(status=Status.SENT, sent_at__lte=Now() - SILENCE)
        )


class Command(models.Model):
    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    vehicle = models.ForeignKey(
        "telematics.Vehicle",
        verbose_name=_("vehicle"),
        on_delete=models.PROTECT,
        related_name="commands",
    )
    unit = models.ForeignKey(
        "telematics.Unit", verbose_name=_("unit"), on_delete=models.PROTECT, related_name="commands"
    )
    key = models.ForeignKey(
        "telematics.Key", verbose_name=_("key"), on_delete=models.PROTECT, related_name="commands"
    )
    verb = models.CharField(_("command"), max_length=30, choices=verbs.VERBS)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=Status,
        default=Status.QUEUED,
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("requested by"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    client = models.ForeignKey(
        "accounts.ApiClient",
        verbose_name=_("API client"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    created_at = models.DateTimeField(_("created"), db_default=Now())
    lapses_at = models.DateTimeField(_("not handed over after"))
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    expires_at = models.DateTimeField(_("not begun after"), null=True, blank=True)
    # The unit did not know the live key, so it was delivered again and the command sent once more.
    key_redelivered_at = models.DateTimeField(_("key delivered again"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=40, blank=True)
    state = models.JSONField(_("state"), null=True, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    objects = CommandQuerySet.as_manager()

    class Meta:
        verbose_name = _("command")
        verbose_name_plural = _("commands")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("vehicle", "-id"), name="command_of_vehicle"),
            models.Index(
                fields=("status", "due_at"),
                condition=Q(settled_at__isnull=True),
                name="command_open",
            ),
            models.Index(
                fields=("key",), condition=Q(status="REFUSED"), name="command_refused_of_key"
            ),
            by_flow("command_by_flow"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=("QUEUED", "SENT"), settled_at__isnull=True)
                | Q(status__in=("DONE", "FAILED", "EXPIRED", "REFUSED"), settled_at__isnull=False),
                name="command_settled_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("SENT", "DONE", "FAILED"))
                | Q(sent_at__isnull=False, expires_at__isnull=False),
                name="command_sent_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.pk}"

    @property
    def shown_state(self) -> Signals | None:
        """The state after the command. A position is no longer shown once tracking is off."""
        if self.state is None:
            return None
        return traced(self.state, located=self.vehicle.may_be_located)

    @property
    def is_systems_own(self) -> bool:
        """Whether it puts back what a test changed. No person and no client asked for it."""
        return self.key.is_systems

    @property
    def is_fleets(self) -> bool:
        """Whether the fleet itself sends it, at the desk or by a machine."""
        return self.key.is_fleets

    @property
    def changes_state(self) -> bool:
        return self.verb != verbs.REQUEST_STATE

    @property
    def sender(self) -> User | ApiClient | None:
        """The person or client; None for the system itself."""
        return self.client or self.requested_by

    @property
    def refusal(self) -> str:
        """The code with which the sender is refused; blank if it was carried out or may still be."""
        return OF_COMMANDS.get(self.error, self.error)

    def refuse_now(self) -> bool:
        """Settle a new command that the vehicle cannot take now as REFUSED. Return whether it was refused.

        Without that, the refusal would come after a call to the unit, at the hand-over.
        """
        try:
            if not verbs.supported_by(self.vehicle.vehicle_model, self.verb):
                raise MoveRefused("not_supported")
            handing_over.send(sender=Command, command=self)
        except MoveRefused as refusal:
            return self.settle(Status.REFUSED, error=refusal.code)
        return False

    def nudge(self) -> None:
        nudge("telematics.tasks.run_command", self.pk)

    def run(self) -> None:
        """Hand the command over and settle it. A second run finds it handed over and does nothing."""
        if self.status != Status.QUEUED or self._has_to_wait() or not self._teach_key():
            return
        expires_at = self._hand_over()
        if expires_at is None:
            return
        try:
            reading = self._execute(expires_at)
        except GatewayError as error:
            self._end_without_effect(error.code)
        else:
            self.settle(Status.DONE, state=shown_of(self.vehicle, reading.signals))

    def _execute(self, expires_at: datetime) -> Reading:
        """Return the state after the command. Raises GatewayError.

        A unit that does not know the live key has done nothing: it gets the key and the command once more.
        """
        try:
            return self._call_unit(expires_at)
        except GatewayError as error:
            if error.code != "no_key" or not self._note_lost_key():
                raise
        self.key.deliver_again()
        again = self._hand_over(from_status=Status.SENT)
        if again is None:
            raise GatewayError("expired")
        return self._call_unit(again)

    def _call_unit(self, expires_at: datetime) -> Reading:
        return get_gateway().execute(
            self.unit_id, self.verb, key_id=self.key_id, expires_at=expires_at
        )

    def _note_lost_key(self) -> bool:
        """Record that the unit did not know a live key. True once per command."""
        mine = Command.objects.filter(
            pk=self.pk,
            settled_at=None,
            key_redelivered_at=None,
        )
        live = Key.objects.live().filter(pk=self.key_id).values("pk")
        return bool(mine.filter(key__in=live).update(key_redelivered_at=Now()))

    def _end_without_effect(self, error: str) -> None:
        """Settle it, or try again later: a vehicle is put back as soon as its unit can do it.

        The ignition may have been turned on since it was read. The unit then refuses with `conflict`.
        """
        if self.is_systems_own and error in PASSING:
            self._take_back(error)
            return
        self.settle(Status.EXPIRED if error == "expired" else Status.FAILED, error=error)

    def lapse(self) -> None:
        """End a command that waited too long for a worker or for the answer of its unit."""
        self.settle(Status.EXPIRED, error="lapsed" if self.status == Status.QUEUED else "no_answer")

    def settle(self, status: Status, *, error: str = "", state: Signals | None = None) -> bool:
        """End the command. Return whether this call did it. A key of one command ends with it."""
        open_ones = Command.objects.filter(pk=self.pk, settled_at__isnull=True)
        with transaction.atomic():
            if self.key.is_of_one_command:
                Key.objects.lock(self.key_id)  # before the command, as at the hand-over
            settled = open_ones.update(
                status=status,
                settled_at=Now(),
                error=error,
                state=state,
            )
            if settled and self.key.is_of_one_command:
                self.key.end()
        self.refresh_from_db()
        return bool(settled)

    def _has_to_wait(self) -> bool:
        """Postpone putting back while the ignition is on, because driving is never disabled then.

        Also while the unit may still begin what a test sent, because that would undo it.
        """
        if not self.is_systems_own:
            return False
        if Command.objects.in_flight().filter(unit=self.unit_id).exists():
            self._postpone("busy", wait=LIFE)
            return True
        if self._ignition_is_on():
            self._postpone("ignition_on", lapses_at=Now() + PUT_BACK_LIFE)
            return True
        return False

    def _ignition_is_on(self) -> bool:
        """As the unit reads it now, or the last known value if the unit does not answer."""
        try:
            return bool(get_gateway().read_state(self.unit_id).value("ignition"))
        except GatewayError:
            known = VehicleState.objects.filter(vehicle=self.vehicle_id).first()
            return bool(known and known.signals.get("ignition", {}).get("value"))

    @transaction.atomic
    def _postpone(self, error: str, *, wait: timedelta = RETRY, **changes: Any) -> None:
        """Try the system's own command again later. A longer life of the command is a longer life of its key."""
        if changes:
            self.key.extend(Now() + PUT_BACK_LIFE)
        mine = Command.objects.filter(pk=self.pk, status=Status.QUEUED)
        mine.update(due_at=Now() + wait, error=error, **changes)

    @transaction.atomic
    def _take_back(self, error: str) -> None:
        """SENT → QUEUED. Only the ignition makes its life longer: a silent unit is not tried for ever."""
        changes: dict[str, Any] = {}
        if error == "conflict":
            changes["lapses_at"] = Now() + PUT_BACK_LIFE
            self.key.extend(Now() + PUT_BACK_LIFE)
        mine = Command.objects.filter(
            pk=self.pk,
            status=Status.SENT,
            settled_at__isnull=True,
        )
        mine.update(
            status=Status.QUEUED,
            due_at=Now() + RETRY,
            error=error,
            **changes,
        )
        self.refresh_from_db()

    def _teach_key(self) -> bool:
        """Deliver the key first. Only the system's own commands wait for a unit that does not answer."""
        try:
            self.key.deliver()
        except GatewayError as error:
            if self.is_systems_own:
                self._postpone(error.code)
            else:
                self.settle(Status.REFUSED, error=error.code)
            return False
        return True

    def _hand_over(self, *, from_status: Status = Status.QUEUED) -> datetime | None:
        """QUEUED → SENT, under the locks that the receivers take. Return when it expires, None where it was not sent.

        After this commit the unit may begin. From SENT only after the unit has refused to begin.
        """
        try:
            with transaction.atomic():
                self._lock_sender_of_fleet()
                handing_over.send(sender=Command, command=self)
                self._refuse_without_key()
                mine = Command.objects.filter(
                    pk=self.pk,
                    status=from_status,
                    lapses_at__gt=Now(),
                )
                sent = update_returning(
                    mine,
                    "sent_at",
                    "expires_at",
                    status=Status.SENT,
                    sent_at=Now(),
                    expires_at=Now() + LIFE,
                )
        except (MoveRefused, NotAllowed) as refusal:
            self.settle(Status.REFUSED, error=refusal.code)
            return None
        if not sent:
            return None
        self.status = Status.SENT
        self.sent_at, self.expires_at = sent[0]
        return self.expires_at

    def _lock_sender_of_fleet(self) -> None:
        """Check once more who sends a command of the fleet. Raises NotAllowed, MoveRefused `no_key`."""
        if not self.is_fleets:
            return
        if self.sender is None:
            raise MoveRefused("no_key")
        lock_sender(self.sender, self.vehicle.fleet)

    def _refuse_without_key(self) -> None:
        """Raise MoveRefused `no_key`, `overtaken`."""
        key = Key.objects.lock(self.key_id)
        if not key.is_live():
            raise MoveRefused("no_key")
        if key.is_systems and self._is_overtaken():
            raise MoveRefused("overtaken")

    def _is_overtaken(self) -> bool:
        """Whether a later command changes the vehicle. Closing it now would work against them.

        One that was never handed over changes nothing, and neither does reading the state.
        """
        later = Command.objects.filter(unit_id=self.unit_id, pk__gt=self.pk).changing_state()
        later = later.exclude(settled_at__isnull=False, sent_at__isnull=True)
        return later.exclude(key__kind=Key.Kind.SYSTEM).exists()
