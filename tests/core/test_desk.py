"""The operators' desk: numbers that lead to what they count, one search, one clock, and each page in few statements."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
import yaml
from django.conf import settings
from django.contrib import admin
from django.db import connection
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiCall, ApiClient, EventConsumer, Partnership, User
from accounts.models.consumer_choices import Kind
from core import backlog, queues, signs
from core.failures import Failure
from core.models import Mail, OutboxMessage
from core.outbox.message import Entry
from core.web.desk import numbers
from jobs.models import InstallationTest, Job
from telematics.models import Key
from tests.factories.accounts import FleetFactory

# Session, reader, the numbers, the calls, and the log of the site's own page.
OF_THE_START_PAGE = 5
OF_A_SEARCH = 12
LIST = re.compile(r'href="(/admin/\w+/\w+/\?[^"]+)"')


@pytest.fixture
def trouble(proven_job, installer, fleet, fleet_admin, company, operator):
    """One row of nearly everything that the start page counts."""
    proven_job.succeed(by=installer)
    mail = Mail.objects.enqueue(to="a@example.com", template="mails/security_notice", context={})
    Mail.objects.filter(pk=mail.pk).update(status=Mail.Status.FAILED)
    late = Mail.objects.enqueue(to="b@example.com", template="mails/security_notice", context={})
    Mail.objects.filter(pk=late.pk).update(created_at=Now() - timedelta(hours=1))
    for _time in range(5):
        Failure.objects.record("core.tasks.send_mail", str(mail.pk), "it fails")
    ApiClient.objects.issue(fleet=fleet, name="sync", scopes=["jobs:read"], by=None)
    client = ApiClient.objects.get()
    ApiCall.objects.record(client, method="GET", path="/x", status=200, flow_id="flow-of-a-call")
    consumer = EventConsumer.objects.add(
        fleet=fleet, kind=Kind.FEED, name="Feed", topics=["JobChanged"], by=fleet_admin
    )
    OutboxMessage.objects.write(fleet.pk, "JobChanged", [Entry("somebody")])
    consumer.suspend("NO_SUCCESS")
    User.objects.filter(pk=installer.pk).update(last_login=Now())
    for row in (FleetFactory(provider=fleet.provider), client, company, fleet.provider):
        row.suspend(by=operator)
    return proven_job


@pytest.fixture
def start_page(operator_client):
    def start_page():
        answer = operator_client.get(reverse("admin:index"))
        assert answer.status_code == 200
        shown = [*answer.context["care"], *answer.context["today"]]
        return {number.url.partition("rows=")[2]: number for number in shown}

    return start_page


def test_each_number_leads_to_the_rows_that_it_counts(start_page, trouble, operator_client):
    found = start_page()

    at_least_one = {
        *(
            "failed-mails",
            "failing-rows",
            "waiting-mail",
            "suspended-providers",
            "suspended-fleets",
        ),
        *("suspended-companies", "suspended-clients", "suspended-consumers"),
        *("succeeded-today", "tests-today", "signed-in-today", "calls-today", "messages-today"),
    }
    assert {name for name, number in found.items() if number.count} >= at_least_one
    for name, number in found.items():
        listed = operator_client.get(number.url)
        assert listed.status_code == 200
        assert listed.context["cl"].result_count == int(number.count), name


def test_the_start_page_is_a_fixed_number_of_statements(start_page, trouble, operator):
    with CaptureQueriesContext(connection) as statements:
        start_page()
    assert len(statements) <= OF_THE_START_PAGE, [one["sql"][:120] for one in statements]


@pytest.mark.django_db(transaction=True)
def test_a_number_that_fails_harms_no_other(operator_client, monkeypatch):
    def in_python():
        raise OSError("at secret-host")

    def in_the_database():
        return Job.objects.filter(pk=RawSQL("no_such_column", []))

    Mail.objects.create(to="a@example.com", template="x", status=Mail.Status.FAILED)
    for name, rows in {"failed-today": in_the_database, "messages-today": in_python}.items():
        broken = replace(numbers._numbers[name], rows=rows)
        monkeypatch.setitem(numbers._numbers, name, broken)
    page = operator_client.get("/admin/")
    shown = {number.url: number.count for number in [*page.context["care"], *page.context["today"]]}

    broken = [url for url, count in shown.items() if count is None]
    assert sorted(url.partition("rows=")[2] for url in broken) == ["failed-today", "messages-today"]
    assert str(shown["/admin/core/mail/?rows=failed-mails"]) == "1"
    assert page.content.count(b"could not be counted") == 2


def test_silent_workers_relay_beat_and_late_sweeps_are_named(operator_client):
    def silent():
        found = operator_client.get("/admin/").context["processes"]
        return {str(process.name or process.kind) for process in found if process.is_silent}

    everybody = {*queues.names(), "messages", "Beat"}
    assert silent() == everybody
    queues.sign(["units", "messages"])
    signs.sign_beat()
    assert silent() == everybody - {"units", "messages", "Beat"}
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert silent() >= everybody | {"core.tasks.sweep_mails"}


def test_what_waits_too_long_is_late_for_the_alerts_at_the_same_time():
    rules = yaml.safe_load((settings.BASE_DIR / "docs/operation/alerts.yml").read_text())
    text = str(rules)
    said = {}
    for kinds, seconds in re.findall(r'waiting_seconds\{kind=~?"([^"]+)"\}\) > (\d+)', text):
        said |= dict.fromkeys(kinds.split("|"), timedelta(seconds=int(seconds)))
    assert said == {kind: one.patience for kind, one in backlog.WAITING_KINDS.items()}


def test_the_page_of_a_provider_fleet_and_company_counts_what_belongs_to_it(
    operator_client, trouble, fleet, fleet_admin, company, django_assert_max_num_queries
):
    notice = {"template": "mails/security_notice", "context": {}}
    invited = fleet.invitation_mails.sender
    Mail.objects.enqueue(to="new@example.com", on_behalf_of=invited, **notice)
    Mail.objects.enqueue(to=fleet_admin.email, **notice)
    people = User.objects.filter(fleet_memberships__fleet=fleet).values("email")
    to_people = Mail.objects.filter(to__in=people).count()
    pages = {
        fleet.provider: {
            "jobs: succeeded": 1,
            "vehicles": 1,
            "units": 1,
            "fleets": 2,
            "mails that its fleets have caused": 1,
            "mails to the people of its fleets": to_people,
        },
        fleet: {"jobs: succeeded": 1, "vehicles": 1, "units": 1, "event consumers": 1},
        company: {"members": 1, "jobs: succeeded": 1, "jobs: running": 0},
    }
    for owner, counts in pages.items():
        name = f"admin:{owner._meta.app_label}_{owner._meta.model_name}_change"
        with django_assert_max_num_queries(12):
            page = operator_client.get(reverse(name, args=[owner.pk]))
        shown = {str(part.label).lower(): part for part in page.context["belongings"]}
        for label, number in counts.items():
            assert int(shown[label.lower()].count) == number, (owner, label)
        for label, part in shown.items():
            listed = operator_client.get(part.url)
            assert listed.status_code == 200, (owner, label)
            assert listed.context["cl"].result_count == int(part.count), (owner, label)
            assert part.url in page.content.decode().replace("&amp;", "&")


@pytest.mark.parametrize("parameter", ["caused_by", "people_of"])
@pytest.mark.parametrize("value", ["ZZZZZ", "x" * 300])
def test_the_mails_of_a_provider_that_is_none_are_none(operator_client, parameter, value):
    Mail.objects.create(to="a@example.com", template="x")
    page = operator_client.get(f"/admin/core/mail/?{parameter}={value}")
    assert page.context["cl"].result_count == 0


def test_one_search_finds_everything_by_what_an_operator_has_at_hand(
    operator_client, linked_job, installer, fleet, partnership, manager
):
    job = linked_job
    job.fill_in(by=installer, license_plate="B-QX 2041", vin="WVWZZZ1KZAW000123")
    ApiClient.objects.issue(fleet=fleet, name="sync", scopes=["jobs:read"], by=None)
    call = {"method": "GET", "path": "/x", "status": 200}
    ApiCall.objects.record(ApiClient.objects.get(), flow_id="flow-of-a-call", **call)
    event = job.events.exclude(request_id="").last() or job.events.last()
    type(event).objects.filter(pk=event.pk).update(request_id="flow-of-a-click")
    Partnership.invite(fleet=fleet, email="new@partner.example", by=manager)
    for term, wanted in {
        "flow-of-a-call": ApiCall.objects.get(),
        "flow-of-a-click": event,
        fleet.name.lower()[:5]: fleet,
        fleet.pk: fleet,
        partnership.company.pk: partnership.company,
        "INSTALLER1@quickinstall.example": installer,
        "new@partner.example": Partnership.objects.get(email="new@partner.example"),
        "b qx2041": job,
        "zzz1kzaw": job,
        job.unit_id.lower(): job.unit,
        job.vehicle_id: job.vehicle,
        job.pk.lower(): job,
    }.items():
        with CaptureQueriesContext(connection) as statements:
            page = operator_client.get(reverse("admin:search"), {"q": f" {term} "})
        assert len(statements) <= OF_A_SEARCH, term
        meta = wanted._meta
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[wanted.pk])
        assert url in [row.url for group in page.context["groups"] for row in group.rows], term
    for term in ("", "ab", "- -", "nothing has this", "%' OR 1=1 --", "ä" * 300):
        page = operator_client.get(reverse("admin:search"), {"q": term})
        assert page.context["groups"] == [], term


def test_a_search_that_finds_many_shows_five_and_leads_to_the_list(operator_client):
    for number in range(7):
        FleetFactory(name=f"Fleet of many {number}")
    page = operator_client.get("/admin/search/", {"q": "of many"})

    [group] = page.context["groups"]
    assert len(group.rows) == 5
    assert operator_client.get(group.more).context["cl"].result_count == 7


def test_every_column_that_the_search_reads_has_an_index():
    for page in admin.site._registry.values():
        for lookup in {one for each in getattr(page, "searched_by", {}).values() for one in each}:
            name = lookup.partition("__")[0]
            field = page.model._meta.pk if name == "pk" else page.model._meta.get_field(name)
            assert field.primary_key or field.name in indexed(page.model), (page, lookup)


def indexed(model) -> set[str]:
    """The columns that some index of a model begins with, those of trigrams included."""
    first = {field.name for field in model._meta.fields if field.db_index or field.unique}
    first |= {index.fields[0].lstrip("-") for index in model._meta.indexes if index.fields}
    return first | OF_TRIGRAMS.get(model._meta.label, set())


# On PostgreSQL, by operations of the migrations.
OF_TRIGRAMS = {
    "accounts.MobilityProvider": {"name"},
    "accounts.Fleet": {"name"},
    "accounts.Company": {"name"},
    "accounts.User": {"last_name"},
    "jobs.Job": {"search"},
    "telematics.Vehicle": {"search"},
}


def test_an_operator_sees_no_number_and_finds_nothing_that_they_may_not_read(operator, client):
    User.objects.filter(pk=operator.pk).update(is_superuser=False)
    client.force_login(operator)
    FleetFactory(name="Fleet of many")

    page = client.get("/admin/")
    assert page.status_code == 200
    assert page.context["care"] == page.context["today"] == []
    assert client.get("/admin/search/", {"q": "of many"}).context["groups"] == []


def test_the_desk_is_closed_to_everybody_else(manager_client, client):
    for browser in (manager_client, client):
        assert browser.get("/admin/search/", {"q": "fleet"}).status_code == 302


def test_every_time_is_in_the_time_zone_of_the_reader_and_the_page_says_so(
    operator, operator_client, configured_job
):
    operator.time_zone = "Asia/Tokyo"
    operator.save()
    at = timezone.now().replace(hour=20, minute=30)  # in Tokyo, the next morning
    Key.objects.update(opened_at=at)
    InstallationTest.objects.update(started_at=at)

    for page in (
        "/admin/telematics/key/",
        f"/admin/telematics/key/{Key.objects.first().pk}/change/",
    ):
        shown = operator_client.get(page).content.decode()
        assert "Times in Asia/Tokyo" in shown
        assert "5:30 a.m." in shown
        assert "8:30 p.m." not in shown


def test_today_begins_at_midnight_of_the_reader(operator, start_page, proven_job):
    Job.objects.filter(pk=proven_job.pk).update(
        status="FAILED", comment="x", finished_at="2026-11-24T14:30:00Z"
    )
    with time_machine.travel("2026-11-24T16:30:00Z"):
        for zone, number in {"Asia/Tokyo": 0, "Europe/Berlin": 1}.items():
            operator.time_zone = zone
            operator.save()
            assert int(start_page()["failed-today"].count) == number
