"""Event consumers of fleets: which of them get messages, who administers them, and how a new one begins."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction

from accounts.models.authority import authorise
from accounts.models.consumer_choices import LIVE, Status
from accounts.models.consumer_secret import SECRETS, SHARED
from accounts.models.membership import FleetMembership
from core.errors import MoveRefused
from core.values.encrypted import Unreadable

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.event_consumer import EventConsumer
    from accounts.models.fleet import Fleet

# A fleet has at most so many that are not removed.
MOST = 5


class EventConsumerQuerySet(models.QuerySet["EventConsumer"]):
    def live(self) -> Self:
        return self.filter(status__in=LIVE)

    def delivering(self) -> Self:
        """Those that get messages now."""
        return self.filter(
            status=Status.ACTIVE, fleet__suspended_at=None, fleet__provider__suspended_at=None
        )

    def visible_to(self, principal: Any) -> Self:
        """Those of the fleets that a person administers."""
        admins = FleetMembership.objects.filter(user=principal.pk, role=FleetMembership.Role.ADMIN)
        return self.live().filter(fleet__in=admins.values("fleet"))

    @transaction.atomic
    def add(
        self,
        *,
        fleet: "Fleet",
        kind: str,
        name: str,
        topics: Sequence[str],
        reasons: Sequence[str] = (),
        url: str = "",
        by: "Actor",
    ) -> "EventConsumer":
        """Create a consumer that gets the messages from now on. Its `shown_secret` cannot be read again.

        Raises NotAllowed, MoveRefused `too_many_consumers`, `consumer_name_taken`.
        """
        fleet.lock()
        authorise(by, fleet, FleetMembership.Role.ADMIN)
        self._check_room(fleet, name)
        secret = stored = ""
        if kind in SECRETS:
            secret = SECRETS[kind].new()
            stored = SECRETS[kind].stored(secret)
        consumer = self.create(
            fleet=fleet,
            kind=kind,
            name=name,
            topics=list(topics),
            reasons=list(reasons),
            url=url,
            secret=stored,
            status=Status.ACTIVE,
            created_by=by,
        )
        consumer.shown_secret = secret
        consumer._subscribe()
        fleet.keep_topics()
        consumer._match_broker()
        return consumer

    def _check_room(self, fleet: "Fleet", name: str) -> None:
        """Raises MoveRefused."""
        others = self.live().filter(fleet=fleet)
        if others.count() >= MOST:
            raise MoveRefused("too_many_consumers")
        if others.filter(name=name).exists():
            raise MoveRefused("consumer_name_taken")

    def topics(self) -> list[str]:
        """Those that any of these consumers has subscribed to."""
        chosen = self.values_list("topics", flat=True)
        return sorted({topic for topics in chosen for topic in topics})

    def reseal(self) -> tuple[int, list[str]]:
        """Seal all secrets with the first key; how many have one, and the ids of those that no key opens."""
        consumers = self.live().filter(kind__in=SHARED).exclude(secret="")
        unreadable = []
        for consumer in consumers.only("secret", "former_secret"):
            try:
                consumer._reseal()
            except Unreadable:
                unreadable.append(consumer.pk)
        return consumers.count() - len(unreadable), unreadable
