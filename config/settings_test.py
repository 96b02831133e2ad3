"""The settings of the tests: data of their own, PostgreSQL with `bin/test --pg`, nothing that only costs time."""

import atexit
import os
import shutil
import tempfile

from config import secret_files

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
if "TEST_VAR_DIR" not in os.environ:
    os.environ["TEST_VAR_DIR"] = tempfile.mkdtemp(prefix="installer-jobs-tests-")
    atexit.register(shutil.rmtree, os.environ["TEST_VAR_DIR"], ignore_errors=True)
for name in (
    "BASE_URL",
    "DEMO",
    "DEMO_PASSWORD",
    "DEMO_TRAFFIC",
    "EMAIL_URL",
    "FIELD_KEYS",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "MESSAGES_AMQP_URL",
    "MESSAGES_MANAGEMENT_URL",
    "MAIL_BOUNCES_FROM",
    "MAIL_BOUNCES_SECRET",
    "METRICS_TOKEN",
    "OPERATORS_NEED_SECOND_FACTOR",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OUTBOUND_ALLOWED",
    "OUTBOUND_CA_FILE",
    "OUTBOUND_FORBIDDEN",
    "OUTBOUND_NAMESERVERS",
    "SENTRY_DSN",
    "DEBUG",
):
    os.environ.pop(name, None)
for name in secret_files.NAMES:
    os.environ.pop(name, None)
os.environ["VAR_DIR"] = os.path.join(os.environ["TEST_VAR_DIR"], WORKER)
os.environ["BROKER_URL"], os.environ["CACHE_URL"] = "memory://", "locmem://"
os.environ["TELEMATICS_GATEWAY"] = "telematics.simulator.gateway.SimulatorGateway"
os.environ["TELEMATICS_TIME_SCALE"] = "0.001"
os.environ["DATABASE_POOL"] = "0"
os.environ["LOG_LEVEL"] = "WARNING"
# Tests of the operators' pages sign in with one step; tests/accounts/test_operators.py requires the second.
os.environ["OPERATORS_NEED_SECOND_FACTOR"] = "false"

# Here and not in conftest.py: there it would be too late, and the run silently on SQLite.
if os.environ.get("TEST_ON") == "postgresql" and "TEST_DATABASE_URL" not in os.environ:
    from tests import postgres

    os.environ["TEST_DATABASE_URL"] = (
        postgres.start()
    )  # the other processes of the run find it here
os.environ.pop("DATABASE_URL", None)
if "TEST_DATABASE_URL" in os.environ:
    os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
    os.environ["FIELD_KEYS"] = "dGhlIGtleSBvZiB0aGUgdGVzdHMsIG5vIHNlY3JldC4="

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, STATIC_ROOT, STORAGES, VAR_DIR  # noqa: E402

DATABASES["default"]["TEST"] = {}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"]["NAME"] = str(
        VAR_DIR / "test.sqlite3"
    )  # a file, so that threads share it
    faster = {
        "init_command": DATABASES["default"]["OPTIONS"]["init_command"] + "; PRAGMA synchronous=OFF"
    }
    DATABASES["default"]["OPTIONS"] = DATABASES["default"]["OPTIONS"] | faster
else:
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = (
        0  # plans are kept from the first time on
    )
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "accounts.secrets.SecretHasher",
]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir(exist_ok=True)
INSTALLED_APPS += ["zeal"]
MIDDLEWARE.insert(
    0, "zeal.middleware.zeal_middleware"
)  # a page that queries row by row fails its test
ZEAL_RAISE = True
# While signing in, allauth reads these more than once: the person's addresses, and each session with its person.
ZEAL_ALLOWLIST = [
    # An action on several fleets locks the reader's membership of each, one after the other.
    {"model": "accounts.Fleet", "field": "memberships"},
    # A request reads its command again and again until a worker has settled it.
    {"model": "telematics.Command", "field": "get[(][)]"},
    # Each transaction locks its job again.
    {"model": "jobs.Job", "field": "get[(][)]"},
    {"model": "account.EmailAddress"},
    {"model": "sessions.Session"},
    {"model": "accounts.User", "field": "get[(][)]"},
]
