"""One command to one unit: the row is first, then it is handed over, then it is settled. At most once at the unit."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import context
from core.moves import MoveRefused, NotAllowed
from core.sql import update_returning
from core.tasks import nudge
from core.ulid import ULIDField
from telematics import verbs
from telematics.gateway import TIMEOUT_SECONDS, GatewayError, get_gateway
from telematics.models.key import Key
from telematics.models.vehicle_state import limited
from telematics.signals import handing_over

# The unit starts nothing later than this after the hand-over.
LIFE = timedelta(seconds=10)
# Nobody waits longer for a command that no worker has picked up.
PATIENCE = timedelta(seconds=60)
# A SENT command whose worker has died: the answer cannot come any more.
SILENCE = timedelta(seconds=TIMEOUT_SECONDS + 15)
RETRY = timedelta(seconds=30)
PUT_BACK_LIFE = timedelta(minutes=15)


class Status(models.TextChoices):
    QUEUED = "QUEUED", _("Queued")
    SENT = "SENT", _("Sent")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")
    EXPIRED = "EXPIRED", _("Expired")
    REFUSED = "REFUSED", _("Refused")


class CommandQuerySet(models.QuerySet["Command"]):
    def queue(self, vehicle, verb, *, key, requested_by=None, client=None, patience=PATIENCE, announced=True):
        """Write it down; a worker carries it out, or the caller itself when it is not announced.

        Refused at once when the model cannot do it.
        """
        vehicle_model = vehicle.vehicle_model
        if verb not in verbs.VERBS or (vehicle_model and not verbs.supported(verb, vehicle_model.capabilities)):
            raise MoveRefused("not_supported", _("This vehicle does not support the command."))
        if key.unit_id is None:
            raise MoveRefused("no_unit", _("No unit is mounted in this vehicle."))
        now = timezone.now()
        command = self.create(
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
        if announced:
            command.nudge()
        return command

    @transaction.atomic
    def queue_put_back(self, vehicle, qnr):
        """Lock and disable driving under a fresh key of the system's own; None where there is nothing to close."""
        vehicle_model = vehicle.vehicle_model
        verb = verbs.to_put_back(vehicle_model.capabilities) if vehicle_model else verbs.LOCK_AND_DISABLE
        if verb is None or qnr is None:
            return None
        key = Key.open(vehicle, None, timezone.now() + PUT_BACK_LIFE, at=qnr)
        return self.queue(vehicle, verb, key=key, patience=PUT_BACK_LIFE)

    def in_flight(self):
        """Handed over, not answered, and the unit may still begin it."""
        return self.filter(status=Status.SENT, settled_at__isnull=True, expires_at__gt=Now())

    def overdue(self):
        """QUEUED ones whose nudge was lost or whose unit did not answer."""
        return self.filter(status=Status.QUEUED, due_at__lte=Now())

    def lapsed(self):
        """What will not happen any more: waited too long for a worker, or the worker died after the hand-over."""
        return self.filter(
            Q(status=Status.QUEUED, lapses_at__lte=Now()) | Q(status=Status.SENT, sent_at__lte=Now() - SILENCE)
        )


class Command(models.Model):
    id = ULIDField(primary_key=True)
    vehicle = models.ForeignKey(
        "telematics.Vehicle", verbose_name=_("vehicle"), on_delete=models.PROTECT, related_name="commands"
    )
    unit = models.ForeignKey(
        "telematics.Unit", verbose_name=_("unit"), on_delete=models.PROTECT, related_name="commands"
    )
    key = models.ForeignKey("telematics.Key", verbose_name=_("key"), on_delete=models.PROTECT, related_name="commands")
    verb = models.CharField(_("command"), max_length=30, choices=verbs.VERBS)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.QUEUED)
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
            models.Index(fields=("status", "due_at"), condition=Q(settled_at__isnull=True), name="command_open"),
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

    def __str__(self):
        return f"{self.verb} {self.pk}"

    @property
    def is_systems_own(self):
        """Nobody asked for it: it puts back what a test changed."""
        return self.requested_by_id is None and self.client_id is None and self.key.holder_id is None

    def nudge(self):
        from telematics.tasks import run_command

        nudge(run_command, self.pk)

    def run(self):
        """Once handed over it is never handed over again, so a second run of the task finds nothing to do."""
        expires_at = self._hand_over() if self.status == Status.QUEUED and self._teach_key() else None
        if expires_at is None:
            return
        try:
            reading = get_gateway().execute(self.unit_id, self.verb, key_id=self.key_id, expires_at=expires_at)
        except GatewayError as error:
            self.settle(Status.EXPIRED if error.code == "expired" else Status.FAILED, error=error.code)
        else:
            self.settle(Status.DONE, state=limited(reading.signals, self.vehicle.vehicle_model))

    def settle(self, status, *, error="", state=None):
        """The one end of a command, once. The system's own key ends with it."""
        open_ones = Command.objects.filter(pk=self.pk, settled_at__isnull=True)
        is_systems = self.key.holder_id is None
        with transaction.atomic():
            if is_systems:
                Key.objects.lock(self.key_id)  # before the command, as at the hand-over
            settled = open_ones.update(status=status, settled_at=Now(), error=error, state=state)
            if settled and is_systems:
                self.key.end()
        self.refresh_from_db()
        return bool(settled)

    def _teach_key(self):
        """The unit has to know the key first. Only the system's own commands wait for a unit that does not answer."""
        try:
            self.key.deliver()
        except GatewayError as error:
            if self.is_systems_own:
                Command.objects.filter(pk=self.pk, status=Status.QUEUED).update(due_at=Now() + RETRY, error=error.code)
            else:
                self.settle(Status.REFUSED, error=error.code)
            return False
        return True

    def _hand_over(self):
        """QUEUED → SENT under the locks of whoever guards the access; the expiry, None where it did not come to it.

        After this commit the unit may begin.
        """
        try:
            with transaction.atomic():
                handing_over.send(sender=Command, command=self)
                self._refuse_without_key()
                mine = Command.objects.filter(pk=self.pk, status=Status.QUEUED, lapses_at__gt=Now())
                sent = update_returning(
                    mine, "sent_at", "expires_at", status=Status.SENT, sent_at=Now(), expires_at=Now() + LIFE
                )
        except (MoveRefused, NotAllowed) as refusal:
            self.settle(Status.REFUSED, error=refusal.code)
            return None
        if not sent:
            return None
        self.status, (self.sent_at, self.expires_at) = Status.SENT, sent[0]
        return self.expires_at

    def _refuse_without_key(self):
        key = Key.objects.lock(self.key_id)
        if not key.is_live():
            raise MoveRefused("no_key", _("The access is over."))
        if key.holder_id is None and self._is_overtaken():
            raise MoveRefused("overtaken", _("Somebody uses the vehicle by now."))

    def _is_overtaken(self):
        """A person who came later has the car; closing it now would work against him."""
        later = Command.objects.filter(unit_id=self.unit_id, pk__gt=self.pk, key__holder__isnull=False)
        return self.is_systems_own and later.exists()
