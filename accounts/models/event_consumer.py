"""Programs and channels that get the messages of a fleet."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.authority import authorise
from accounts.models.consumer_choices import LIVE, Kind, Status, SuspendedBecause
from accounts.models.consumer_secret import GRACE, SECRETS
from accounts.models.event_consumer_queryset import EventConsumerQuerySet
from accounts.models.event_subscription import NEW_TOPIC_WAITS, EventSubscription
from accounts.models.membership import FleetMembership
from accounts.models.message_broker import match_broker_soon
from accounts.models.notification import notify
from core.errors import MoveRefused
from core.models import OutboxMessage
from core.moves import Move, StatusModel
from core.outbox.message import Entry
from core.ulid import ULIDField
from core.values.encrypted import opened, resealed
from core.values.text_fields import LineField

if TYPE_CHECKING:
    from accounts.models.authority import Actor


class EventConsumer(StatusModel):
    """One reader of a fleet's messages, by one channel. Its credentials are shown once."""

    MOVES: ClassVar[Mapping[str, Move]] = {
        "edit": Move(LIVE),
        "renew_secret": Move(LIVE),
        "replay": Move(LIVE),
        "suspend": Move((Status.ACTIVE,), Status.SUSPENDED),
        "resume": Move((Status.SUSPENDED,), Status.ACTIVE),
        "remove": Move(LIVE, Status.REMOVED),
    }

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="event_consumers", verbose_name=_("fleet")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = LineField(_("name"), max_length=100)
    topics = models.JSONField(_("topics"), default=list)
    # Of a channel for people: only messages with one of these reasons; empty for any.
    reasons = models.JSONField(_("reasons"), default=list, blank=True)
    url = LineField(_("URL"), max_length=500, blank=True, default="")
    # What the channel needs to prove itself, never as readable text (accounts/channels/).
    secret = models.TextField(blank=True, default="", editable=False)
    former_secret = models.TextField(blank=True, default="", editable=False)
    former_until = models.DateTimeField(null=True, blank=True, editable=False)
    suspended_because = models.CharField(
        _("suspended because"), max_length=16, choices=SuspendedBecause, blank=True, default=""
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)
    # What its channel reports: all that it has delivered, and since when nothing was accepted.
    delivered = models.PositiveBigIntegerField(
        _("delivered messages"), default=0, db_default=0, editable=False
    )
    last_delivered_at = models.DateTimeField(
        _("last delivered"), null=True, blank=True, editable=False
    )
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True, editable=False)

    # Set by `add` alone, for the page that shows it.
    shown_secret = ""

    objects = EventConsumerQuerySet.as_manager()

    class Meta:
        verbose_name = _("event consumer")
        verbose_name_plural = _("event consumers")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                condition=Q(status__in=LIVE),
                name="one_live_event_consumer_a_name",
            )
        ]
        indexes = [
            models.Index(
                fields=["status"],
                condition=Q(status=Status.SUSPENDED.value),
                name="event_consumer_suspended",
            )
        ]

    def __str__(self) -> str:
        return self.name

    # --- moves of the fleet's admins ------------------------------------------------------------------------------
    @transaction.atomic
    def edit(
        self,
        *,
        by: "Actor",
        name: str,
        topics: Sequence[str],
        reasons: Sequence[str] = (),
        url: str = "",
    ) -> None:
        """A new topic begins now; one that is left out is forgotten. Raises NotAllowed, MoveRefused."""
        self.lock(by)
        is_elsewhere = url != self.url
        others = EventConsumer.objects.live().filter(fleet=self.fleet, name=name)
        if others.exclude(pk=self.pk).exists():
            raise MoveRefused("consumer_name_taken")
        self._move(
            "edit",
            by=by,
            name=name,
            topics=list(topics),
            reasons=list(reasons),
            url=url,
            changed_at=timezone.now(),
        )
        self._subscribe(after=NEW_TOPIC_WAITS if self.kind == Kind.AMQP else timedelta(0))
        self.deliveries.waiting().exclude(topic__in=topics).delete()
        if is_elsewhere:
            self._restart()
        self.fleet.keep_topics()
        self._match_broker()

    @transaction.atomic
    def renew_secret(self, *, by: "Actor", keep_former: bool = True) -> str:
        """Return a new secret, which cannot be read again. A webhook's former one is used beside it for 24 hours,
        or no longer.

        Raises NotAllowed, MoveRefused.
        """
        self.lock(by)
        kind = SECRETS[self.kind]
        secret = kind.new()
        keep_former = keep_former and kind.is_shared
        now = timezone.now()
        self._move(
            "renew_secret",
            by=by,
            secret=kind.stored(secret),
            former_secret=self.secret if keep_former else "",
            former_until=now + GRACE if keep_former else None,
            changed_at=now,
        )
        self._match_broker()
        return secret

    @transaction.atomic
    def resume(self, *, by: "Actor") -> None:
        """Go on from the cursor. Raises NotAllowed, MoveRefused."""
        self.lock(by)
        self._move("resume", by=by, suspended_because="", changed_at=timezone.now())
        self._restart()

    @transaction.atomic
    def replay(self, *, by: "Actor", since: datetime | None = None) -> None:
        """Deliver again what is kept, from a time on or all of it. Raises NotAllowed, MoveRefused."""
        self.lock(by)
        self._move("replay", by=by, changed_at=timezone.now())
        self.subscriptions.all().put_back(since)
        self.deliveries.repeated().delete()

    @transaction.atomic
    def remove(self, *, by: "Actor") -> None:
        """From now on it gets nothing, and nothing is kept for it. Raises NotAllowed, MoveRefused."""
        self.lock(by)
        self._move("remove", by=by, secret="", former_secret="", changed_at=timezone.now())
        self.subscriptions.all().delete()
        self.deliveries.all().delete()
        self.fleet.keep_topics()
        self._match_broker()

    @transaction.atomic
    def send_test(self, *, by: "Actor", text: str) -> None:
        """Write a message to this consumer alone. Raises NotAllowed, MoveRefused `wrong_status`."""
        self.lock(by)
        if self.status != Status.ACTIVE:
            raise self._refusal()
        entry = Entry(self.pk, data={"text": text})
        OutboxMessage.objects.write(self.fleet_id, self.topics[0], [entry], recipient=self.pk)

    # --- a move of the system -------------------------------------------------------------------------------------
    @transaction.atomic
    def suspend(self, because: str) -> None:
        """Stop at the cursor, and notify the admins. Raises MoveRefused where it is suspended or removed already."""
        self._move("suspend", by=None, suspended_because=because, changed_at=timezone.now())
        signals.consumer_suspended.send(sender=EventConsumer, consumer=self)
        notify(
            self.fleet.admins,
            "consumer_suspended",
            team=self.fleet.known_as,
            consumer=self.name,
            because=because,
            path=self.path,
        )

    # --- reading --------------------------------------------------------------------------------------------------
    @property
    def path(self) -> str:
        """Of its page."""
        return f"/fleetcontrol/{self.fleet_id}/settings/event-consumers/{self.pk}/"

    @property
    def secrets(self) -> list[str]:
        """The secret, and the former one while it is used beside it. Raises Unreadable."""
        sealed = [self.secret]
        if self.former_until and self.former_until > timezone.now():
            sealed.append(self.former_secret)
        return [opened(text) for text in sealed if text]

    # --- parts of them --------------------------------------------------------------------------------------------
    def lock(self, by: "Actor") -> None:
        """Lock the fleet, the membership and this row, and see it as it is now. Raises NotAllowed."""
        self.fleet.lock()
        authorise(by, self.fleet, FleetMembership.Role.ADMIN)
        mine = EventConsumer.objects.select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(from_queryset=mine)

    def _match_broker(self) -> None:
        if self.kind == Kind.AMQP:
            match_broker_soon()

    def _restart(self) -> None:
        """What waits is tried at once, as if for the first time."""
        self.subscriptions.all().begin_samples()
        self.deliveries.waiting().try_now()
        EventConsumer.objects.filter(pk=self.pk).update(failing_since=None)
        self.failing_since = None

    def _reseal(self) -> None:
        """Raises Unreadable. A secret that is renewed meanwhile is sealed with the first key anyway."""
        former = resealed(self.former_secret) if self.former_secret else ""
        rows = EventConsumer.objects.filter(pk=self.pk, secret=self.secret)
        rows.update(secret=resealed(self.secret), former_secret=former)

    def _subscribe(self, after: timedelta = timedelta(0)) -> None:
        if self.kind != Kind.FEED:  # its reader passes the place to read from
            EventSubscription.objects.match(self, after)
