"""What a supervisor, a load balancer and a monitor are told."""

import os
import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core import disk, gauges, queues, signs
from core.models import Mail
from core.outbox.relay import Relay
from core.web import health
from core.web.readiness import Recent


def test_healthz_answers_without_asking_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_healthz_answers_to_any_host_and_reads_no_session(client, django_assert_num_queries, db):
    client.cookies["sessionid"] = "whatever-it-is"
    with django_assert_num_queries(0):
        assert client.get("/healthz", headers={"Host": "10.1.2.3:8000"}).content == b"ok\n"


def test_readyz_looks_once_for_all_who_ask_within_a_second(client, db, monkeypatch):
    looks = []
    monkeypatch.setitem(health.CHECKS, "counted", lambda: looks.append(1) or "ok")

    with time_machine.travel(0, tick=False):
        answers = {client.get("/readyz").status_code for _ in range(20)}
    assert (answers, len(looks)) == ({200}, 1)
    health.recent.forget()
    client.get("/readyz")
    assert len(looks) == 2


def test_readyz_gives_those_who_come_meanwhile_the_result_before():
    """A check that hangs holds one thread and not all of them."""
    begun, go_on = threading.Event(), threading.Event()
    results = iter([{"database": "ok"}, {"database": "unreachable"}])

    def measure():
        result = next(results)
        if result["database"] != "ok":
            begun.set()
            go_on.wait(30)
        return result

    recent = Recent(measure)
    assert recent.states() == {"database": "ok"}
    recent._until = 0
    first = threading.Thread(target=recent.states)
    first.start()
    begun.wait(30)
    assert recent.states() == {"database": "ok"}
    go_on.set()
    first.join()
    assert recent.states() == {"database": "unreachable"}


def test_readyz_refuses_an_address_that_asks_all_the_time_and_no_other(client, db):
    with time_machine.travel(0, tick=False):
        answers = [client.get("/readyz", REMOTE_ADDR="192.0.2.7") for _ in range(61)]
        other = client.get("/readyz", REMOTE_ADDR="192.0.2.8")

    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    assert answers[-1]["Retry-After"] == "60"
    assert other.status_code == 200


@pytest.mark.parametrize("sent", ["192.0.2.7", "nonsense", ""])
def test_readyz_answers_who_comes_by_fewer_proxies_than_are_set(client, db, settings, sent):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    answer = client.get("/readyz", headers={"X-Forwarded-For": sent}, REMOTE_ADDR=sent)
    assert answer.status_code == 200


def test_readyz_names_each_thing_that_a_page_needs(client, db):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.content.decode().splitlines() == [
        "database: ok",
        "cache: ok",
        "broker: ok",
        "disk: ok",
        "gateway: ok",
        "relay: not running",
        "queue default: no worker",
        "queue units: no worker",
        "queue urgent: no worker",
        "beat: no sign of life",
    ]


def test_readyz_names_the_workers_and_beat_and_stays_200_without_them(client, db):
    queues.sign(["default", "units"])
    queues.sign(["units"], by="another:4711")
    queues.sign(["units"], by="another:4711")
    response = client.get("/readyz")

    assert response.status_code == 200
    lines = response.content.decode().splitlines()
    assert lines[-4:] == [
        "queue default: 1 worker",
        "queue units: 2 workers",
        "queue urgent: no worker",
        "beat: no sign of life",
    ]

    signs.sign_beat()
    assert client.get("/readyz").content.decode().endswith("beat: ok\n")


def test_readyz_sees_that_beat_has_been_silent_for_a_minute(client, db):
    signs.sign_beat()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        response = client.get("/readyz")

    assert response.status_code == 200
    assert response.content.decode().endswith("beat: no sign of life\n")


def test_readyz_reports_whether_the_relay_runs_and_stays_200(client, db):
    Relay().turn()
    response = client.get("/readyz")

    assert response.status_code == 200
    assert "relay: ok" in response.content.decode().splitlines()


def test_readyz_reports_a_broker_of_the_messages_that_does_not_answer_and_stays_200(
    client, db, settings
):
    settings.MESSAGES_AMQP_URL = "amqp://secret-host.invalid:1//"
    response = client.get("/readyz")

    assert response.status_code == 200
    assert "messages broker: unreachable" in response.content.decode().splitlines()
    assert b"secret-host" not in response.content


@pytest.mark.servers("RABBITMQ_URL")
def test_readyz_reports_a_broker_of_the_messages_that_answers(client, db, settings):
    settings.MESSAGES_AMQP_URL = os.environ["RABBITMQ_URL"]

    assert "messages broker: ok" in client.get("/readyz").content.decode().splitlines()


