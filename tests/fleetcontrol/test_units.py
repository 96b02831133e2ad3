"""The units of a fleet in FleetControl and OneAPI, and those of a company on its website."""

import pytest

from telematics.models import Custody
from tests.factories.accounts import PartnershipFactory
from tests.factories.telematics import UnitFactory, VehicleFactory


@pytest.fixture
def units(fleet):
    return f"/fleetcontrol/{fleet.pk}/units/"


@pytest.fixture
def held(unit, partnership, manager):
    return Custody.objects.hand_over(
        unit.pk, partnership.company, fleet=partnership.fleet, by=manager
    )


def text(answer) -> str:
    return answer.content.decode()


def test_each_tab_has_the_units_that_are_there(units, held, unit, fleet, manager_client):
    free = UnitFactory(fleet=fleet)
    mounted = VehicleFactory(fleet=fleet, license_plate="B QX 1").unit
    retired = UnitFactory(fleet=fleet)
    type(retired).objects.filter(pk=retired.pk).retire()
    tabs = {"": {free, unit}, "HELD": {unit}, "MOUNTED": {mounted}, "RETIRED": {retired}}
    for tab, there in tabs.items():
        page = manager_client.get(units, {"status": tab} if tab else {})
        assert {line.id for line in page.context["table"].lines} == {one.pk for one in there}
    assert "QuickInstall" in text(manager_client.get(units, {"status": "HELD"}))
    assert "B QX 1" in text(manager_client.get(units, {"status": "MOUNTED"}))


def test_a_unit_is_found_by_its_qnr_in_groups(units, fleet, manager_client):
    UnitFactory(fleet=fleet, qnr="AB" * 8)
    UnitFactory(fleet=fleet, qnr="CD" * 8)
    page = text(manager_client.get(units, {"search": "abab-"}))
    assert "AB" * 8 in page
    assert "CD" * 8 not in page
    assert "No unit matches" in text(manager_client.get(units, {"search": "FFFF"}))


def test_units_of_another_fleet_are_not_there(units, other_fleet, manager_client):
    foreign = UnitFactory(fleet=other_fleet)
    assert foreign.pk not in text(manager_client.get(units))
    assert manager_client.get(f"{units}{foreign.pk}/").status_code == 404
    assert manager_client.post(f"{units}{foreign.pk}/receive/").status_code == 404


def test_a_unit_is_handed_over_and_received(units, unit, partnership, manager_client):
    page = f"{units}{unit.pk}/"
    assert "Hand Over" in text(manager_client.get(page))
    answer = manager_client.post(
        f"{page}hand-over/", {"company": partnership.company_id}, follow=True
    )
    assert f"QuickInstall holds unit {unit.pk} now." in text(answer)
    assert "handed the unit over to QuickInstall" in text(answer)
    assert "Hand Over" not in text(answer)

    answer = manager_client.post(f"{page}receive/", follow=True)
    assert f"Unit {unit.pk} is back." in text(answer)
    assert "received the unit from QuickInstall" in text(answer)


def test_only_partners_are_offered(units, unit, fleet, other_company, manager_client):
    PartnershipFactory(fleet=fleet, company=other_company, status="PENDING")
    answer = manager_client.post(f"{units}{unit.pk}/hand-over/", {"company": other_company.pk})
    assert answer.context["form"].errors.keys() == {"company"}
    assert not Custody.objects.exists()


def test_what_is_not_possible_is_refused(units, held, unit, manager_client):
    assert manager_client.get(f"{units}{unit.pk}/hand-over/").status_code == 409
    Custody.objects.receive(unit, by=held.started_by)
    assert manager_client.get(f"{units}{unit.pk}/receive/").status_code == 409


def test_the_company_sees_what_it_holds(
    held, unit, fleet, company_admin_client, outside_admin_client
):
    page = text(company_admin_client.get("/installers/units/"))
    assert unit.pk in page
    assert "AppDrive" in page
    assert "Handed over by the fleet" in page
    assert unit.pk not in text(outside_admin_client.get("/installers/units/"))
    Custody.objects.receive(unit, by=held.started_by)
    assert "No units here" in text(company_admin_client.get("/installers/units/"))
