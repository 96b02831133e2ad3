"""One event consumer in words: what it is, whether it gets its messages, and what to do where it does not."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import EventConsumer
from accounts.models.consumer_choices import Kind, Status, SuspendedBecause
from core.outbox.topics import TOPICS
from core.web.lists.counts import Count
from fleetcontrol.event_consumers.kinds import CALLED, WITH_SECRET, WITHOUT_PLACE, steps_template
from fleetcontrol.event_consumers.queues import Queues, queues_of
from fleetcontrol.event_consumers.reading import Reading

# What a person can do about a suspended one; then they resume it.
REMEDIES: dict[str, str | Promise] = {
    SuspendedBecause.NOT_READ: _("Start the program that reads its queues."),
    SuspendedBecause.QUEUE_FULL: _("Let the program read its queues until they are empty."),
    SuspendedBecause.NO_SUCCESS: _("Check the URL and the program that receives the messages."),
    SuspendedBecause.GONE: _("Enter the URL that is valid now."),
}
FAILING = "FAILING"


@dataclass(frozen=True)
class Shown:
    consumer: EventConsumer
    waiting: Count
    failed: Count
    # Of its subscriptions, in a row.
    failures: int
    # Of the queues of an AMQP consumer.
    reading: Reading | None = None

    @property
    def has_place(self) -> bool:
        return self.consumer.kind not in WITHOUT_PLACE

    @property
    def has_log(self) -> bool:
        return self.consumer.kind in CALLED

    @property
    def may_renew_secret(self) -> bool:
        return self.consumer.kind in WITH_SECRET

    @property
    def may_resume(self) -> bool:
        return self.consumer.can("resume")

    @property
    def topics(self) -> list[str | Promise]:
        return [TOPICS[name].label for name in self.consumer.topics if name in TOPICS]

    @property
    def reasons(self) -> list[str | Promise]:
        words: dict[str, Any] = {}
        for topic in TOPICS.values():
            words |= topic.reasons
        return [words.get(reason, reason) for reason in self.consumer.reasons]

    @property
    def is_failing(self) -> bool:
        if self.consumer.status != Status.ACTIVE:
            return False
        return self.failures > 0 or self.consumer.failing_since is not None

    @property
    def is_not_read(self) -> bool:
        is_active = self.consumer.status == Status.ACTIVE
        return is_active and self.reading is not None and self.reading.is_doubtful

    @property
    def status(self) -> str:
        return FAILING if self.is_failing or self.is_not_read else self.consumer.status

    @property
    def status_in_words(self) -> str | Promise:
        if self.is_failing:
            return _("Deliveries fail")
        if self.is_not_read:
            return _("Not read")
        if self.may_resume:
            return _("Deliveries stopped")
        return Status(self.consumer.status).label

    @property
    def remedy(self) -> str | Promise:
        return REMEDIES.get(self.consumer.suspended_because, "")

    @property
    def queues(self) -> Queues | None:
        return queues_of(self.consumer) if self.consumer.kind == Kind.AMQP else None

    @property
    def steps_template(self) -> str:
        return steps_template(self.consumer)
