"""Whom the messages are about, and who gets them: a fleet, its vehicles and its consumers."""

from typing import Any

TOPIC = "VehicleChanged"
ADMIN = "admin@messages.example"


def build(vehicles: int, url: str) -> dict[str, Any]:
    """The webhook is called at the URL."""
    from django.conf import settings

    from accounts.models import ApiClient, EventConsumer
    from accounts.tasks import match_broker
    from telematics.models import Vehicle
    from tests.factories.accounts import FleetFactory, FleetMembershipFactory, UserFactory
    from tests.factories.telematics import VehicleFactory, VehicleModelFactory

    fleet = FleetFactory()
    admin = UserFactory(email=ADMIN)
    FleetMembershipFactory(user=admin, fleet=fleet, role="ADMIN")
    model = VehicleModelFactory()
    VehicleFactory.create_batch(vehicles, fleet=fleet, unit=None, vehicle_model=model)
    kinds = {"feed": "FEED", "webhook": "WEBHOOK"}
    if settings.MESSAGES_AMQP_URL:
        kinds |= {"queue": "AMQP", "full queue": "AMQP"}
    consumers = {}
    for name, kind in kinds.items():
        consumer = EventConsumer.objects.add(
            fleet=fleet,
            kind=kind,
            name=name,
            topics=[TOPIC],
            url=url if kind == "WEBHOOK" else "",
            by=admin,
        )
        consumers[name] = {"id": consumer.pk, "secret": consumer.shown_secret}
        if kind == "AMQP":
            consumers[name] |= _account_of(consumer)
    match_broker()
    client, secret = ApiClient.objects.issue(
        fleet=fleet, name="Reader", scopes=["messages:read"], by=admin
    )
    return {
        "fleet": fleet.pk,
        "client": {"client_id": client.client_id, "secret": secret},
        "consumers": consumers,
        "vehicles": list(Vehicle.objects.filter(fleet=fleet).values_list("pk", flat=True)),
    }


def _account_of(consumer: Any) -> dict[str, str]:
    from accounts.channels import topology

    return {
        "user": topology.user_of(consumer.pk),
        "queue": topology.queue_of(consumer.pk, TOPIC),
    }


def people(fleet: str) -> tuple[Any, Any]:
    """The fleet and its admin."""
    from accounts.models import Fleet, User

    return Fleet.objects.get(pk=fleet), User.objects.get(email=ADMIN)


def resume(consumer: str) -> None:
    """A suspended consumer gets messages again."""
    from accounts.models import EventConsumer, User

    EventConsumer.objects.get(pk=consumer).resume(by=User.objects.get(email=ADMIN))
