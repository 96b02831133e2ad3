"""Many vehicles are changed while others change one of them: no deadlock, nothing lost, no version twice."""

import pytest

from telematics.models import Vehicle
from telematics.models.bulk_changes import ChangeTags
from telematics.models.many_edits import ManyEdits, set_custom_fields
from tests.factories.accounts import FleetMembershipFactory, UserFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory
from tests.threads import race

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


@pytest.fixture
def people(fleet):
    """Managers of the fleet: the changes of one person wait for each other at their membership."""
    managers = UserFactory.create_batch(4)
    for person in managers:
        FleetMembershipFactory(user=person, fleet=fleet, role="MANAGER")
    return managers


@pytest.fixture
def vehicles(fleet, manager):
    made = VehicleFactory.create_batch(30, fleet=fleet)
    # Jobs are locked before vehicles: this one is renamed with its vehicle.
    JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task="INSPECTION", vehicle=made[15])
    return made


def seqs(vehicle) -> list[int]:
    return list(vehicle.events.order_by("seq").values_list("seq", flat=True))


def test_a_change_of_many_beside_changes_of_one_of_them(fleet, people, vehicles):
    keys = [vehicle.pk for vehicle in vehicles]
    one = vehicles[15]

    def many(number):
        given = {f"many {number}": "1"}
        set_custom_fields(fleet, keys[::-1], given=given, by=people[0])

    def tag_many(number):
        change = ManyEdits(Vehicle.objects.filter(pk__in=keys), ChangeTags([f"many {number}"]))
        change.apply(people[1], fleet=fleet)

    def edits(person):
        return Vehicle.objects.get(pk=one.pk).edits(person)

    for number in range(ROUNDS):
        results = race(
            lambda number=number: many(number),
            lambda number=number: edits(people[2]).set_master_data(custom_name=f"Van {number}"),
            lambda number=number: tag_many(number),
            lambda number=number: edits(people[3]).set_custom_fields({f"one {number}": "1"}),
        )
        assert results == [None] * 4

    of_many = {f"many {number}" for number in range(ROUNDS)}
    of_one = {f"one {number}" for number in range(ROUNDS)}
    found = {vehicle.pk: vehicle for vehicle in Vehicle.objects.filter(pk__in=keys)}
    one = found.pop(one.pk)
    assert (one.custom_name, one.version) == (f"Van {ROUNDS - 1}", 1 + 4 * ROUNDS)
    assert (set(one.custom_fields), set(one.tags)) == (of_many | of_one, of_many)
    assert one.jobs.get().custom_name == one.custom_name
    assert seqs(one) == list(range(2, one.version + 1))
    for other in found.values():
        assert (set(other.custom_fields), set(other.tags)) == (of_many, of_many)
        assert seqs(other) == list(range(2, 2 + 2 * ROUNDS))
