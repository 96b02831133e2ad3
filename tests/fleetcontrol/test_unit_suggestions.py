"""The suggestions for a unit are exactly the units that the form accepts."""

from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.utils import timezone

from jobs.models import Job
from telematics.models import Unit
from tests.factories.accounts import FleetMembershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory


@pytest.fixture
def at(fleet):
    return lambda path: f"/fleetcontrol/{fleet.pk}/{path}"


@pytest.fixture
def units(fleet, other_fleet, manager):
    """Units of every kind by name, with the job that plans one of them."""
    vehicle, empty = (
        VehicleFactory(fleet=fleet, license_plate="B QX 2041"),
        VehicleFactory(fleet=fleet, unit=None),
    )
    planned = UnitFactory(fleet=fleet)
    job = JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    units = {
        "free": UnitFactory(fleet=fleet),
        "planned": planned,
        "in the vehicle": vehicle.unit,
        "in another vehicle": VehicleFactory(fleet=fleet).unit,
        "retired": UnitFactory(fleet=fleet, retired_at=timezone.now()),
        "of another fleet": UnitFactory(fleet=other_fleet),
    }
    return {name: unit.pk for name, unit in units.items()}, vehicle, empty, job


# Each form: its page, what it is sent besides the unit, the name of its field, and the units that
# it offers and accepts.
FORMS = {
    "new installation": ("jobs/new/", {"custom_name": "A"}, "planned_unit", {"free"}),
    "installation of a vehicle with a unit": (
        "jobs/new/",
        {"vehicle": "{vehicle}"},
        "planned_unit",
        {"in the vehicle"},
    ),
    "installation of an empty vehicle": (
        "jobs/new/",
        {"vehicle": "{empty}"},
        "planned_unit",
        {"free"},
    ),
    "maintenance that replaces a unit": (
        "jobs/new/?kind=MAINTENANCE",
        {"vehicle": "{vehicle}", "task": "REPLACE_UNIT"},
        "planned_unit",
        {"free"},
    ),
    "job that has planned a unit": (
        "jobs/{job}/edit/",
        {"custom_name": "A", "expected_version": "{version}"},
        "planned_unit",
        {"free", "planned"},
    ),
    "new vehicle": ("vehicles/new/", {"license_plate": "B NEW 1"}, "unit", {"free"}),
    "unit of a vehicle": ("vehicles/{vehicle}/unit/swap/", {}, "unit", {"free"}),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_offers_exactly_the_units_that_it_accepts(manager_client, at, units, name):
    qnrs, vehicle, empty, job = units
    path, sent, field, expected = FORMS[name]
    about = {"vehicle": vehicle.pk, "empty": empty.pk, "job": job.pk, "version": job.fields_version}
    url = at(path.format(**about))
    sent = {key: value.format(**about) for key, value in sent.items()}

    attrs = manager_client.get(url).context["form"].fields[field].widget.attrs
    vehicle_in_form = {"vehicle": sent["vehicle"]} if "vehicle" in sent else {}
    query = urlencode({field: "", **vehicle_in_form})
    options = attrs["hx-get"] + ("&" if "?" in attrs["hx-get"] else "?") + query
    page = manager_client.get(options).content.decode()
    offered = {kind for kind, qnr in qnrs.items() if qnr in page}
    accepted = {
        kind for kind, qnr in qnrs.items() if accepts(manager_client, url, {**sent, field: qnr})
    }

    assert (offered, accepted) == (expected, expected)


def accepts(client, url, sent) -> bool:
    """Whether the unit is then planned or in a vehicle. What the form changes is taken back."""
    qnr = sent.get("planned_unit") or sent["unit"]
    before = uses(qnr)
    with transaction.atomic():
        answer = client.post(url, sent)
        changed = uses(qnr) != before or (answer.status_code == 302 and "planned_unit" in sent)
        transaction.set_rollback(True)
    return changed


def uses(qnr) -> tuple:
    unit = Unit.objects.get(pk=qnr)
    return list(Job.objects.filter(planned_unit=unit).values_list("pk", flat=True)), hasattr(
        unit, "vehicle"
    )


def test_what_is_typed_filters_the_units_of_every_form(manager_client, at, units, fleet):
    """The field of a vehicle's form has another name than that of a job."""
    wanted = UnitFactory(fleet=fleet, qnr="ABCDEF0000000001")
    for field in ("planned_unit", "unit"):
        page = manager_client.get(at("jobs/new/options/units/"), {field: "abcdef"}).content.decode()
        assert page.count("<option") == 1
        assert wanted.pk in page


@pytest.mark.parametrize(
    "query",
    ["kind=X&job=nonsense", "kind=INSTALLATION&job=%27%22&vehicle=%5B%29", "kind=&vehicle=((("],
)
def test_nonsense_in_a_query_is_no_error(manager_client, at, units, query):
    assert manager_client.get(at(f"jobs/new/options/units/?{query}")).status_code == 200


def test_the_job_of_another_fleet_frees_none_of_its_units(manager_client, at, units, other_fleet):
    foreign = FleetMembershipFactory(fleet=other_fleet).user
    other = JobFactory(by=foreign, fleet=other_fleet, planned_unit=UnitFactory(fleet=other_fleet))
    page = manager_client.get(
        at("jobs/new/options/units/"), {"kind": "INSTALLATION", "job": other.pk}
    ).content.decode()
    assert other.planned_unit_id not in page
