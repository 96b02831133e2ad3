"""Clients that are generated from the OpenAPI document do whole jobs against a running server, also a newer one."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from installers.api.views.document import SmartControlDocument
from jobs.models import Job
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
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

SERVERS = ("as it is", "newer")

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


# --- what is generated ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def python_client(tmp_path_factory) -> Path:
    """The folder with the generated package `smartcontrol`."""
    document = SmartControlDocument.document()
    return python_package(document, tmp_path_factory.mktemp("python"), "smartcontrol")


@pytest.fixture(scope="module")
def typescript_client(tmp_path_factory) -> Path:
    """The script with the jobs, next to the generated `smartcontrol.ts`."""
    document, place = SmartControlDocument.document(), tmp_path_factory.mktemp("typescript")
    return typescript_module(document, place, "smartcontrol", HERE / "typescript_client.ts")


# --- they read well ---------------------------------------------------------------------------------------------------
def test_the_models_and_operations_of_the_python_client_have_names_of_the_domain(python_client):
    names = names_in(python_client / "smartcontrol")
    assert "take_job" in names
    assert "job_status" in names
    assert [name for name in names if MADE_UP.search(name)] == []


def test_the_typescript_client_is_used_without_a_cast(typescript_client):
    check_types(typescript_client)


# --- they work --------------------------------------------------------------------------------------------------------
@pytest.fixture
def work(fleet, manager, partnership, vehicle_model) -> list[Job]:
    """An installation with its planned unit, and a maintenance job; both are there to be taken."""
    unit = UnitFactory(fleet=fleet)
    vehicle = VehicleFactory(fleet=fleet, vehicle_model=vehicle_model)
    installation = JobFactory(
        by=manager, fleet=fleet, vehicle_model=vehicle_model, planned_unit=unit
    )
    maintenance = JobFactory(
        by=manager, fleet=fleet, kind="MAINTENANCE", task="SERVICE", vehicle=vehicle
    )
    for job in (installation, maintenance):
        job.assign(partnership.company, by=manager)
    return [installation, maintenance]


@pytest.fixture(params=SERVERS)
def server(request, live_server) -> Iterator[str]:
    if request.param == "as it is":
        yield live_server.url
        return
    schemas = SmartControlDocument.document()["components"]["schemas"].values()
    words = {word for schema in schemas for word in schema.get("enum", ())}
    with newer_server(live_server.url, words) as url:
        yield url


def test_the_python_client_does_an_installation_and_a_maintenance_job(
    python_client, server, work, installer
):
    script = HERE / "python_client.py"
    environment = {"PYTHONPATH": str(python_client), "PYTHONSAFEPATH": "1"}
    with started(sys.executable, script, *account(server, installer), env=environment) as client:
        work_at_units(client)
    assert_done(work, installer)


def test_the_typescript_client_does_an_installation_and_a_maintenance_job(
    typescript_client, server, work, installer
):
    command = (PROGRAMS / "node", typescript_client, *account(server, installer))
    with started(*command) as client:
        work_at_units(client)
    assert_done(work, installer)


def account(server: str, person) -> tuple[str, str, str]:
    return server, person.email, PASSWORD


def assert_done(work: list[Job], installer) -> None:
    installation, maintenance = (Job.objects.get(pk=job.pk) for job in work)
    assert (installation.status, maintenance.status) == ("SUCCEEDED", "SUCCEEDED")
    assert installation.license_plate == "B QX 2041"
    assert installation.comment == maintenance.comment == "Done."
    assert {installation.assignee, maintenance.assignee} == {installer}
