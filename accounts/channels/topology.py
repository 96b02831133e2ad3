"""Makes RabbitMQ match the rows: users, rights, queues and the policy of event consumers."""

import time
from typing import NamedTuple, Protocol

from accounts.channels import rabbitmq
from accounts.channels.rabbitmq import MAX_CONNECTIONS, POLICY
from accounts.models import EventConsumer, EventSubscription
from accounts.models.consumer_choices import Kind
from accounts.models.event_subscription import NEW_TOPIC_WAITS

USER = "consumer-"
QUEUE = "consumer."
# A queue is deleted within so many seconds of reading that no row asks for it. A topic that is added again meanwhile
# waits for longer, so that nothing is published into a queue that is about to go.
FRESH = NEW_TOPIC_WAITS.total_seconds() / 2
# A run repeats itself while the rows change under it.
ROUNDS = 5


def user_of(consumer_id: str) -> str:
    return f"{USER}{consumer_id}"


def queue_of(consumer_id: str, topic: str) -> str:
    return f"{QUEUE}{consumer_id}.{topic}"


def rights_of(user: str) -> dict[str, str]:
    """A consumer reads its own queues. It declares nothing and publishes nothing."""
    consumer_id = user.removeprefix(USER)
    return {"configure": "^$", "write": "^$", "read": rf"^consumer\.{consumer_id}\."}


class Wanted(NamedTuple):
    """What the rows ask for: users with the hashes of their passwords, and queues."""

    users: dict[str, str]
    queues: set[str]


class Found(NamedTuple):
    """What the broker has. It is read before the rows: what they then do not ask for is no longer wanted."""

    hashes: dict[str, str]
    rights: dict[str, dict[str, str]]
    limits: dict[str, int]
    queues: set[str]
    policy: dict | None


class Broker(Protocol):
    """The part of `rabbitmq.Management` that this needs."""

    def users(self) -> dict: ...
    def permissions(self) -> dict: ...
    def connection_limits(self) -> dict: ...
    def queue_names(self) -> set[str]: ...
    def policies(self) -> dict: ...
    def put_user(self, name: str, hashed: str) -> None: ...
    def permit(self, name: str, rights: dict[str, str]) -> None: ...
    def limit_connections(self, name: str) -> None: ...
    def delete_user(self, name: str) -> None: ...
    def put_queue(self, name: str) -> None: ...
    def delete_queue(self, name: str) -> None: ...
    def put_policy(self) -> None: ...


def match(broker: Broker) -> None:
    """Create what is missing and delete what no row asks for. Any number of runs may be under way.

    A run that read the rows before they changed may write what was wanted then. So each looks at the rows once more
    when it has written, and the last one to write has seen the last change.
    """
    for _ in range(ROUNDS):
        found = _found(broker)
        read_at = time.monotonic()
        wanted = _wanted()
        _match_policy(broker, found)
        _match_queues(broker, found, wanted, read_at)
        _match_users(broker, found, wanted)
        if _wanted() == wanted:
            return


def _found(broker: Broker) -> Found:
    users = broker.users()
    return Found(
        hashes={
            name: user["password_hash"] for name, user in users.items() if name.startswith(USER)
        },
        rights=broker.permissions(),
        limits=broker.connection_limits(),
        queues={name for name in broker.queue_names() if name.startswith(QUEUE)},
        policy=broker.policies().get(POLICY),
    )


def _wanted() -> Wanted:
    """A suspended fleet's consumers cannot connect; what waits for them stays. A suspended consumer may read it."""
    consumers = EventConsumer.objects.live().filter(kind=Kind.AMQP)
    connecting = consumers.filter(fleet__suspended_at=None, fleet__provider__suspended_at=None)
    subscriptions = EventSubscription.objects.filter(consumer__in=consumers.values("pk"))
    return Wanted(
        users={user_of(pk): hashed for pk, hashed in connecting.values_list("pk", "secret")},
        queues={queue_of(*row) for row in subscriptions.values_list("consumer_id", "topic")},
    )


def _match_policy(broker: Broker, found: Found) -> None:
    """Before the queues: none is without a limit for a moment."""
    wanted = rabbitmq.policy()
    if found.policy is None or any(found.policy.get(name) != wanted[name] for name in wanted):
        broker.put_policy()


def _match_queues(broker: Broker, found: Found, wanted: Wanted, read_at: float) -> None:
    for name in sorted(wanted.queues - found.queues):
        broker.put_queue(name)
    for name in sorted(found.queues - wanted.queues):
        if time.monotonic() - read_at < FRESH:  # otherwise the next run deletes it
            broker.delete_queue(name)


def _match_users(broker: Broker, found: Found, wanted: Wanted) -> None:
    for name, hashed in sorted(wanted.users.items()):
        _match_user(broker, found, name, hashed)
    for name in sorted(_ours(found) - wanted.users.keys()):
        broker.delete_user(name)


def _match_user(broker: Broker, found: Found, name: str, hashed: str) -> None:
    known = found.hashes.get(name)
    if known not in (None, hashed):
        broker.delete_user(name)  # those who are connected by the former password go
    is_new = known != hashed
    if is_new:
        broker.put_user(name, hashed)
    if is_new or found.limits.get(name) != MAX_CONNECTIONS:
        broker.limit_connections(name)
    rights = rights_of(name)
    known_rights = found.rights.get(name, {})
    if is_new or any(known_rights.get(right) != rights[right] for right in rights):
        broker.permit(name, rights)


def _ours(found: Found) -> set[str]:
    """Users of consumers with rights here, or with a row. Users of other installations on the broker have neither."""
    consumers = EventConsumer.objects.filter(kind=Kind.AMQP)
    rows = {user_of(pk) for pk in consumers.values_list("pk", flat=True)}
    return {name for name in found.hashes if name in found.rights or name in rows}
