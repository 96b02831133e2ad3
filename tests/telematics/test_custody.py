"""Which company holds a unit: begun by the fleet, ended by it or by a mounting, each with its record."""

import pytest

from core.errors import MoveRefused, NotAllowed
from telematics.models import Custody, Unit, Vehicle
from telematics.models.custody import End, Start
from tests.factories.accounts import PartnershipFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.threads import race


def hand_over(unit, partnership, by):
    return Custody.objects.hand_over(unit.pk, partnership.company, fleet=partnership.fleet, by=by)


@pytest.fixture
def held(unit, partnership, manager):
    return hand_over(unit, partnership, manager)


def test_a_unit_that_was_handed_over_is_held_since_then(held, unit, company, manager):
    (open_one,) = Custody.objects.open()
    assert (open_one.unit, open_one.company) == (unit, company)
    assert (open_one.start, open_one.started_by, open_one.end) == ("HANDED_OVER", manager, "")
    assert open_one.started_at


def test_a_unit_is_held_by_one_company(held, unit, fleet, manager):
    other = PartnershipFactory(fleet=fleet)
    with pytest.raises(MoveRefused) as refused:
        hand_over(unit, other, manager)
    assert refused.value.code == "unit_held"


def test_a_unit_in_a_vehicle_is_handed_over_to_nobody(partnership, manager, fleet):
    mounted = VehicleFactory(fleet=fleet).unit
    with pytest.raises(MoveRefused) as refused:
        hand_over(mounted, partnership, manager)
    assert refused.value.code == "unit_not_available"


def test_only_a_partner_is_given_units(unit, fleet, manager, company):
    with pytest.raises(MoveRefused) as refused:
        Custody.objects.hand_over(unit.pk, company, fleet=fleet, by=manager)
    assert refused.value.code == "not_a_partner"


@pytest.mark.parametrize("who", ["viewer", "outside_manager", "company_admin", "installer"])
def test_only_those_who_write_in_the_fleet_hand_over_and_receive(
    request, held, unit, fleet, partnership, who
):
    person = request.getfixturevalue(who)
    with pytest.raises(NotAllowed):
        Custody.objects.receive(unit, by=person)
    with pytest.raises(NotAllowed):
        hand_over(UnitFactory(fleet=fleet), partnership, person)


def test_what_the_fleet_has_received_is_held_by_nobody(held, unit, manager):
    Custody.objects.receive(unit, by=manager)
    held.refresh_from_db()
    assert (held.end, held.ended_by) == (End.RECEIVED, manager)
    with pytest.raises(MoveRefused) as refused:
        Custody.objects.receive(unit, by=manager)
    assert refused.value.code == "unit_not_held"


def test_a_unit_that_the_fleet_mounts_is_no_longer_held(held, unit, fleet, manager):
    vehicle = VehicleFactory(fleet=fleet, unit=None)
    vehicle.exchange_unit(unit.pk, by=manager)
    held.refresh_from_db()
    assert (held.end, held.ended_by) == (End.MOUNTED, manager)


def test_a_vehicle_that_is_created_with_a_held_unit_has_it(held, unit, fleet, manager):
    Vehicle.objects.create_by(manager, fleet=fleet, qnr=unit.pk, license_plate="B QX 1")
    assert not Custody.objects.open().exists()


def test_what_begins_with_another_company_ends_the_former(held, unit, fleet, installer):
    other = PartnershipFactory(fleet=fleet).company
    Custody.objects.begin(unit, other.pk, Start.TAKEN_OUT, by=installer)
    held.refresh_from_db()
    assert held.end == End.PASSED_ON
    assert Custody.objects.open().get().company == other


def test_a_fleet_sees_who_holds_its_units_and_no_others(held, manager, outside_manager):
    assert list(Custody.objects.visible_to(manager)) == [held]
    assert not Custody.objects.visible_to(outside_manager).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_over_at_once_one_wins(unit, fleet, manager, fleet_admin):
    partners = [PartnershipFactory(fleet=fleet) for _n in range(2)]
    outcomes = race(
        lambda: hand_over(Unit.objects.get(pk=unit.pk), partners[0], manager),
        lambda: hand_over(Unit.objects.get(pk=unit.pk), partners[1], fleet_admin),
    )
    refused = [one for one in outcomes if isinstance(one, MoveRefused)]
    assert [one.code for one in refused] == ["unit_held"]
    assert Custody.objects.open().count() == 1
