"""The stock of a fleet: units are entered, retired and brought back by the fleet, each with its record."""

import pytest
from django.core.exceptions import ValidationError

from core.errors import MoveRefused, NotAllowed
from telematics.models import Custody, Unit, UnitEvent
from tests.factories.accounts import PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.threads import race

NEW = ["00000000000000A1", "00000000000000A2"]


def recorded(qnr: str) -> list[tuple]:
    return list(UnitEvent.objects.filter(unit=qnr).values_list("seq", "verb", "actor"))


def refusal(act) -> MoveRefused:
    with pytest.raises(MoveRefused) as refused:
        act()
    return refused.value


def test_entered_units_are_in_the_stock_of_the_fleet(fleet, manager):
    Unit.objects.enter_all(NEW, fleet=fleet, by=manager)
    assert set(Unit.objects.in_stock().filter(fleet=fleet).values_list("pk", flat=True)) == {*NEW}
    assert recorded(NEW[0]) == [(1, "enter", manager.pk)]


def test_one_that_cannot_be_entered_stops_all(fleet, other_fleet, manager):
    own = UnitFactory(fleet=fleet)
    retired = UnitFactory(fleet=fleet)
    retired.retire(by=manager)
    foreign = UnitFactory(fleet=other_fleet)
    kept_back = UnitFactory(fleet=None)
    given = [own.pk, retired.pk, foreign.pk, kept_back.pk, *NEW]
    with pytest.raises(ValidationError) as wrong:
        Unit.objects.enter_all(given, fleet=fleet, by=manager)
    assert wrong.value.message_dict == {
        own.pk: ["This unit is in the fleet already."],
        retired.pk: ["This unit of the fleet is retired. Bring it back on its page."],
        foreign.pk: ["This unit cannot be entered. Ask support."],
        kept_back.pk: ["This unit cannot be entered. Ask support."],
    }
    assert not Unit.objects.filter(pk__in=NEW).exists()


def test_a_retired_unit_of_another_fleet_reads_like_any_other_of_it(fleet, other_fleet, manager):
    foreign = UnitFactory(fleet=other_fleet)
    Unit.objects.filter(pk=foreign.pk).retire()
    refused = Unit.objects.why_not_entered([foreign.pk], fleet)
    assert refused == {foreign.pk: "This unit cannot be entered. Ask support."}


@pytest.mark.parametrize("who", ["viewer", "outside_manager", "company_admin", "installer"])
def test_only_those_who_write_in_the_fleet_keep_its_stock(request, fleet, unit, who):
    person = request.getfixturevalue(who)
    for act in (unit.retire, unit.bring_back):
        with pytest.raises(NotAllowed):
            act(by=person)
    with pytest.raises(NotAllowed):
        Unit.objects.enter_all(NEW, fleet=fleet, by=person)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_the_same_unit_one_is_refused(fleet, manager, fleet_admin):
    results = race(
        lambda: Unit.objects.enter_all(NEW, fleet=fleet, by=manager),
        lambda: Unit.objects.enter_all(NEW[1:], fleet=fleet, by=fleet_admin),
    )
    (refused,) = [each for each in results if isinstance(each, Exception)]
    assert refused.message_dict == {NEW[1]: ["This unit is in the fleet already."]}
    assert UnitEvent.objects.filter(unit=NEW[1]).count() == 1


def test_a_retired_unit_is_out_of_stock_until_it_is_brought_back(unit, manager):
    unit.retire(by=manager)
    unit.retire(by=manager)
    assert not Unit.objects.in_stock().filter(pk=unit.pk).exists()
    unit.bring_back(by=manager)
    unit.bring_back(by=manager)
    assert Unit.objects.free().filter(pk=unit.pk).exists()
    assert recorded(unit.pk) == [(2, "retire", manager.pk), (3, "bring_back", manager.pk)]


def test_a_unit_in_a_vehicle_is_not_retired(fleet, manager):
    mounted = VehicleFactory(fleet=fleet).unit
    refused = refusal(lambda: mounted.retire(by=manager))
    assert refused.code == "unit_not_available"
    assert str(refused) == "This unit is mounted in a vehicle. Take it out first."
    assert not UnitEvent.objects.exists()


def test_a_unit_that_an_open_job_plans_is_not_retired(fleet, unit, manager):
    JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    refused = refusal(lambda: unit.retire(by=manager))
    assert (refused.code, str(refused)) == (
        "unit_not_available",
        "This unit is reserved by an open job.",
    )


def test_units_that_operators_retire_are_recorded(unit, operator):
    assert Unit.objects.filter(pk=unit.pk).retire(by=operator) == 1
    assert recorded(unit.pk) == [(2, "retire", operator.pk)]


# --- who holds a planned unit -----------------------------------------------------------------------------------------
def held() -> dict[str, tuple[str, str]]:
    rows = Custody.objects.open().values_list("unit", "company", "start")
    return {unit: (company, start) for unit, company, start in rows}


def test_assigning_a_job_records_that_the_company_holds_its_planned_unit(
    fleet, unit, manager, partnership, company
):
    job = JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    assert held() == {}
    job.assign(company, by=manager)
    assert held() == {unit.pk: (company.pk, "ASSIGNED")}


def test_assigning_many_records_it_for_each(fleet, manager, partnership, company):
    units = UnitFactory.create_batch(3, fleet=fleet)
    jobs = [JobFactory(by=manager, fleet=fleet, planned_unit=unit) for unit in units]
    JobFactory(by=manager, fleet=fleet)
    rows = type(jobs[0]).objects.filter(fleet=fleet)
    rows.assign_all(company, fleet=fleet, by=manager)
    assert held() == {unit.pk: (company.pk, "ASSIGNED") for unit in units}


def test_a_unit_that_the_company_holds_already_stays_as_it_was_handed_over(
    fleet, unit, manager, partnership, company
):
    Custody.objects.hand_over(unit.pk, company, fleet=fleet, by=manager)
    JobFactory(by=manager, fleet=fleet, planned_unit=unit).assign(company, by=manager)
    assert held() == {unit.pk: (company.pk, "HANDED_OVER")}
    assert Custody.objects.count() == 1


def test_a_unit_that_is_planned_for_another_company_is_passed_on(
    fleet, unit, manager, partnership, company, other_company
):
    PartnershipFactory(fleet=fleet, company=other_company)
    Custody.objects.hand_over(unit.pk, other_company, fleet=fleet, by=manager)
    JobFactory(by=manager, fleet=fleet, planned_unit=unit).assign(company, by=manager)
    assert held() == {unit.pk: (company.pk, "ASSIGNED")}
    assert Custody.objects.get(company=other_company).end == "PASSED_ON"


def test_a_job_that_comes_back_leaves_the_unit_with_the_company(
    fleet, unit, manager, partnership, company, company_admin
):
    job = JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    job.assign(company, by=manager)
    job.hand_back(by=company_admin, reason="No time.")
    assert held() == {unit.pk: (company.pk, "ASSIGNED")}
