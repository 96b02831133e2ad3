"""What a supervisor, a load balancer and a monitor are told."""

import re

import pytest
from django.core.cache import cache

from core.models import Mail
from core.web import health


def test_healthz_answers_without_asking_the_database(client, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok\n"


def test_readyz_names_each_thing_that_a_page_needs(client, db):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.content.decode().splitlines() == ["database: ok", "cache: ok", "broker: ok"]


def test_readyz_is_503_while_something_is_missing_and_keeps_the_reason_to_itself(client, db, monkeypatch):
    def refuse(_key):
        raise ConnectionError("redis at secret-host refused")

    monkeypatch.setattr(cache, "get", refuse)
    response = client.get("/readyz")

    assert response.status_code == 503
    assert "cache: unreachable" in response.content.decode()
    assert b"secret-host" not in response.content


def test_readyz_sees_a_migration_that_has_not_run(client, db, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda _self, _targets: ["one"])

    assert "database: migrations missing" in client.get("/readyz").content.decode()


def test_metrics_count_what_waits(client, configured_job, installer):
    Mail.objects.enqueue(to="somebody@example.com", template="mails/security_notice", context={})
    configured_job.request_tests(by=installer, kinds=["CONNECTIVITY"])
    waiting = Mail.objects.due().count()
    text = client.get("/metrics").content.decode()

    assert f'appdrive_mails{{status="QUEUED"}} {waiting}\n' in text
    assert 'appdrive_installation_tests{status="QUEUED"} 1\n' in text
    assert 'appdrive_installation_tests{status="RUNNING"} 0\n' in text
    assert "appdrive_keys_to_drop 0\n" in text
    assert 'appdrive_queue_messages{queue="units"} ' in text


def test_metrics_are_prometheus_text(client, db):
    lines = client.get("/metrics").content.decode().splitlines()

    samples = [line for line in lines if not line.startswith("#")]
    assert samples
    assert all(re.fullmatch(r'appdrive_\w+(\{\w+="\w+"\})? \d+', line) for line in samples)


@pytest.mark.parametrize("request_from", [{"REMOTE_ADDR": "192.0.2.7"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}])
def test_metrics_are_for_the_machine_itself_where_no_token_is_set(client, db, request_from):
    assert client.get("/metrics", **request_from).status_code == 403


def test_metrics_are_for_whoever_brings_the_token(client, db, settings):
    settings.METRICS_TOKEN = "a-long-token"

    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200


def test_every_answer_carries_its_flow_id(client, db):
    first, second = client.get("/healthz")["X-Flow-ID"], client.get("/healthz")["X-Flow-ID"]

    assert first
    assert first != second
