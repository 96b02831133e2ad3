"""The settings take what makes sense and refuse the rest at the start, in words."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import data, environment, logs

pytestmark = pytest.mark.once
HOME = Path(__file__).resolve().parents[2]


def start(**variables: str) -> subprocess.CompletedProcess:
    """What `manage.py check` says with these variables and no others of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=HOME,
        env=kept | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": "mysql://root@localhost/fleet"},
        {"BROKER_URL": "sqs://somewhere"},
        {"SECRET_KEY": "short"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_nonsense_ends_the_start_with_one_line_that_names_it(tmp_path, variables):
    result = start(VAR_DIR=str(tmp_path), **variables)

    assert result.returncode == 1
    assert result.stderr.startswith(f"Settings: {next(iter(variables))} ")
    assert len(result.stderr.splitlines()) == 1


def test_without_variables_everything_lies_below_var(tmp_path):
    result = start(VAR_DIR=str(tmp_path))

    assert result.returncode == 0, result.stderr
    secret = tmp_path / "secrets" / "secret_key"
    assert len(secret.read_text()) >= 50
    assert secret.stat().st_mode & 0o077 == 0


def test_a_secret_is_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    assert environment.secret(tmp_path, "secret_key") == environment.secret(tmp_path, "secret_key")
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["secret_key"]


def test_the_environment_goes_before_the_kept_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "from the environment")

    assert environment.secret(tmp_path, "secret_key") == "from the environment"
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("text", ["-1", "11", "nan", "soon"])
def test_a_number_out_of_its_bounds_is_refused(monkeypatch, text):
    monkeypatch.setenv("TELEMATICS_TIME_SCALE", text)

    with pytest.raises(ImproperlyConfigured, match="TELEMATICS_TIME_SCALE"):
        environment.number("TELEMATICS_TIME_SCALE", 1, 0, 10)


@pytest.mark.parametrize(("text", "meant"), [("true", True), ("0", False), ("Off", False), ("", True)])
def test_a_flag_is_read_as_people_write_it(monkeypatch, text, meant):
    monkeypatch.setenv("DEMO", text)

    assert environment.flag("DEMO", default=True) is meant


def test_a_flag_that_says_neither_is_refused(monkeypatch):
    monkeypatch.setenv("DEMO", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="DEMO"):
        environment.flag("DEMO", default=False)


@pytest.mark.parametrize("url", ["fleet.example", "ftp://fleet.example", "https://fleet.example/app", "https://"])
def test_a_base_url_is_scheme_and_host(monkeypatch, url):
    monkeypatch.setenv("BASE_URL", url)

    with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
        environment.base_url()


def test_a_database_url_for_postgresql_brings_a_pool(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/fleet")
    monkeypatch.setenv("DATABASE_POOL", "5")

    assert data.database(tmp_path)["OPTIONS"]["pool"] == {"min_size": 2, "max_size": 5}


def test_behind_a_pooler_no_connection_keeps_plans(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/fleet")
    monkeypatch.setenv("DATABASE_POOL", "5")
    assert "prepare_threshold" in data.database(tmp_path)["OPTIONS"]
    monkeypatch.setenv("DATABASE_POOL", "0")
    assert "prepare_threshold" not in data.database(tmp_path)["OPTIONS"]


def test_sqlite_waits_for_its_turn_instead_of_failing(monkeypatch, tmp_path):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    options = data.database(tmp_path)["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in options["init_command"]


def test_a_long_var_keeps_its_socket_where_the_path_is_short(tmp_path):
    deep = tmp_path / ("d" * 120)

    assert environment.valkey_socket(Path("/srv/var")) == Path("/srv/var/valkey.sock")
    assert len(os.fsencode(environment.valkey_socket(deep))) <= environment.SOCKET_PATH_LIMIT
    assert environment.valkey_socket(deep) != environment.valkey_socket(tmp_path / ("e" * 120))


def test_a_log_line_shows_no_link_that_opens_something():
    event = {"event": "request_finished", "request": "GET /invitations/s3cret-token/?next=/"}

    assert logs.hide_secret_links(None, "info", event)["request"] == "GET /invitations/…/?next=/"
