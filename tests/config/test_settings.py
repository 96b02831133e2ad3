"""The settings take what makes sense and refuse the rest at the start, in words."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLResolver, get_resolver

from config import celery, data, environment, given, locations, logs, places
from core.postgresql import limits

pytestmark = pytest.mark.once
HOME = Path(__file__).resolve().parents[2]


CHECK = ("manage.py", "check")
SIMULATOR = "telematics.simulator.gateway.SimulatorGateway"


def start(*command: str, **variables: str) -> subprocess.CompletedProcess:
    """What `manage.py check`, or another command, says with these variables and no others of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *(command or CHECK)],
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


WEB = ("-c", "import config.wsgi")
WORKER = ("-m", "celery", "-A", "config", "worker", "-P", "threads", "-Q", "default")
BEAT = ("-m", "celery", "-A", "config", "beat", "--pidfile=")


@pytest.mark.parametrize(
    ("process", "path"),
    [(WEB, ""), (WEB, "builtins.dict"), (WORKER, "telematics.nowhere.Gateway"), (BEAT, "nonsense")],
    ids=["web without one", "web", "worker", "beat"],
)
def test_no_process_starts_without_a_gateway(tmp_path, process, path):
    variables = {"TELEMATICS_GATEWAY": path} if path else {}
    result = start(
        *process, VAR_DIR=str(tmp_path), BROKER_URL="memory://", CACHE_URL="locmem://", **variables
    )

    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(
        f"Settings: TELEMATICS_GATEWAY {path}".rstrip()
    )
    assert "Traceback" not in result.stderr


def test_the_deployment_check_refuses_an_installation_without_a_gateway(tmp_path):
    check = (*CHECK, "--deploy")
    variables = {"VAR_DIR": str(tmp_path), "BASE_URL": "https://fleet.example"}

    assert start(*check, **variables, TELEMATICS_GATEWAY=SIMULATOR).returncode == 0
    refused = start(*check, **variables)
    assert refused.returncode == 1
    assert "TELEMATICS_GATEWAY is not set" in refused.stderr


def test_demo_mode_simulates_its_units(tmp_path):
    variables = {"DEMO": "true", "BASE_URL": "https://fleet.example"}
    assert start(*CHECK, VAR_DIR=str(tmp_path), **variables).returncode == 0
    assert start(*WEB, VAR_DIR=str(tmp_path), DEMO="true").returncode == 0


def test_what_var_was_begun_as_says_nothing_of_a_given_database(tmp_path):
    (tmp_path / "world").write_text("demo")
    asked = (
        "manage.py",
        "shell",
        "-c",
        "from django.conf import settings; print('DEMO is', settings.DEMO)",
    )

    assert "DEMO is True" in start(*asked, VAR_DIR=str(tmp_path)).stdout
    given = start(
        *asked, VAR_DIR=str(tmp_path), DATABASE_URL=f"sqlite:///{tmp_path}/production.sqlite3"
    )
    assert "DEMO is False" in given.stdout


def test_without_variables_everything_lies_below_var(tmp_path):
    result = start(VAR_DIR=str(tmp_path))

    assert result.returncode == 0, result.stderr
    secret = tmp_path / "secrets" / "secret_key"
    assert len(secret.read_text()) >= 50
    assert secret.stat().st_mode & 0o077 == 0


def test_a_secret_is_made_once(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)

    assert places.secret(tmp_path, "secret_key") == places.secret(tmp_path, "secret_key")
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["secret_key"]


def test_the_keys_of_sealed_columns_are_made_once_where_everything_is_embedded(tmp_path):
    first = given.read({"VAR_DIR": str(tmp_path)}).field_keys

    assert given.read({"VAR_DIR": str(tmp_path)}).field_keys == first
    assert (tmp_path / "secrets" / "field_keys").stat().st_mode & 0o077 == 0


def test_the_environment_goes_before_the_kept_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "from the environment")

    assert places.secret(tmp_path, "secret_key") == "from the environment"
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize("text", ["-1", "11", "nan", "soon"])
def test_a_number_out_of_its_bounds_is_refused(monkeypatch, text):
    monkeypatch.setenv("TELEMATICS_TIME_SCALE", text)

    with pytest.raises(ImproperlyConfigured, match="TELEMATICS_TIME_SCALE"):
        environment.number("TELEMATICS_TIME_SCALE", 1, 0, 10)


@pytest.mark.parametrize(
    ("text", "meant"), [("true", True), ("0", False), ("Off", False), ("YES", True)]
)
def test_a_flag_is_read_as_people_write_it(monkeypatch, text, meant):
    monkeypatch.setenv("DEMO", text)

    assert environment.flag("DEMO", default=True) is meant


def test_a_flag_that_says_neither_is_refused(monkeypatch):
    monkeypatch.setenv("DEMO", "perhaps")

    with pytest.raises(ImproperlyConfigured, match="DEMO"):
        environment.flag("DEMO", default=False)


@pytest.mark.parametrize(
    "url", ["fleet.example", "ftp://fleet.example", "https://fleet.example/app", "https://"]
)
def test_a_base_url_is_scheme_and_host(url):
    with pytest.raises(ImproperlyConfigured, match="BASE_URL"):
        locations.base_url({"BASE_URL": url})


