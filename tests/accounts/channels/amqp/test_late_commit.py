"""A row that is written first and committed last: every consumer reads it, in its place."""

from collections.abc import Callable
from threading import Event

import pytest
from django.db import transaction

from accounts.models import ApiClient
from telematics.models.change_reason import ChangeReason
from tests.accounts.channels.amqp.programs import PROGRAMS, add_program
from tests.factories.telematics import VehicleFactory
from tests.fleetcontrol.test_import_api import token_of
from tests.fleetcontrol.test_vehicles_api import Machine
from tests.threads import race

pytestmark = [
    pytest.mark.pg,
    pytest.mark.django_db(transaction=True),
    pytest.mark.servers("RABBITMQ_URL"),
]


@pytest.fixture
def machine(client, fleet) -> Callable[[], Machine]:
    """Of a client of the fleet, each time with a new token."""
    issued = ApiClient.objects.issue(fleet=fleet, name="Sync", scopes=["messages:read"], by=None)
    return lambda: Machine(token_of(issued, client))


def test_a_message_that_commits_late_is_read_by_every_consumer_in_its_place(
    request, fleet, fleet_admin, work
):
    programs = [
        add_program(kind, fleet, request.getfixturevalue(means), fleet_admin)
        for kind, means in PROGRAMS.items()
    ]
    early, late = VehicleFactory(fleet=fleet), VehicleFactory(fleet=fleet)
    news: list[list] = [[] for _program in programs]
    written, was_read = Event(), Event()

    def read() -> None:
        work()
        for found, program in zip(news, programs, strict=True):
            found += [(one["sequence"], one["subject"]) for one in program.news()]

    def early_and_slow() -> None:
        with transaction.atomic():
            early.change(reason=ChangeReason.TAGS_CHANGED, tags=["early"])
            written.set()
            assert was_read.wait(60)

    def late_and_quick() -> None:
        assert written.wait(60)
        late.change(reason=ChangeReason.TAGS_CHANGED, tags=["late"])
        read()
        was_read.set()

    assert race(early_and_slow, late_and_quick) == [None, None]
    assert [len(found) for found in news] == [1, 1, 1]
    read()
    in_place = [(1, late.pk), (2, early.pk)]
    assert news == [in_place, in_place, in_place]
