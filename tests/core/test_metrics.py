"""What /metrics has: requests, what waits, who works. Each is tried by causing it."""

import time
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import EventConsumer, EventSubscription, WebhookDelivery
from accounts.models.consumer_choices import Kind
from config.schedule import Schedule
from core import gauges, processes, queues, signs
from core.failures import Failure
from core.models import Mail, OutboxMessage
from core.outbox.message import Entry
from core.outbox.numbering import number_all
from core.release import release
from core.ulid import new_ulid
from jobs.models import Configuration, InstallationTest, VehicleAccess
from telematics.models import Command, Key

PREFIX = "installer_jobs_"
MOST_STATEMENTS = 40


@pytest.fixture
def scraped(client, db):
    def scraped() -> dict[tuple, float]:
        """Every sample: its name without our prefix, and the values of its labels."""
        text = client.get("/metrics").content.decode()
        return {
            (sample.name.removeprefix(PREFIX), *sorted(sample.labels.values())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return scraped


def test_requests_are_counted_by_route_and_never_by_path(client, scraped, fleet, fleet_admin):
    client.force_login(fleet_admin)
    before = scraped()
    assert client.get(f"/fleetcontrol/{fleet.pk}/vehicles/").status_code == 200
    assert client.get(f"/fleetcontrol/{fleet.pk}/vehicles/?page=2").status_code == 200
    assert client.get("/nowhere/4711/").status_code == 404
    client.get("/static/nothing.css")
    client.get("/healthz")
    after = scraped()

    def more(name, *labels):
        sample = (name, *sorted(labels))
        return after.get(sample, 0) - before.get(sample, 0)

    route = "fleetcontrol:vehicles"
    assert more("http_requests_total", route, "2xx") == 2
    assert more("http_request_seconds_count", route) == 2
    assert more("http_request_seconds_bucket", "30.0", route) == 2
    assert more("http_requests_total", "none", "4xx") == 1
    assert more("http_requests_total", "static", "4xx") == 1
    assert more("http_requests_total", "healthz", "2xx") == 1
    assert not [sample for sample in after if fleet.pk in str(sample) or "4711" in str(sample)]


def aged(rows, column, seconds=3600):
    rows.update(**{column: Now() - timedelta(seconds=seconds)})


def a_test(request):
    job = request.getfixturevalue("configured_job")
    job.request_tests(by=request.getfixturevalue("installer"), kinds=["CONNECTIVITY"])
    aged(InstallationTest.objects.all(), "requested_at")


def a_configuration(request):
    job = request.getfixturevalue("configured_job")
    Configuration.objects.request(job.pk, job.unit_id, {})
    newest = Configuration.objects.pending()
    assert newest.exists()
    aged(newest, "requested_at")


def a_command(request):
    vehicle = request.getfixturevalue("configured_job").vehicle
    access = VehicleAccess.objects.open_for(request.getfixturevalue("installer"), vehicle.pk)
    access.command("lock-central-lock", by=request.getfixturevalue("installer"), announced=False)
    aged(Command.objects.filter(status="QUEUED"), "created_at")


def a_key_drop(request):
    job = request.getfixturevalue("configured_job")
    keys = Key.objects.filter(access__job=job)
    aged(keys, "opened_at", 7200)
    aged(keys, "ended_at")


def a_mail(_request):
    Mail.objects.enqueue(to="a@example.com", template="mails/security_notice", context={})
    aged(Mail.objects.all(), "created_at")


def a_message(request):
    fleet = request.getfixturevalue("fleet")
    OutboxMessage.objects.write(fleet.pk, "JobChanged", [Entry("somebody")])
    aged(OutboxMessage.objects.all(), "occurred_at")


def a_subscription(request):
    a_consumer(request, kind=Kind.WEBHOOK, url="https://hooks.example/")
    EventSubscription.objects.update(cursor=0)
    a_message(request)
    number_all()
    aged(EventSubscription.objects.all(), "due_at")


def a_webhook(request):
    consumer = a_consumer(request, kind=Kind.WEBHOOK, url="https://hooks.example/")
    WebhookDelivery.objects.create(
        consumer=consumer,
        message_id=new_ulid(),
        sequence=1,
        topic="JobChanged",
        type="JobChanged",
        status="WAITING",
    )
    aged(WebhookDelivery.objects.all(), "due_at")


def a_consumer(request, **options):
    return EventConsumer.objects.add(
        fleet=request.getfixturevalue("fleet"),
        name="Sync",
        topics=["JobChanged"],
        by=request.getfixturevalue("fleet_admin"),
        **options,
    )


CAUSES = {
    "test": a_test,
    "configuration": a_configuration,
    "command": a_command,
    "key drop": a_key_drop,
    "mail": a_mail,
    "message": a_message,
    "subscription": a_subscription,
    "webhook": a_webhook,
}


@pytest.mark.parametrize("kind", CAUSES)
def test_the_oldest_row_that_waits_of_each_kind_is_known(scraped, kind, request):
    CAUSES[kind](request)
    samples = scraped()

    assert samples["waiting_rows", kind] >= 1
    assert samples["oldest_waiting_seconds", kind] == pytest.approx(3600, abs=60)


def test_nothing_waits_where_nothing_is(scraped):
    samples = scraped()

    for kind in CAUSES:
        assert (samples["waiting_rows", kind], samples["oldest_waiting_seconds", kind]) == (0, 0)


def test_a_test_behind_another_at_its_unit_does_not_wait_for_a_worker(scraped, request):
    a_test(request)
    InstallationTest.objects.update(status="RUNNING", lease_until=Now() + timedelta(seconds=45))
    job, installer = request.getfixturevalue("configured_job"), request.getfixturevalue("installer")
    job.request_tests(by=installer, kinds=["IGNITION"])
    samples = scraped()

    assert samples["installation_tests", "QUEUED"] == 1
    assert samples["waiting_rows", "test"] == 0


def test_leases_past_their_end_are_counted(scraped, configured_job, installer, request):
    assert scraped()["leases_past_end", "access"] == 0

    a_test(request)
    InstallationTest.objects.update(status="RUNNING", lease_until=Now() - timedelta(seconds=1))
    a_configuration(request)
    Configuration.objects.pending().update(lease_until=Now() - timedelta(seconds=1))
    aged(Key.objects.filter(access__job=configured_job), "opened_at", 7200)
    aged(Key.objects.filter(access__job=configured_job), "ends_at", 1)
    samples = scraped()

    for kind in ("access", "configuration", "test"):
        assert samples["leases_past_end", kind] == 1


def test_jobs_are_counted_by_status(scraped, configured_job):
    samples = scraped()

    assert samples["jobs", "RUNNING"] == 1
    assert samples["jobs", "SUCCEEDED"] == 0


def test_workers_are_counted_and_forgotten_when_they_no_longer_sign(scraped):
    queues.sign(["units"], by="one:1")
    queues.sign(["units"], by="two:2")
    queues.sign(["messages"])
    samples = scraped()
    assert samples["workers", "units"] == 2
    assert samples["workers", "messages"] == 1
    assert samples["workers", "default"] == 0

    with time_machine.travel(timezone.now() + timedelta(seconds=queues.SIGNED_FOR + 1)):
        assert scraped()["workers", "units"] == 0


def test_a_sweep_is_known_from_its_last_end_and_a_failed_one_ends_nothing(scraped, monkeypatch):
    sweep = current_app.tasks["core.tasks.sweep_mails"]
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        signs.sign_beat()  # from here on it is due
    unknown = scraped()["sweep_timestamp_seconds", sweep.name]
    assert time.time() - unknown == pytest.approx(3600, abs=60)

    monkeypatch.setattr(sweep, "run", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        sweep()
    assert scraped()["sweep_timestamp_seconds", sweep.name] == unknown

    monkeypatch.undo()
    sweep()
    samples = scraped()
    assert time.time() - samples["sweep_timestamp_seconds", sweep.name] < 60
    assert samples["sweep_interval_seconds", sweep.name] == 30


def test_beat_is_known_from_its_last_turn(scraped, tmp_path):
    assert scraped()["beat_timestamp_seconds",] == 0
    schedule = Schedule(current_app, schedule_filename=str(tmp_path / "beat"))

    assert schedule.tick() <= signs.SIGN_EVERY
    assert time.time() - scraped()["beat_timestamp_seconds",] < 60


def test_the_version_that_answers_is_known(scraped):
    assert scraped()["build_info", release()] == 1


def test_rows_whose_task_fails_again_and_again_are_counted(scraped):
    for _time in range(5):
        Failure.objects.record("core.tasks.send_mail", "1", "it fails")

    assert scraped()["failing_rows",] == 1


@pytest.mark.parametrize("broken", ["waiting_mail", "jobs", "workers", "processes"])
def test_a_source_that_breaks_takes_no_other_along(scraped, monkeypatch, broken):
    whole = scraped()

    def fail():
        raise OSError("at secret-host")

    if broken == "processes":
        monkeypatch.setattr(processes, "exposition", fail)
    else:
        monkeypatch.setitem(gauges._sources, broken, fail)
    samples = scraped()

    assert samples["gauge_failing", broken] == 1
    lost = {sample[0] for sample in whole} - {sample[0] for sample in samples}
    assert len({sample[1] for sample in samples if sample[0] == "waiting_rows"}) >= 7
    assert lost <= {
        broken, "http_requests_total", "http_requests_created", "http_request_seconds_bucket",
        "http_request_seconds_count", "http_request_seconds_sum", "http_request_seconds_created",
        "database_connections_in_use",
    }  # fmt: skip


def statements(client) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/metrics").status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_a_scrape_costs_the_same_statements_whatever_waits(client, db, request):
    few = statements(client)
    for cause in CAUSES.values():
        if cause is not a_webhook and cause is not a_key_drop:
            cause(request)

    assert len(statements(client)) == len(few)
    assert len(few) <= MOST_STATEMENTS


BIG = ("jobs_job", "core_mail", "jobs_installationtest", "jobs_configuration", "telematics_key",
       "telematics_command", "core_outboxmessage", "accounts_webhookdelivery")  # fmt: skip


@pytest.mark.pg
def test_no_statement_of_a_scrape_reads_a_big_table_from_end_to_end(client, db):
    """A million jobs cost as much as ten: PostgreSQL finds a way by an index for each."""
    found = [sql for sql in statements(client) if sql.startswith(("SELECT", "WITH"))]
    assert any("jobs_job" in sql for sql in found)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        whole = [sql for sql in found if reads_whole(cursor, sql)]
    assert whole == []


def reads_whole(cursor, sql: str) -> bool:
    cursor.execute(f"EXPLAIN {sql}")
    plan = "\n".join(line for (line,) in cursor.fetchall())
    return any(f"Seq Scan on {table}" in plan for table in BIG)
