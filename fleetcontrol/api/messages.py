"""OneAPI's messages: the feed, and what each type looks like."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import EventConsumer
from core.errors import MoveRefused
from core.models import OutboxMessage, OutboxStream
from core.outbox.keeping import edge_of
from core.outbox.message import TEST
from core.outbox.topics import TOPICS
from core.web.api.serializers import Choice, StrictSerializer
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.lists import MOST, SIZE
from fleetcontrol.api.message_shapes import FeedShape, TypeList
from fleetcontrol.api.message_types import described_types

READ = "messages:read"
# In how many seconds to ask again: at once while more is there.
SOON, LATER = 0, 2
NOT_IN_FEED = _("The fleet's feed does not have this type. Add it to its event consumer.")


class FeedQuery(StrictSerializer):
    after = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text=_(
            "`next_after` of the last answer. Without it, the oldest kept message is first."
        ),
    )
    type = Choice(
        choices=[*TOPICS, TEST], required=False, help_text=_("Only messages of this type.")
    )
    limit = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST,
        default=SIZE,
        help_text=_("How many messages an answer has."),
    )


class Feed(OneApiView):
    rights = {"GET": READ}
    query_parameters = {"GET": FeedQuery}
    refuses = {"GET": ("no_feed", "messages_gone")}
    query: FeedQuery

    @extend_schema(operation_id="list_messages", responses=FeedShape)
    def get(self, request: Request) -> Response:
        """Read the messages of the fleet.

        In order, from the oldest kept on: go on with `next_after`, in as many seconds as `Poll-After` says. The types
        are those of the fleet's event consumers of the kind Feed. A message that a program has read is not removed, so
        any number of programs may read, each from its own place. Messages are kept for 7 days, states of vehicles
        for 2. A place that is no longer kept is 410 `messages_gone` with `oldest_sequence`.
        """
        given = self.query.validated_data
        feeds = list(EventConsumer.objects.live().filter(fleet=self.fleet, kind="FEED"))
        if not feeds:
            raise MoveRefused("no_feed")
        offered = sorted({topic for feed in feeds for topic in feed.topics})
        topics = self.wanted(offered, given.get("type"))
        after = self.checked(given.get("after"), topics)
        # Read before the messages: what is numbered meanwhile is in the next answer.
        last = OutboxStream.objects.filter(pk=self.fleet.pk).values_list("last", flat=True).first()
        rows = OutboxMessage.objects.of(
            self.fleet.pk, topics, recipients=[feed.pk for feed in feeds]
        ).filter(sequence__gt=after, sequence__lte=last or 0)
        if given.get("type") == TEST:
            rows = rows.exclude(recipient="")
        elif given.get("type"):
            rows = rows.filter(recipient="")
        page = list(rows[: given["limit"]])
        is_full = len(page) == given["limit"]
        next_after = page[-1].sequence if is_full else max(last or 0, after)
        answer = {"results": [json.loads(row.body) for row in page], "next_after": next_after}
        return Response(answer, headers={"Poll-After": str(SOON if is_full else LATER)})

    def wanted(self, topics: list[str], chosen: str | None) -> list[str]:
        """The topics to read. Raises ValidationError at `type`."""
        if chosen is None or chosen == TEST:
            return topics
        if chosen not in topics:
            raise serializers.ValidationError({"type": [NOT_IN_FEED]})
        return [chosen]

    def checked(self, after: int | None, topics: list[str]) -> int:
        """The place to go on from. Raises MoveRefused `messages_gone` for one that is no longer kept."""
        edge = edge_of(self.fleet.pk, topics)
        if after is None:
            return edge
        if after < edge:
            raise MoveRefused("messages_gone", oldest_sequence=edge + 1)
        return after


class MessageTypes(OneApiView):
    rights = {"GET": READ}

    @extend_schema(operation_id="list_message_types", responses=TypeList)
    def get(self, request: Request) -> Response:
        """List the types of messages.

        Each with the JSON Schema of a whole message, which stands alone, and an example. Members may be added.
        """
        results: list[dict[str, Any]] = described_types()
        return Response({"results": results})
