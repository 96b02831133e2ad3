"""Clients that are generated from the OpenAPI document do whole jobs against a running server, also a newer one."""

import json
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db.models import Q

from installers.api.views.document import SmartControlDocument
from jobs.models import Configuration, InstallationTest, Job
from telematics.models import Command
from telematics.tasks import run_command
from tests.clients.newer import newer_server
from tests.factories.accounts import PASSWORD
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

HERE = Path(__file__).parent
HOME = HERE.parent.parent
PROGRAMS = Path(sys.executable).parent
SERVERS = ("as it is", "newer")
# A name that a generator makes up, for what the document does not name.
MADE_UP = re.compile(r"type_?\d|response_?\d|additional_property|inline|body|item$", re.IGNORECASE)

# Without its formatter, which changes no name; and it knows no pictures.
CONFIG = """
post_hooks: []
content_type_overrides: {image/jpeg: application/octet-stream}
"""

pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


# --- what is generated ------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def document(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("document") / "smartcontrol.json"
    path.write_text(json.dumps(SmartControlDocument.document()))
    return path


@pytest.fixture(scope="module")
def python_client(document, tmp_path_factory) -> Path:
    """The folder with the generated package `smartcontrol`."""
    place = tmp_path_factory.mktemp("python")
    (place / "config.yml").write_text(CONFIG)
    said = run(
        PROGRAMS / "openapi-python-client",
        *("generate", "--path", document, "--output-path", place / "smartcontrol"),
        *("--meta", "none", "--config", place / "config.yml", "--fail-on-warning"),
    )
    assert "Warning" not in said
    return place


@pytest.fixture(scope="module")
def typescript_client(document, tmp_path_factory) -> Path:
    """The folder with the generated `smartcontrol.ts`, the jobs beside it, and the packages that they import."""
    lint = runpy.run_path(str(HOME / "bin" / "lint.py"))
    installed = lint["install_node_packages"]()
    assert installed.ok, installed.output
    packages = lint["NODE_CHECKS"] / "node_modules"
    place = tmp_path_factory.mktemp("typescript")
    (place / "node_modules").symlink_to(packages)
    (place / "package.json").write_text('{"type": "module"}')
    shutil.copy(HERE / "typescript_client.ts", place)
    run_node(packages / ".bin" / "openapi-typescript", document, "-o", place / "smartcontrol.ts")
    return place


def run(*command, **options) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def run_node(*command, **options) -> str:
    return run(PROGRAMS / "node", *command, **options)


# --- they read well ---------------------------------------------------------------------------------------------------
def test_the_models_and_operations_of_the_python_client_have_names_of_the_domain(python_client):
    package = python_client / "smartcontrol"
    names = [path.stem for path in (*package.glob("models/*.py"), *package.glob("api/*/*.py"))]
    assert "take_job" in names
    assert "job_status" in names
    assert [name for name in names if MADE_UP.search(name)] == []


def test_the_typescript_client_is_used_without_a_cast(typescript_client):
    options = ("--noEmit", "--strict", "--skipLibCheck", "--target", "es2022")
    modules = ("--module", "nodenext", "--allowImportingTsExtensions", "--lib", "es2022,dom")
    tsc = typescript_client / "node_modules" / "typescript" / "bin" / "tsc"
    (typescript_client / "node.d.ts").write_text("declare const process: { argv: string[] };\n")
    files = ("typescript_client.ts", "node.d.ts")
    run_node(tsc, *options, *modules, *files, cwd=typescript_client)


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
    with started(sys.executable, script, server, installer, env=environment) as client:
        work_at_units(client)
    assert_done(work, installer)


def test_the_typescript_client_does_an_installation_and_a_maintenance_job(
    typescript_client, server, work, installer
):
    script = typescript_client / "typescript_client.ts"
    with started(PROGRAMS / "node", script, server, installer) as client:
        work_at_units(client)
    assert_done(work, installer)


@contextmanager
def started(program, script, server, installer, **options) -> Iterator[subprocess.Popen]:
    command = [str(word) for word in (program, script, server, installer.email, PASSWORD)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    client = subprocess.Popen(command, **pipes, **options)
    try:
        yield client
        said, _nothing = client.communicate()
        assert client.returncode == 0, said
    finally:
        client.kill()


def work_at_units(client: subprocess.Popen) -> None:
    """What the workers do, until the client has ended."""
    resumable = Q(status=InstallationTest.Status.QUEUED) | Q(resumable=True)
    while client.poll() is None:
        for configuration in Configuration.objects.pending():
            configuration.push()
        for command in Command.objects.filter(status="QUEUED").values_list("pk", flat=True):
            run_command(command)
        test = InstallationTest.objects.open().filter(resumable).order_by("id").first()
        if test:
            test.run()
        else:
            wait(client)


def wait(client: subprocess.Popen) -> None:
    try:
        client.wait(0.05)
    except subprocess.TimeoutExpired:
        return


def assert_done(work: list[Job], installer) -> None:
    installation, maintenance = (Job.objects.get(pk=job.pk) for job in work)
    assert (installation.status, maintenance.status) == ("SUCCEEDED", "SUCCEEDED")
    assert installation.license_plate == "B QX 2041"
    assert installation.comment == maintenance.comment == "Done."
    assert {installation.assignee, maintenance.assignee} == {installer}
