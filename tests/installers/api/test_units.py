"""A unit is checked before it is linked, and nobody finds a stock by trying."""

from urllib.parse import quote

import pytest

from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory


def check(phone, job, qnr: str):
    return phone.get(f"units/{quote(qnr, safe='')}/?job={job.pk}")


@pytest.mark.parametrize("form", ["{}", "QNR:{}", "https://units.example/q/{}", "{} "])
def test_a_unit_of_the_stock_is_available_however_it_was_scanned(
    form, running_job, unit, installer_phone
):
    answer = check(installer_phone, running_job, form.format(unit.pk))
    assert answer.json() == {"qnr": unit.pk, "planned": False}


def test_it_says_whether_the_unit_is_planned(
    fleet, partnership, manager, installer, unit, installer_phone
):
    job = JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    assert check(installer_phone, job, unit.pk).json()["planned"] is True


@pytest.mark.parametrize("unit_is", ["unknown", "foreign", "mounted", "reserved"])
def test_what_cannot_be_linked_is_refused_in_one_way(
    unit_is, running_job, fleet, other_fleet, manager, installer_phone
):
    qnr = {
        "unknown": lambda: "F" * 16,
        "foreign": lambda: UnitFactory(fleet=other_fleet).pk,
        "mounted": lambda: VehicleFactory(fleet=fleet, unit=UnitFactory(fleet=fleet)).unit_id,
        "reserved": lambda: (
            JobFactory(
                by=manager, fleet=fleet, planned_unit=UnitFactory(fleet=fleet)
            ).planned_unit_id
        ),
    }[unit_is]()
    refused = check(installer_phone, running_job, qnr)
    linked = installer_phone.put(f"jobs/{running_job.pk}/unit/", {"qnr": qnr})
    assert (refused.status_code, refused.json()["code"]) == (409, "unit_not_available")
    assert linked.json()["detail"] == refused.json()["detail"]


@pytest.mark.parametrize("qnr", ["x", "00A1B2C3D4E5F60", "https://units.example/"])
def test_a_malformed_qnr_is_named(qnr, running_job, installer_phone):
    refused = check(installer_phone, running_job, qnr)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["qnr"])


@pytest.mark.parametrize("query", ["", "?job=x", "?job="])
def test_the_job_has_to_be_named(query, running_job, unit, installer_phone):
    refused = installer_phone.get(f"units/{unit.pk}/{query}")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["job"])


def test_only_the_holder_checks_units(running_job, unit, colleague_phone, outside_installer_phone):
    assert check(colleague_phone, running_job, unit.pk).json()["code"] == "not_holder"
    assert check(outside_installer_phone, running_job, unit.pk).status_code == 404


def test_thirty_checks_a_minute_are_enough(running_job, unit, installer_phone, installer):
    statuses = {check(installer_phone, running_job, unit.pk).status_code for _ in range(30)}
    assert statuses == {200}
    refused = check(installer_phone, running_job, unit.pk)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert 0 < int(refused["Retry-After"]) <= 60


def test_a_scanned_url_links_the_unit(running_job, unit, installer_phone):
    linked = installer_phone.put(
        f"jobs/{running_job.pk}/unit/", {"qnr": f"https://units.example/very/long/path/{unit.pk}"}
    )
    assert linked.status_code == 200
    assert Job.objects.get(pk=running_job.pk).unit_id == unit.pk
