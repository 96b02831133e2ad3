"""Wrong settings, one a line: each is refused at the start, by one sentence that names its variable."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import given, places
from tests.config.test_settings import BEAT, CHECK, HOME, WEB, WORKER, start

pytestmark = pytest.mark.once
KEY = "the-same-for-all-processes-0123456789-abcdefghijklm"
FIELD_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
HTTPS = {"BASE_URL": "https://fleet.example"}
MESSAGES = {
    "MESSAGES_AMQP_URL": "amqp://me:secret@mq/events",
    "MESSAGES_MANAGEMENT_URL": "http://me:secret@mq:15672",
}

# What is wrong, the variables, and how the refusal begins.
WRONG = [
    ("SECRET_KEY is short", {"SECRET_KEY": "short"}, "SECRET_KEY must have at least 50"),
    ("SECRET_KEY is one letter", {"SECRET_KEY": "a" * 60}, "SECRET_KEY can be guessed"),
    (
        "SECRET_KEY is of a new project",
        {"SECRET_KEY": f"django-insecure-{KEY}"},
        "SECRET_KEY can be guessed",
    ),
    (
        "a former key is short",
        {"SECRET_KEY_FALLBACKS": f"{KEY},short"},
        "Each key of SECRET_KEY_FALLBACKS must have at least 50",
    ),
    ("FIELD_KEYS in words", {"FIELD_KEYS": "correct horse battery"}, "FIELD_KEYS must have keys"),
    ("FIELD_KEYS too short", {"FIELD_KEYS": "c2hvcnQ="}, "FIELD_KEYS must have keys of 32"),
    ("FIELD_KEYS with an umlaut", {"FIELD_KEYS": "ü" * 44}, "FIELD_KEYS must have keys"),
    ("FIELD_KEYS with no second", {"FIELD_KEYS": f"{FIELD_KEY},"}, "FIELD_KEYS must have keys"),
    (
        "FIELD_KEYS of one machine alone",
        {"DATABASE_URL": "postgresql://db/fleet"},
        "FIELD_KEYS is needed with a DATABASE_URL of PostgreSQL",
    ),
    ("BASE_URL without a scheme", {"BASE_URL": "fleet.example"}, "BASE_URL must look like"),
    ("BASE_URL by ftp", {"BASE_URL": "ftp://fleet.example"}, "BASE_URL must look like"),
    ("BASE_URL with a path", {"BASE_URL": "https://fleet.example/app"}, "BASE_URL must look like"),
    ("BASE_URL with a query", {"BASE_URL": "https://fleet.example?a=1"}, "BASE_URL must look like"),
    ("BASE_URL without a host", {"BASE_URL": "https://"}, "BASE_URL must look like"),
    (
        "BASE_URL with credentials",
        {"BASE_URL": "https://me:secret@fleet.example"},
        "BASE_URL must have no user and no password",
    ),
    (
        "BASE_URL with a port too high",
        {"BASE_URL": "https://fleet.example:99999"},
        "BASE_URL cannot be read",
    ),
    (
        "BASE_URL with a port in words",
        {"BASE_URL": "https://fleet.example:web"},
        "BASE_URL cannot be read",
    ),
    ("BASE_URL with port 0", {"BASE_URL": "https://fleet.example:0"}, "BASE_URL cannot be read"),
    ("BASE_URL with a blank", {"BASE_URL": "https://fleet example"}, "BASE_URL has a blank"),
    ("BASE_URL with a fragment", {"BASE_URL": "https://fleet.example#a"}, "BASE_URL has a #"),
    ("BASE_URL for any host", {"BASE_URL": "https://*"}, "BASE_URL names no host"),
    ("BASE_URL with an underscore", {"BASE_URL": "https://my_fleet"}, "BASE_URL names no host"),
    ("BASE_URL with an umlaut", {"BASE_URL": "https://flüge.example"}, "BASE_URL names no host"),
    ("BASE_URL of every interface", {"BASE_URL": "http://0.0.0.0:80"}, "BASE_URL names no host"),
    ("BASE_URL with half an IP", {"BASE_URL": "http://192.168.1"}, "BASE_URL names no host"),
    ("ALLOWED_HOSTS for all", {"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *"),
    ("ALLOWED_HOSTS for all besides one", {"ALLOWED_HOSTS": "a.example,*"}, "ALLOWED_HOSTS is *"),
    (
        "ALLOWED_HOSTS with a URL",
        {"ALLOWED_HOSTS": "https://a.example"},
        "ALLOWED_HOSTS has 'https://a.example'",
    ),
    (
        "ALLOWED_HOSTS with a port",
        {"ALLOWED_HOSTS": "a.example:8000"},
        "ALLOWED_HOSTS has 'a.example:8000'",
    ),
    ("ALLOWED_HOSTS with a gap", {"ALLOWED_HOSTS": "a.example,,b.example"}, "ALLOWED_HOSTS has ''"),
    ("ALLOWED_HOSTS of a whole TLD", {"ALLOWED_HOSTS": ".example"}, "ALLOWED_HOSTS has '.example'"),
    ("BIND without a port", {"BIND": "127.0.0.1"}, "BIND must look like"),
    ("BIND with a port too high", {"BIND": "127.0.0.1:70000"}, "BIND must look like"),
    ("BIND with a URL", {"BIND": "http://127.0.0.1:8000"}, "BIND must look like"),
    (
        "FORWARDED_ALLOW_IPS with a name",
        {"FORWARDED_ALLOW_IPS": "proxy"},
        "FORWARDED_ALLOW_IPS has 'proxy'",
    ),
    (
        "FORWARDED_ALLOW_IPS for all without a proxy",
        {"FORWARDED_ALLOW_IPS": "*"},
        "FORWARDED_ALLOW_IPS is *",
    ),
    ("TRUSTED_PROXIES in words", {"TRUSTED_PROXIES": "one"}, "TRUSTED_PROXIES is 'one'"),
    ("TRUSTED_PROXIES in halves", {"TRUSTED_PROXIES": "1.5"}, "TRUSTED_PROXIES is '1.5'"),
    ("TRUSTED_PROXIES below zero", {"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES is '-1'"),
    ("METRICS_TOKEN is short", {"METRICS_TOKEN": "secret"}, "METRICS_TOKEN must have at least 16"),
    (
        "METRICS_TOKEN with a blank",
        {"METRICS_TOKEN": "sixteen letters and blanks"},
        "METRICS_TOKEN must have at least 16",
    ),
    ("HSTS_SECONDS for a century", HTTPS | {"HSTS_SECONDS": "3e9"}, "HSTS_SECONDS is '3e9'"),
    ("HSTS_SECONDS without https", {"HSTS_SECONDS": "3600"}, "HSTS_SECONDS needs a BASE_URL"),
    (
        "DATABASE_URL of MySQL",
        {"DATABASE_URL": "mysql://root@localhost/fleet"},
        "DATABASE_URL must be",
    ),
    ("DATABASE_URL without a name", {"DATABASE_URL": "postgresql://db"}, "DATABASE_URL must be"),
    (
        "DATABASE_URL with a port too high",
        {"DATABASE_URL": "postgresql://db:70000/fleet"},
        "DATABASE_URL cannot be read",
    ),
    (
        "DATABASE_URL with a bare # in its password",
        {"DATABASE_URL": "postgresql://me:pass#word@db/fleet"},
        "DATABASE_URL ",
    ),
    (
        "DATABASE_URL with an unknown option",
        {"DATABASE_URL": "postgresql://db/fleet?conect_timeout=3"},
        "DATABASE_URL has an option",
    ),
    (
        "DATABASE_URL with a wrong option",
        {"DATABASE_URL": "postgresql://db/fleet?connect_timeout=soon"},
        "DATABASE_URL has an option",
    ),
    ("DATABASE_URL in memory", {"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL must name"),
    (
        "DATABASE_URL in no directory",
        {"DATABASE_URL": "sqlite:////nowhere/fleet.sqlite3"},
        "DATABASE_URL must name a file",
    ),
    ("DATABASE_URL is a directory", {"DATABASE_URL": "sqlite:////tmp"}, "DATABASE_URL must name"),
    (
        "DATABASE_POOL in halves",
        {"DATABASE_URL": "postgresql://db/fleet", "DATABASE_POOL": "2.5"},
        "DATABASE_POOL is '2.5'",
    ),
    (
        "DATABASE_POOL too large",
        {"DATABASE_URL": "postgresql://db/fleet", "DATABASE_POOL": "501"},
        "DATABASE_POOL is '501'",
    ),
    (
        "DATABASE_STATEMENT_TIMEOUT below zero",
        {"DATABASE_STATEMENT_TIMEOUT": "-5"},
        "DATABASE_STATEMENT_TIMEOUT is '-5'",
    ),
    ("BROKER_URL of SQS", {"BROKER_URL": "sqs://somewhere"}, "BROKER_URL must begin with"),
    ("BROKER_URL is a host", {"BROKER_URL": "localhost:6379"}, "BROKER_URL must begin with"),
    ("BROKER_URL without a host", {"BROKER_URL": "amqp://"}, "BROKER_URL names no host"),
    ("BROKER_URL with a wrong port", {"BROKER_URL": "amqp://mq:x/"}, "BROKER_URL cannot be read"),
    (
        "BROKER_URL with a database in words",
        {"BROKER_URL": "redis://localhost/jobs"},
        "BROKER_URL names a database",
    ),
    (
        "MESSAGES_AMQP_URL of Redis",
        {"MESSAGES_AMQP_URL": "redis://mq", "MESSAGES_MANAGEMENT_URL": "http://mq:15672"},
        "MESSAGES_AMQP_URL must begin with",
    ),
    (
        "MESSAGES_MANAGEMENT_URL of a host",
        {"MESSAGES_AMQP_URL": "amqp://mq/events", "MESSAGES_MANAGEMENT_URL": "mq:15672"},
        "MESSAGES_MANAGEMENT_URL must begin with",
    ),
    (
        "MESSAGES_AMQP_URL alone",
        {"MESSAGES_AMQP_URL": "amqp://me:secret@mq/events"},
        "MESSAGES_AMQP_URL and MESSAGES_MANAGEMENT_URL belong together",
    ),
    (
        "MESSAGES_MANAGEMENT_URL alone",
        {"MESSAGES_MANAGEMENT_URL": "http://me:secret@mq:15672"},
        "MESSAGES_AMQP_URL and MESSAGES_MANAGEMENT_URL belong together",
    ),
    (
        "MESSAGES_AMQP_URL of the broker of the workers",
        MESSAGES | {"BROKER_URL": "amqp://other:secret@mq:5672/jobs"},
        "MESSAGES_AMQP_URL is on the server of BROKER_URL",
    ),
    (
        "MESSAGES_AMQP_URL of the workers' broker on this machine",
        MESSAGES
        | {"MESSAGES_AMQP_URL": "amqp://localhost/events", "BROKER_URL": "amqp://127.0.0.1"},
        "MESSAGES_AMQP_URL is on the server of BROKER_URL",
    ),
    ("CACHE_URL of memcached", {"CACHE_URL": "memcached://host"}, "CACHE_URL must begin with"),
    ("CACHE_URL without a socket", {"CACHE_URL": "unix://?db=1"}, "CACHE_URL must hold the full"),
    ("EMAIL_URL by http", {"EMAIL_URL": "http://mail.example"}, "EMAIL_URL must begin with"),
    ("EMAIL_URL without a host", {"EMAIL_URL": "smtp://"}, "EMAIL_URL names no host"),
    ("EMAIL_URL with a wrong port", {"EMAIL_URL": "smtp://mail:587x"}, "EMAIL_URL cannot be read"),
    (
        "EMAIL_URL with no domain to send from",
        {"EMAIL_URL": "smtp://mail.example:587"},
        "DEFAULT_FROM_EMAIL is needed",
    ),
    ("DEFAULT_FROM_EMAIL is a name", {"DEFAULT_FROM_EMAIL": "Fleet"}, "DEFAULT_FROM_EMAIL must be"),
    (
        "DEFAULT_FROM_EMAIL is two addresses",
        {"DEFAULT_FROM_EMAIL": "a@fleet.example, b@fleet.example"},
        "DEFAULT_FROM_EMAIL must be one",
    ),
    (
        "DEFAULT_FROM_EMAIL with a second header",
        {"DEFAULT_FROM_EMAIL": "a@fleet.example\nBcc: b@fleet.example"},
        "DEFAULT_FROM_EMAIL must be one",
    ),
    (
        "DEFAULT_FROM_EMAIL with a bare comma",
        {"DEFAULT_FROM_EMAIL": "Fleet, Inc <a@fleet.example>"},
        "DEFAULT_FROM_EMAIL must be one",
    ),
    ("WEB_WORKERS is none", {"WEB_WORKERS": "0"}, "WEB_WORKERS is '0'"),
    ("WEB_WORKERS on SQLite", {"WEB_WORKERS": "4"}, "WEB_WORKERS is more than 1 on SQLite"),
    (
        "WEB_WORKERS with a cache each",
        {
            "WEB_WORKERS": "4",
            "DATABASE_URL": "postgresql://db/fleet",
            "CACHE_URL": "locmem://",
        },
        "WEB_WORKERS is more than 1 with CACHE_URL",
    ),
    ("WEB_THREADS too many", {"WEB_THREADS": "1000"}, "WEB_THREADS is '1000'"),
    ("WEB_RELOAD in production", HTTPS | {"WEB_RELOAD": "true"}, "WEB_RELOAD is for developers"),
    ("DEBUG in production", HTTPS | {"DEBUG": "true"}, "DEBUG is true"),
    ("DEBUG perhaps", {"DEBUG": "perhaps"}, "DEBUG is 'perhaps'"),
    ("DEMO perhaps", {"DEMO": "2"}, "DEMO is '2'"),
    ("DEMO_PASSWORD is short", {"DEMO_PASSWORD": "demo"}, "DEMO_PASSWORD must have at least 8"),
    (
        "OPERATORS_NEED_SECOND_FACTOR perhaps",
        {"OPERATORS_NEED_SECOND_FACTOR": "totp"},
        "OPERATORS_NEED_SECOND_FACTOR is 'totp'",
    ),
    (
        "MAIL_BOUNCES_FROM somebody unknown",
        {"MAIL_BOUNCES_FROM": "pigeon", "MAIL_BOUNCES_SECRET": "0123456789abcdef"},
        "MAIL_BOUNCES_FROM is 'pigeon'",
    ),
    (
        "MAIL_BOUNCES_FROM without a secret",
        {"MAIL_BOUNCES_FROM": "postmark"},
        "MAIL_BOUNCES_FROM and MAIL_BOUNCES_SECRET belong together",
    ),
    (
        "MAIL_BOUNCES_SECRET is short",
        {"MAIL_BOUNCES_FROM": "postmark", "MAIL_BOUNCES_SECRET": "short"},
        "MAIL_BOUNCES_SECRET must have at least 16",
    ),
    (
        "SENTRY_DSN without a key",
        {"SENTRY_DSN": "https://sentry.example/1"},
        "SENTRY_DSN must look like",
    ),
    ("SENTRY_DSN by ftp", {"SENTRY_DSN": "ftp://key@sentry.example/1"}, "SENTRY_DSN must begin"),
    (
        "OTEL_EXPORTER_OTLP_ENDPOINT by gRPC",
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "grpc://collector:4317"},
        "OTEL_EXPORTER_OTLP_ENDPOINT must begin",
    ),
    (
        "OUTBOUND_FORBIDDEN is no network",
        {"OUTBOUND_FORBIDDEN": "fleet.example"},
        "OUTBOUND_FORBIDDEN has 'fleet.example'",
    ),
    (
        "OUTBOUND_FORBIDDEN with a host in its network",
        {"OUTBOUND_FORBIDDEN": "203.0.113.7/24"},
        "OUTBOUND_FORBIDDEN has '203.0.113.7/24'",
    ),
    (
        "OUTBOUND_ALLOWED with a gap",
        {"OUTBOUND_ALLOWED": "10.0.0.0/8,,fd00::/8"},
        "OUTBOUND_ALLOWED has ''",
    ),
    (
        "OUTBOUND_NAMESERVERS with a name",
        {"OUTBOUND_NAMESERVERS": "dns.example"},
        "OUTBOUND_NAMESERVERS has 'dns.example'",
    ),
    (
        "OUTBOUND_NAMESERVERS with a port too high",
        {"OUTBOUND_NAMESERVERS": "192.0.2.53:99999"},
        "OUTBOUND_NAMESERVERS has '192.0.2.53:99999'",
    ),
    (
        "OUTBOUND_CA_FILE that is not there",
        {"OUTBOUND_CA_FILE": "/no/such/file.pem"},
        "OUTBOUND_CA_FILE /no/such/file.pem is not",
    ),
    (
        "OUTBOUND_CA_FILE without a certificate",
        {"OUTBOUND_CA_FILE": "/etc/hostname"},
        "OUTBOUND_CA_FILE /etc/hostname is not",
    ),
    (
        "TELEMATICS_GATEWAY is no path",
        {"TELEMATICS_GATEWAY": "telematics/gateway.py"},
        "TELEMATICS_GATEWAY telematics/gateway.py is not",
    ),
    (
        "TELEMATICS_TIME_SCALE nan",
        {"TELEMATICS_TIME_SCALE": "nan"},
        "TELEMATICS_TIME_SCALE is 'nan'",
    ),
    ("LOG_LEVEL loud", {"LOG_LEVEL": "loud"}, "LOG_LEVEL is 'loud'"),
    ("VAR_DIR is a file", {"VAR_DIR": __file__}, "VAR_DIR "),
    ("VAR_DIR in a file", {"VAR_DIR": f"{__file__}/var"}, "VAR_DIR "),
    ("VAR_DIR is not writable", {"VAR_DIR": "/proc/var"}, "VAR_DIR "),
    ("VAR_DIR of nobody", {"VAR_DIR": "~nobody-of-this-name/var"}, "VAR_DIR "),
]


@pytest.mark.parametrize(
    ("variables", "sentence"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_wrong_setting_is_refused_by_one_line_that_names_it(tmp_path, variables, sentence):
    with pytest.raises(ImproperlyConfigured) as refused:
        given.read({"VAR_DIR": str(tmp_path)} | variables)

    assert str(refused.value).startswith(sentence)
    assert len(str(refused.value).splitlines()) == 1
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize("name", given.NAMES)
@pytest.mark.parametrize("value", ["", "  "], ids=["empty", "blank"])
def test_a_setting_that_is_set_but_empty_is_refused(tmp_path, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is set but empty"):
        given.read({"VAR_DIR": str(tmp_path)} | {name: value})


def test_settings_of_a_usual_installation_are_taken(tmp_path):
    found = given.read(
        HTTPS
        | {
            "VAR_DIR": str(tmp_path),
            "ALLOWED_HOSTS": "fleet.example, .fleet.example, 10.0.0.1, [::1]",
            "BIND": "0.0.0.0:8000",
            "BROKER_URL": "amqp://me:p%23ss@mq_1:5672/jobs",
            "CACHE_URL": "rediss://:secret@cache:6380/2",
            "DATABASE_URL": "postgresql://me:p%23ss@db_1:5433/fleet?sslmode=require",
            "DEFAULT_FROM_EMAIL": '"Fleet, Inc" <no-reply@fleet.example>',
            "EMAIL_URL": "smtp+tls://me:secret@mail.example:587",
            "FIELD_KEYS": f"{FIELD_KEY}, {places.new_field_key()}",
            "FORWARDED_ALLOW_IPS": "10.0.0.0/8, 127.0.0.1",
            "HSTS_SECONDS": "31536000",
            "METRICS_TOKEN": "0123456789abcdef",
            "OUTBOUND_FORBIDDEN": "203.0.113.0/24, 2001:db8::/32, 198.51.100.7",
            "OUTBOUND_NAMESERVERS": "192.0.2.53, 192.0.2.54:5353, [2001:db8::53]:53, [2001:db8::54]",
            "SECRET_KEY": KEY,
            "SECRET_KEY_FALLBACKS": f"{KEY[::-1]}, {places.new_secret_key()}",
            "TRUSTED_PROXIES": "1",
            "WEB_WORKERS": "4",
        }
    )

    assert found.mails.server["EMAIL_HOST"] == "mail.example"
    assert found.stores.database["PASSWORD"] == "p#ss"
    assert (found.web.hsts_seconds, found.web.workers) == (31_536_000, 4)
    assert [str(network) for network in found.outbound.forbidden] == [
        "203.0.113.0/24",
        "2001:db8::/32",
        "198.51.100.7/32",
    ]
    assert found.outbound.nameservers == [
        ("192.0.2.53", 53),
        ("192.0.2.54", 5353),
        ("2001:db8::53", 53),
        ("2001:db8::54", 53),
    ]
    assert found.field_keys[0] == FIELD_KEY
    assert len(found.field_keys) == 2


@pytest.mark.parametrize(
    "variables",
    [
        {"BROKER_URL": "amqp://other:secret@mq", "DEMO": "true"},
        {"BROKER_URL": "amqp://other:secret@mq:5673"},
        {"BROKER_URL": "redis://mq:5672"},
    ],
    ids=["demo mode", "another port", "no RabbitMQ"],
)
def test_messages_may_have_a_rabbitmq_beside_the_broker_of_the_workers(tmp_path, variables):
    found = given.read({"VAR_DIR": str(tmp_path)} | MESSAGES | variables)

    assert found.messages.amqp_url == MESSAGES["MESSAGES_AMQP_URL"]


def test_operators_need_a_second_factor_where_it_is_no_demo(tmp_path):
    def needed(**variables: str) -> bool:
        return given.read({"VAR_DIR": str(tmp_path)} | variables).operators_need_second_factor

    assert needed()
    assert not needed(OPERATORS_NEED_SECOND_FACTOR="false")
    assert not needed(DEMO="true")
    assert needed(DEMO="true", OPERATORS_NEED_SECOND_FACTOR="true")


def test_https_is_remembered_for_an_hour_and_of_this_host_alone(tmp_path):
    asked = (
        "manage.py",
        "shell",
        "-c",
        "from django.conf import settings as s; print('HSTS', s.SECURE_HSTS_SECONDS,"
        " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)",
    )
    said = start(*asked, VAR_DIR=str(tmp_path), **HTTPS).stdout

    assert "HSTS 3600 False False" in said
    found = given.read({"VAR_DIR": str(tmp_path)} | HTTPS | {"HSTS_SECONDS": "60"})
    assert found.web.hsts_seconds == 60


def test_the_table_of_the_handbook_has_every_variable():
    handbook = (HOME / "docs" / "operations.md").read_text()

    assert [name for name in given.NAMES if f"`{name}`" not in handbook] == []


GUNICORN = ("-m", "gunicorn", "-c", "config/gunicorn.py")
UP = ("manage.py", "up", "--port", "1")


@pytest.mark.parametrize(
    "process",
    [CHECK, UP, WEB, GUNICORN, WORKER, BEAT],
    ids=["manage.py", "bin/run", "wsgi", "gunicorn", "worker", "beat"],
)
def test_every_process_refuses_with_the_same_line(tmp_path, process):
    result = start(*process, VAR_DIR=str(tmp_path), WEB_THREADS="many")

    assert result.returncode == 1
    assert result.stderr == "Settings: WEB_THREADS is 'many', not a number.\n"


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"production", "says 'production'"), (b"", "says ''"), (b"\xff\xfe", "cannot be read")],
    ids=["word", "empty", "bytes"],
)
def test_nonsense_in_the_file_of_the_world_stops_the_start(tmp_path, content, says):
    (tmp_path / "world").write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match=f"world {says}"):
        given.read({"VAR_DIR": str(tmp_path)})


def test_a_release_must_name_the_directory_of_its_data(tmp_path):
    release = tmp_path / "release"
    checkout = tmp_path / "checkout"
    (checkout / ".git").mkdir(parents=True)

    with pytest.raises(ImproperlyConfigured, match=r"^VAR_DIR is not set"):
        places.var_dir({}, code=release)
    assert places.var_dir({"VAR_DIR": str(tmp_path / "data")}, code=release).is_dir()
    assert places.var_dir({}, code=checkout) == checkout / "var"


def test_a_start_on_one_machine_keeps_its_data_beside_the_code(tmp_path):
    """`bin/run` also runs from an archive, which is no checkout."""
    said = "import os; print(os.path.realpath(os.environ['VAR_DIR']))"
    script = (HOME / "bin" / "run").read_text()
    code = tmp_path / "code"
    (code / "bin").mkdir(parents=True)
    (code / "bin" / "run").write_text(script)
    environment = code / "bin" / "environment"
    environment.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{said}"\n')
    environment.chmod(0o755)

    shown = subprocess.run(["sh", code / "bin" / "run"], capture_output=True, text=True, env={})
    assert Path(shown.stdout.strip()) == code / "var"


def test_the_deployment_check_fails_on_a_warning(tmp_path):
    simulated = {"TELEMATICS_GATEWAY": "telematics.simulator.gateway.SimulatorGateway"}
    check = (*CHECK, "--deploy")
    warned = start(*check, VAR_DIR=str(tmp_path), **simulated)

    assert warned.returncode == 1
    assert "security.W008" in warned.stderr
    lenient = start(*check, "--fail-level", "ERROR", VAR_DIR=str(tmp_path), **simulated)
    assert lenient.returncode == 0
    assert start(*check, VAR_DIR=str(tmp_path), **simulated | HTTPS).returncode == 0
