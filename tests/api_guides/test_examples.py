"""Each example of the guides does what it shows, as it is printed, against a running server."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import ApiClient, EventConsumer
from accounts.models.api_client import RIGHTS
from accounts.models.event_consumer import Kind
from core.outbox.numbering import number_all
from core.outbox.topics import TOPICS
from jobs.models import Job
from telematics.gateway import get_gateway
from telematics.models import Command
from tests.api_guides import pages
from tests.bench import SETUP
from tests.clients.generating import check_types, node_packages
from tests.clients.running import work_at_units
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

NODE = Path(sys.executable).parent / "node"
PROGRAMS = {"sh": ("bash",), "py": (sys.executable, "-B"), "ts": (NODE, "--no-warnings")}
ONEAPI = pages.EXAMPLES / "oneapi"

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def vehicle(fleet):
    """One with a unit that answers, from before the examples."""
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 1000", unit=UnitFactory(fleet=fleet))
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    return vehicle


@pytest.fixture
def surroundings(live_server, fleet, fleet_admin, vehicle, partnership) -> dict[str, str]:
    """What the reader has set, and nothing of this process but where programs are."""
    EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Sync", topics=list(TOPICS), by=fleet_admin
    )
    issued, secret = ApiClient.objects.issue(
        fleet=fleet, name="Booking", scopes=list(RIGHTS), by=fleet_admin
    )
    return {
        "PATH": os.environ["PATH"],
        "BASE_URL": live_server.url,
        "CLIENT_ID": issued.client_id,
        "CLIENT_SECRET": secret,
    }


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_examples_of_oneapi_do_what_they_show(language, surroundings, fleet, vehicle):
    said = {}
    for name in names("oneapi"):
        while number_all():  # the relay's work
            pass
        said[name] = run(ONEAPI / f"{name}.{language}", surroundings)

    assert vehicle.pk in said["first_call"]
    plates = {one.license_plate: one for one in fleet.vehicles.all()}
    assert {"B QX 2041", "B QX 2042", "B QX 2043"} <= set(plates)
    assert plates["B QX 2041"].pk in said["add_vehicle"]
    assert plates["B QX 2043"].operation_status == "OUT_OF_SERVICE"
    assert plates["B QX 2041"].pk in said["list_vehicles"]
    assert plates["B QX 2043"].pk not in said["list_vehicles"]
    assert all(one.pk in said["changes"] for one in plates.values() if one.license_plate)
    changed = plates["B QX 3000"]
    assert "B QX 3000" in said["master_data"]
    assert changed.custom_fields == {"parking_space": "B12", "cost_centre": "4712"}
    assert (changed.operation_status, changed.operation_status_remark) == ("GARAGE", "Gearbox")
    assert "unlock-central-lock" in said["state"]
    assert "central_lock" in said["state"]
    assert Command.objects.get().status == "DONE"
    assert "DONE" in said["command"]
    assert "invalid" in said["problems"]
    assert "night-import-17" in said["problems"]
    assert "year_of_production" in said["problems"]
    assert len(set(said["repeat"].split())) == 1
    assert fleet.vehicles.filter(custom_name="Pool 7").count() == 1
    job = Job.objects.get()
    assert (job.status, job.external_reference) == ("ASSIGNED", "PO-4711")
    assert "ASSIGNED" in said["job"]
    assert {"VehicleChanged", "JobChanged"} <= set(said["messages"].replace('"', " ").split())
    assert "go on after" in said["messages"]


@pytest.fixture
def installation(fleet, manager, partnership, vehicle_model) -> Job:
    """Assigned to the company, with its planned unit."""
    unit = UnitFactory(fleet=fleet)
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, planned_unit=unit)
    job.assign(partnership.company, by=manager)
    return job


@pytest.mark.parametrize("language", PROGRAMS)
def test_the_examples_of_smartcontrol_do_a_whole_job(
    language, live_server, installation, installer
):
    reader = {
        "PATH": os.environ["PATH"],
        "BASE_URL": live_server.url,
        "EMAIL": installer.email,
        "PASSWORD": PASSWORD,
    }
    folder = pages.EXAMPLES / "smartcontrol"
    said = {name: run(folder / f"{name}.{language}", reader) for name in names("smartcontrol")}

    assert installation.pk in said["first_call"]
    assert "RUNNING" in said["take_job"]
    assert "B QX 2041" in said["fill_in"]
    assert "PASSED" in said["run_tests"]
    assert "FAILED" not in said["run_tests"]
    assert "DONE" in said["command"]
    assert "locked" in said["command"]
    assert "SUCCEEDED" in said["finish"]
    job = Job.objects.get(pk=installation.pk)
    assert (job.status, job.license_plate, job.comment) == ("SUCCEEDED", "B QX 2041", "Done.")


def names(api: str) -> Iterator[str]:
    """The examples in the order of the guide, without those that are shared by others, or have tests of their own."""
    found = pages.examples(pages.FOLDER / f"{api}.md")
    return (name for name in found if name not in (api, "webhook", *pages.IN_PYTHON))


def run(script: Path, surroundings: dict[str, str]) -> str:
    program = [str(word) for word in PROGRAMS[script.suffix[1:]]]
    client = subprocess.Popen(
        [*program, script.name],
        cwd=script.parent,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        work_at_units(client)
        said, _nothing = client.communicate()
    finally:
        client.kill()
    assert client.returncode == 0, f"{script.name}: {said}"
    return said


@pytest.mark.parametrize("api", pages.DOCUMENTS)
def test_the_examples_in_typescript_compile_strictly(api, tmp_path):
    node_packages(tmp_path)
    scripts = (pages.EXAMPLES / api).glob("*.ts")
    check_types(*(Path(shutil.copy(script, tmp_path)) for script in scripts))


def test_each_example_is_in_its_guide_in_its_languages():
    for guide in pages.guides():
        api = pages.api_of(guide)
        files = {path.name for path in (pages.EXAMPLES / api).glob("*.*")}
        named = {
            f"{name}.{ending}" for name in pages.examples(guide) for ending in pages.languages(name)
        }
        assert files == named