def test_a_database_url_for_postgresql_brings_a_pool(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/fleet")
    monkeypatch.setenv("DATABASE_POOL", "5")

    assert data.database(tmp_path)["OPTIONS"]["pool"] == {"size": 5, "timeout": data.POOL_TIMEOUT}


def test_a_database_url_sets_how_long_a_connection_may_take(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/fleet")
    assert data.database(tmp_path)["OPTIONS"]["connect_timeout"] == data.CONNECT_TIMEOUT

    monkeypatch.setenv("DATABASE_URL", "postgresql://me@db/fleet?connect_timeout=2")
    assert data.database(tmp_path)["OPTIONS"]["connect_timeout"] == 2


def test_a_worker_waits_longer_for_the_database_than_a_page(monkeypatch):
    pool = {"size": 16, "timeout": data.POOL_TIMEOUT}
    monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"], "pool", pool)
    monkeypatch.setattr(limits, "_seconds", 0)
    celery.be_patient()

    assert pool["timeout"] == 10 * data.POOL_TIMEOUT
    assert limits.server_options() == "-c statement_timeout=300000"


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

    assert places.valkey_socket(Path("/srv/var")) == Path("/srv/var/valkey.sock")
    assert len(os.fsencode(places.valkey_socket(deep))) <= places.SOCKET_PATH_LIMIT
    assert places.valkey_socket(deep) != places.valkey_socket(tmp_path / ("e" * 120))


def urls_with_a_token(patterns, before=""):
    """Every path of the product with a part that is a secret."""
    for pattern in patterns:
        part = str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from urls_with_a_token(pattern.url_patterns, before + part)
        elif SECRET_PART.search(part):
            path = re.sub(r"\(\?P<uidb36>[^)]*\)", "1a", before + part)
            path = SECRET_PART.sub("s3cret-token", path)
            yield "/" + re.sub(r"[\^$]|\\Z", "", path)


SECRET_PART = re.compile(
    r"<(?:str|slug|path):(?:token|key)>|\(\?P<(?:token|key)>(?:[^()]|\([^)]*\))*\)"
)


def test_the_urls_with_a_token_are_found():
    found = set(urls_with_a_token(get_resolver().url_patterns))

    assert {
        "/invitations/s3cret-token/",
        "/accounts/notices/off/s3cret-token/",
        "/installers/company/email/s3cret-token/",
        "/accounts/confirm-email/s3cret-token/",
        "/accounts/password/reset/key/1a-s3cret-token/",
    } <= found


def test_no_log_line_shows_the_token_of_any_url():
    for path in urls_with_a_token(get_resolver().url_patterns):
        once = quote(path, safe="")
        shown = [
            f"GET {path}",
            f"GET {path}?next=/",
            f"GET /accounts/login/?next={path}",
            f"GET /accounts/login/?next={once}",
            f"GET /accounts/login/?next={once.lower()}&language=de",
            f"GET /accounts/login/?next={quote(once, safe='')}",
            f"Not Found: {path}",
        ]
        for line in shown:
            event = logs.hide_secret_links(None, "info", {"request": line, "args": [{"url": line}]})
            assert "s3cret" not in str(event), line
            assert event["request"].startswith(line[:5])


@pytest.mark.parametrize(
    "query",
    [
        "client_secret=s3cret",
        "a=1&access_token=s3cret&b=2",
        "grant_type=x&client_id=me&client_secret=s3cret",
        "next=%2Foauth%2Ftoken%3Fclient_secret%3Ds3cret%26a%3D1",
        "password=s3cret",
        "code=s3cret",
        "TOKEN=s3cret",
    ],
)
def test_no_log_line_shows_a_secret_in_a_query(query):
    event = logs.hide_secret_links(None, "info", {"request": f"POST /oauth/token?{query}"})

    assert "s3cret" not in event["request"]
    assert event["request"].startswith("POST /oauth/token?")


def test_a_log_line_keeps_what_is_no_secret():
    line = "GET /fleetcontrol/AB12C/jobs/installation/?search=key&status=PENDING&cursor=abc"

    assert logs.hide_secret_links(None, "info", {"request": line})["request"] == line


def test_an_exception_in_the_log_shows_no_link_either(tmp_path):
    code = (
        "import django; django.setup()\n"
        "import logging\n"
        "try: raise ValueError('/invitations/s3cret/ failed')\n"
        "except ValueError: logging.getLogger('x').exception('at /invitations/s3cret/')\n"
    )
    said = start("-c", code, VAR_DIR=str(tmp_path), DJANGO_SETTINGS_MODULE="config.settings").stderr

    assert "ValueError: /invitations/…/ failed" in json.loads(said.splitlines()[-1])["exception"]
    assert "s3cret" not in said.replace("raise ValueError('/invitations/s3cret/ failed')", "")


def test_a_log_line_shows_no_link_that_opens_something():
    event = {"event": "request_finished", "request": "GET /invitations/s3cret-token/?next=/"}

    assert logs.hide_secret_links(None, "info", event)["request"] == "GET /invitations/…/?next=/"
