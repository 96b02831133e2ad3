"""Each alert is tried by causing it: what /metrics shows before and after it goes through promtool."""

import json
import re
import subprocess
import time
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from accounts.models import EventSubscription
from core import gauges, processes, queues, signs
from core.failures import Failure
from core.models import Mail
from core.postgresql.pool import Pool
from core.web import health
from telematics.models import Key
from tests.core.test_metrics import (
    a_command,
    a_configuration,
    a_consumer,
    a_key_drop,
    a_mail,
    a_message,
    a_subscription,
    a_test,
    a_webhook,
    aged,
)
from tests.operation import rules

# Prometheus does not ask the database; what each metric counts is tried on both (tests/core/test_metrics.py).
pytestmark = pytest.mark.once
RELAY = "messages"


@pytest.fixture
def scrape(client, db):
    def scrape() -> rules.Scrape:
        return rules.scrape_of(client.get("/metrics").content.decode())

    return scrape


@pytest.fixture
def well(scrape, monkeypatch):
    """Every process is there; what a request leaves has been counted once."""
    monkeypatch.setattr(
        queues, "SIGNED_FOR", 3600
    )  # a slow machine takes longer than a sign of life lasts
    _everybody_signs()
    signs.sign_beat()
    scrape()
    return scrape()


def _everybody_signs(*without):
    queues.sign({*queues.names(), RELAY} - set(without))


class Quiet:
    """A connection that the pool gives out."""


def errors(request):
    request.getfixturevalue("monkeypatch").setitem(health.CHECKS, "disk", lambda: "full")
    health.recent.forget()
    assert request.getfixturevalue("client").get("/readyz").status_code == 503


def slowness(request):
    def slow() -> str:
        time.sleep(2.6)
        return "ok"

    request.getfixturevalue("monkeypatch").setitem(health.CHECKS, "disk", slow)
    health.recent.forget()
    request.getfixturevalue("client").get("/readyz")


def no_connection_left(request):
    given = settings.DATABASES["default"]["OPTIONS"]
    request.getfixturevalue("monkeypatch").setitem(given, "pool", {"size": 10})
    pool = Pool(Quiet, size=10, timeout=1)
    for _connection in range(10):
        pool.getconn()
    request.addfinalizer(lambda: processes.connections_in_use.dec(10))


def no_worker(_request):
    cache.clear()
    _everybody_signs("units")
    signs.sign_beat()


def no_relay(_request):
    cache.clear()
    _everybody_signs(RELAY)
    signs.sign_beat()


def no_beat(_request):
    with time_machine.travel(timezone.now() - timedelta(minutes=3)):
        signs.sign_beat()


def no_sweep(_request):
    cache.clear()
    with time_machine.travel(timezone.now() - timedelta(minutes=10)):
        signs.sign_beat()
    signs.sign_beat()
    _everybody_signs()


def a_failed_mail(request):
    a_mail(request)
    Mail.objects.update(status="FAILED")


def a_failing_subscription(request):
    a_consumer(request, kind="WEBHOOK", url="https://hooks.example/")
    EventSubscription.objects.update(failures=3)


def a_lease_past_its_end(request):
    job = request.getfixturevalue("configured_job")
    keys = Key.objects.filter(access__job=job)
    aged(keys, "opened_at", 7200)
    aged(keys, "ends_at", 60)


def a_failing_row(_request):
    for _time in range(5):
        Failure.objects.record("core.tasks.send_mail", "1", "it fails")


def a_failing_gauge(request):
    def fail() -> None:
        raise OSError

    request.getfixturevalue("monkeypatch").setitem(gauges._sources, "queue_messages", fail)


CAUSES = [
    ("ManyErrors", errors),
    ("SlowAnswers", slowness),
    ("ConnectionsExhausted", no_connection_left),
    ("WorkerMissing", no_worker),
    ("WorkerMissing", no_relay),
    ("BeatSilent", no_beat),
    ("SweepOverdue", no_sweep),
    ("CommandsWait", a_command),
    ("TestsWait", a_test),
    ("TestsWait", a_configuration),
    ("KeysNotDropped", a_key_drop),
    ("MailsWait", a_mail),
    ("MailsFailed", a_failed_mail),
    ("MessagesWait", a_message),
    ("MessagesWait", a_subscription),
    ("MessagesWait", a_webhook),
    ("SubscriptionsFail", a_failing_subscription),
    ("LeasesPastEnd", a_lease_past_its_end),
    ("RowsFail", a_failing_row),
    ("GaugeFailing", a_failing_gauge),
]


@pytest.mark.parametrize(
    ("alert", "cause"), CAUSES, ids=lambda value: getattr(value, "__name__", value)
)
def test_what_goes_wrong_raises_its_alert_and_ends_with_it(
    well, scrape, request, tmp_path, alert, cause
):
    rules.promtool()
    cause(request)
    wrong = scrape()

    assert rules.firing(tmp_path, alert, well, wrong) == ""


def test_a_web_that_does_not_answer_raises_its_alert(well, tmp_path):
    """Prometheus writes `up` itself."""
    down = {rules.Series.of("up", {}): 0.0}

    assert rules.firing(tmp_path, "WebDown", well, down) == ""
    assert "exp:" in rules.firing(tmp_path, "WebDown", well, {})


def test_nothing_is_raised_while_all_is_well(well, tmp_path):
    assert rules.raised(tmp_path, well) == ""


def test_each_rule_is_caused_here():
    names = {rule["alert"] for rule in rules.alerts()}

    assert names == {alert for alert, _cause in CAUSES} | {"WebDown"}


def test_prometheus_reads_the_rules():
    done = subprocess.run(
        [rules.promtool(), "check", "rules", rules.RULES], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_rule_has_its_entry_in_the_runbook_and_no_entry_is_of_none():
    entries = re.findall(r"^## (\w+)$", rules.RUNBOOK.read_text(), re.MULTILINE)

    assert entries == [rule["alert"] for rule in rules.alerts()]
    for rule in rules.alerts():
        assert rule["annotations"]["runbook"].endswith(f"alerts.md#{rule['alert'].lower()}")


@pytest.mark.parametrize("path", [rules.RULES, rules.BOARD], ids=lambda path: path.name)
def test_every_metric_that_rules_and_board_name_is_there(well, path):
    known = {series.name for series in well}

    named = rules.metrics_in(path.read_text())
    assert len(named) > 10
    assert named <= known


def test_every_gauge_is_on_the_board_or_in_a_rule(well):
    named = rules.metrics_in(rules.BOARD.read_text()) | rules.metrics_in(rules.RULES.read_text())
    gauges_shown = {
        series.name
        for series in well
        if series.name.startswith("installer_jobs_") and not series.name.endswith("_created")
    }
    assert gauges_shown - named == set()


def test_the_board_can_be_imported():
    board = json.loads(rules.BOARD.read_text())

    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]]
    assert len(set(places)) == len(places)
    assert all(target["expr"] for panel in board["panels"] for target in panel["targets"])
