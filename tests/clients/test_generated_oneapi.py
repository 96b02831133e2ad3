"""Clients that are generated from OneAPI's document keep vehicles and create jobs, also at a newer server."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.models import ApiClient
from accounts.models.api_client import RIGHTS
from fleetcontrol.api.document import OneApiDocument
from jobs.models import Job
from telematics.gateway import get_gateway
from telematics.models import Command
from tests.bench import SETUP
from tests.clients.generating import (
    HERE,
    MADE_UP,
    PROGRAMS,
    check_types,
    names_in,
    python_package,
    typescript_module,
)
from tests.clients.newer import newer_server
from tests.clients.running import started, work_at_units
from tests.factories.telematics import UnitFactory, VehicleFactory

SERVERS = ("as it is", "newer")

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def python_client(tmp_path_factory) -> Path:
    """The folder with the generated package `oneapi`."""
    return python_package(OneApiDocument.document(), tmp_path_factory.mktemp("python"), "oneapi")


@pytest.fixture(scope="module")
def typescript_client(tmp_path_factory) -> Path:
    """The script with the work, in the directory of the generated `oneapi.ts`."""
    document, place = OneApiDocument.document(), tmp_path_factory.mktemp("typescript")
    return typescript_module(document, place, "oneapi", HERE / "typescript_oneapi.ts")


@pytest.fixture
def vehicle(fleet):
    """One with a unit that answers."""
    vehicle = VehicleFactory(fleet=fleet, unit=UnitFactory(fleet=fleet))
    setup = {**SETUP, "vehicle_model": vehicle.vehicle_model_id}
    get_gateway().configure(vehicle.unit_id, setup, sequence=1)
    return vehicle


@pytest.fixture
def credentials(fleet, fleet_admin, vehicle, partnership) -> tuple[str, str]:
    issued, secret = ApiClient.objects.issue(
        fleet=fleet, name="Booking", scopes=list(RIGHTS), by=fleet_admin
    )
    return issued.client_id, secret


@pytest.fixture(params=SERVERS)
def server(request, live_server) -> Iterator[str]:
    if request.param == "as it is":
        yield live_server.url
        return
    schemas = OneApiDocument.document()["components"]["schemas"].values()
    words = {word for schema in schemas for word in schema.get("enum", ())}
    with newer_server(live_server.url, words) as url:
        yield url


def test_the_models_and_operations_of_the_python_client_have_names_of_the_domain(python_client):
    names = names_in(python_client / "oneapi")
    assert "add_vehicle" in names
    assert "vehicle_state" in names
    assert [name for name in names if MADE_UP.search(name)] == []


def test_the_typescript_client_is_used_without_a_cast(typescript_client):
    check_types(typescript_client)


def test_the_python_client_keeps_a_vehicle_and_creates_a_job(
    python_client, server, credentials, fleet
):
    environment = {"PYTHONPATH": str(python_client), "PYTHONSAFEPATH": "1"}
    command = (sys.executable, HERE / "python_oneapi.py", server, *credentials)
    with started(*command, env=environment) as client:
        work_at_units(client)
    assert_done(fleet)


def test_the_typescript_client_keeps_a_vehicle_and_creates_a_job(
    typescript_client, server, credentials, fleet
):
    with started(PROGRAMS / "node", typescript_client, server, *credentials) as client:
        work_at_units(client)
    assert_done(fleet)


def assert_done(fleet) -> None:
    vehicle = fleet.vehicles.get(license_plate="B QX 3000")
    assert (vehicle.custom_fields, vehicle.tags) == ({"parking_space": "B12"}, ["winter"])
    assert Command.objects.get().status == "DONE"
    job = Job.objects.get()
    assert (job.status, job.external_reference) == ("ASSIGNED", "PO-4711")
