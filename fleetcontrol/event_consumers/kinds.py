"""The kinds of event consumers that an admin can choose."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import EventConsumer
from accounts.models.consumer_choices import Kind
from accounts.models.consumer_secret import SECRETS, SHARED
from accounts.models.event_subscription import CHANNELS


class Offer(NamedTuple):
    kind: Kind
    sentence: str | Promise

    @property
    def path(self) -> str:
        """The kind in a URL."""
        return self.kind.value.lower()


OFFERS = (
    Offer(
        Kind.FEED,
        _("Your program reads the messages from OneAPI with an API client. Nothing to install."),
    ),
    Offer(
        Kind.WEBHOOK,
        _("Each message is sent to a URL of your program, signed with a secret of its own."),
    ),
    Offer(
        Kind.SLACK,
        _("People read what happens in a channel of Slack, Mattermost or another chat like them."),
    ),
    Offer(
        Kind.AMQP,
        _("Your program reads queues of a RabbitMQ broker, for many messages without delay."),
    ),
)
# A feed has no cursor: its reader passes the place to read from.
WITHOUT_PLACE = (Kind.FEED,)
WITH_SECRET = tuple(SECRETS)
# A former secret can be used together with the new one for a while.
WITH_TWO_SECRETS = tuple(SHARED)
# The product calls their URL and keeps the answers.
CALLED = (Kind.WEBHOOK, Kind.SLACK)


def offered() -> Iterator[Offer]:
    """Those that this server delivers to."""
    for offer in OFFERS:
        if offer.kind == Kind.FEED or offer.kind in CHANNELS:
            yield offer


def steps_template(consumer: EventConsumer) -> str:
    """What the owner of a new one does next."""
    return f"fleetcontrol/event_consumers/steps/{consumer.kind.lower()}.html"


def offer_of(path: str) -> Offer | None:
    return next((offer for offer in offered() if offer.path == path), None)