def test_readyz_reports_a_full_disk(client, db, monkeypatch):
    monkeypatch.setattr(disk, "NEEDED", 2**62)
    response = client.get("/readyz")

    assert response.status_code == 503
    assert "disk: full" in response.content.decode().splitlines()


def test_metrics_count_the_rows_behind_the_queues(client, configured_job, installer):
    configured_job.request_tests(by=installer, kinds=["CONNECTIVITY"])

    text = client.get("/metrics").content.decode()
    assert 'installer_jobs_queue_rows{queue="units"} 1.0\n' in text


def test_readyz_is_503_while_something_is_missing_and_keeps_the_reason_to_itself(
    client, db, monkeypatch
):
    def refuse(_key):
        raise ConnectionError("redis at secret-host refused")

    monkeypatch.setattr(cache, "get", refuse)
    response = client.get("/readyz")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert "cache: unreachable" in response.content.decode()
    assert b"secret-host" not in response.content


@pytest.mark.parametrize(
    "path", ["nonsense", "telematics.nowhere.Gateway", "builtins.dict", "collections.abc.Sized"]
)
def test_readyz_names_a_gateway_that_cannot_be_loaded(client, db, settings, path):
    settings.TELEMATICS_GATEWAY = path
    response = client.get("/readyz")

    assert response.status_code == 503
    assert f"gateway: {path} cannot be loaded" in response.content.decode().splitlines()


def test_readyz_sees_that_no_gateway_is_named(client, db, settings):
    settings.TELEMATICS_GATEWAY = ""

    assert (
        "gateway: TELEMATICS_GATEWAY cannot be loaded"
        in client.get("/readyz").content.decode().splitlines()
    )


def test_readyz_sees_a_migration_that_has_not_run(client, db, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda _self, _targets: ["one"])

    assert "database: migrations missing" in client.get("/readyz").content.decode()


def test_metrics_count_what_waits(client, configured_job, installer):
    Mail.objects.enqueue(to="somebody@example.com", template="mails/security_notice", context={})
    configured_job.request_tests(by=installer, kinds=["CONNECTIVITY"])
    waiting = Mail.objects.due().count()
    text = client.get("/metrics").content.decode()

    assert f'installer_jobs_mails{{status="QUEUED"}} {waiting}.0\n' in text
    assert 'installer_jobs_installation_tests{status="QUEUED"} 1.0\n' in text
    assert 'installer_jobs_installation_tests{status="RUNNING"} 0.0\n' in text
    assert "installer_jobs_keys_to_drop 0.0\n" in text
    assert 'installer_jobs_queue_messages{queue="units"} ' in text


def test_metrics_are_prometheus_text(client, db):
    response = client.get("/metrics")
    families = list(text_string_to_metric_families(response.content.decode()))

    assert response["Content-Type"].startswith("text/plain; version=0.0.4")
    assert families
    assert all(family.name.startswith("installer_jobs_") for family in families)
    assert all(family.documentation and family.type != "unknown" for family in families)


def test_a_failing_gauge_harms_no_other_and_is_counted(client, db, monkeypatch):
    def fail():
        raise ConnectionError("the broker at secret-host refused")

    monkeypatch.setitem(gauges._sources, "queue_messages", fail)
    text = client.get("/metrics").content.decode()

    assert 'installer_jobs_gauge_failing{gauge="queue_messages"} 1.0\n' in text
    assert 'installer_jobs_gauge_failing{gauge="mails"} 0.0\n' in text
    assert 'installer_jobs_mails{status="QUEUED"} 0.0\n' in text
    assert "installer_jobs_queue_messages" not in text
    assert "secret-host" not in text


@pytest.mark.parametrize(
    "request_from", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}]
)
def test_metrics_are_for_the_machine_itself_where_no_token_is_set(client, db, request_from):
    assert client.get("/metrics", **request_from).status_code == 403


@pytest.mark.parametrize(
    "behind",
    [
        {"TRUSTED_PROXIES": 1},
        {"BASE_URL": "https://fleet.example"},
        {"BASE_URL": "http://fleet.example"},
    ],
)
def test_metrics_need_their_token_behind_a_proxy_that_sends_no_address(
    client, db, settings, behind
):
    for name, value in behind.items():
        setattr(settings, name, value)

    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "a-long-token"
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200
    )


def test_metrics_are_for_whoever_brings_the_token(client, db, settings):
    settings.METRICS_TOKEN = "a-long-token"

    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 403
    assert (
        client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200
    )


def test_every_answer_carries_its_flow_id(client, db):
    first, second = client.get("/healthz")["X-Flow-ID"], client.get("/healthz")["X-Flow-ID"]

    assert first
    assert first != second
