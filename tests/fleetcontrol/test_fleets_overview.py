"""The overview of all fleets of a person: a row for each that they may read, whose numbers open their lists."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Fleet, FleetMembership
from jobs.models import Job
from jobs.parts.obstacles import UNTOUCHED_DAYS
from jobs.reading.fleets_figures import DAYS, figures_of_fleets
from tests.factories.accounts import FleetFactory, FleetMembershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

pytestmark = pytest.mark.django_db
URL = "/fleetcontrol/overview/"


@pytest.fixture
def munich(fleet, manager):
    """Another fleet of the provider, of which the manager is one too."""
    munich = FleetFactory(provider=fleet.provider, name="Munich")
    FleetMembershipFactory(fleet=munich, user=manager, role="MANAGER")
    return munich


@pytest.fixture
def tables(manager_client):
    """`tables()`: the names of each provider's fleets, in the order of the page."""

    def look(client: Client = manager_client) -> list[tuple[str, list[str]]]:
        found = client.get(URL).context["tables"]
        return [(one.provider.name, [row.fleet.name for row in one.rows]) for one in found]

    return look


@pytest.fixture
def job_in(manager):
    """`job_in(fleet, status="FAILED", …)`: a job with these columns."""

    def create(fleet: Fleet, kind: str = "INSTALLATION", **values) -> Job:
        job = JobFactory(by=manager, fleet=fleet, kind=kind)
        Job.objects.filter(pk=job.pk).update(**values)
        return Job.objects.get(pk=job.pk)

    return create


@pytest.fixture
def busy(fleet, munich, company, job_in):
    """Two fleets with something in every column, and different numbers."""
    yesterday = fleet.today - timedelta(days=1)
    now = timezone.now()
    with_partner = {"company": company, "planned": {}, "assigned_at": now}
    long_ago = now - timedelta(days=UNTOUCHED_DAYS, hours=1)
    ended = {**with_partner, "comment": "Because", "finished_at": now}
    for one, number in ((fleet, 1), (munich, 2)):
        for _number in range(number):
            job_in(one, planned_service_date=yesterday)
            job_in(one, "MAINTENANCE", planned_service_date=yesterday)
            job_in(one, **{**with_partner, "status": "ASSIGNED", "updated_at": long_ago})
            job_in(one, **ended, status="FAILED", failure_reason="OTHER")
            job_in(one, **ended, status="SUCCEEDED")
            vehicle = VehicleFactory(fleet=one, unit=UnitFactory(fleet=one))
            job_in(one, **ended, status="SUCCEEDED", vehicle=vehicle)
        old = now - timedelta(days=DAYS + 1)
        job_in(one, **{**ended, "status": "SUCCEEDED", "finished_at": old})
        job_in(one, status="DELETED", planned_service_date=yesterday)


def asked_back(job: Job, company, manager) -> None:
    Job.objects.filter(pk=job.pk).update(
        company=company, status="ASSIGNED", planned={}, assigned_at=timezone.now()
    )
    Job.objects.get(pk=job.pk).request_handback(by=manager, reason="Sold")


def test_each_fleet_has_a_row_with_its_numbers_and_the_last_one_is_their_sum(manager_client, busy):
    [table] = manager_client.get(URL).context["tables"]
    # Open, overdue, failed without a follow-up, assigned and untouched, asked back.
    of_jobs = {
        row.fleet.name: [sum(link.number for link in links) for links in row.of_jobs]
        for row in table.rows
    }
    assert of_jobs == {"Berlin": [3, 2, 1, 1, 0], "Munich": [6, 4, 2, 2, 0]}
    assert table.totals_of_jobs == [9, 6, 3, 3, 0]
    assert [row.silent.number for row in table.rows] == [1, 2]
    assert [row.succeeded.number for row in table.rows] == [2, 4]
    assert (table.silent, table.succeeded) == (3, 6)
    assert [row.figures.first_time_success for row in table.rows] == [2 / 3, 2 / 3]
    assert table.total.first_time_success == 6 / 9


def test_every_number_is_what_its_list_shows(
    manager_client, manager, fleet, company, partnership, busy, job_in
):
    asked_back(job_in(fleet), company, manager)
    [table] = manager_client.get(URL).context["tables"]
    seen = 0
    for row in table.rows:
        for link in [link for links in row.of_jobs for link in links] + [row.silent]:
            lines = manager_client.get(link.url).context["table"].lines
            assert len(lines) == link.number, link.url
            seen += 1
        overview = manager_client.get(row.succeeded.url)
        assert overview.context["total"].succeeded == row.succeeded.number
        assert overview.context["total"].first_time_success == row.figures.first_time_success
    assert seen == 2 * 7 + 1


def test_a_removed_member_and_another_providers_people_do_not_see_a_fleet(
    munich, manager, outside_manager_client, tables, other_fleet
):
    assert tables() == [("AppDrive", ["Berlin", "Munich"])]
    assert tables(outside_manager_client) == [
        (other_fleet.provider.name, [other_fleet.name]),
    ]
    FleetMembership.objects.get(fleet=munich, user=manager).delete()
    assert tables() == [("AppDrive", ["Berlin"])]


def test_a_fleet_of_the_provider_without_membership_is_neither_shown_nor_summed_up(
    manager_client, fleet, second_fleet, job_in
):
    job_in(fleet)
    elsewhere = job_in(fleet)
    Job.objects.filter(pk=elsewhere.pk).update(fleet=second_fleet)
    FleetMembership.objects.filter(fleet=second_fleet).delete()
    page = manager_client.get(URL)
    [table] = page.context["tables"]
    assert table.totals_of_jobs[0] == 1
    assert second_fleet.name not in page.content.decode()


def test_each_provider_has_a_table_and_a_sum_of_its_own(
    manager_client, manager, fleet, other_fleet, job_in, tables
):
    FleetMembershipFactory(fleet=other_fleet, user=manager, role="MANAGER")
    job_in(fleet)
    job_in(other_fleet)
    job_in(other_fleet)
    assert [fleets for _provider, fleets in tables()] == [[fleet.name], [other_fleet.name]]
    found = manager_client.get(URL).context["tables"]
    assert [table.totals_of_jobs[0] for table in found] == [1, 2]


def test_a_viewer_reads_it_and_someone_without_a_fleet_has_no_row(
    viewer_client, installer_client, fleet, job_in
):
    job_in(fleet)
    [table] = viewer_client.get(URL).context["tables"]
    assert table.totals_of_jobs[0] == 1
    page = installer_client.get(URL)
    assert page.context["tables"] == []
    assert "You do not belong to a fleet" in page.content.decode()


def test_a_fleet_that_requires_two_factor_authentication_shows_nothing_without_it(
    manager_client, munich
):
    Fleet.objects.filter(pk=munich.pk).update(require_second_factor=True)
    page = manager_client.get(URL)
    assert page.status_code == 302
    assert "2fa" in page.url or "mfa" in page.url


def test_a_day_is_one_of_each_fleets_zone(fleet, munich, company, job_in, monkeypatch):
    Fleet.objects.filter(pk=munich.pk).update(time_zone="Pacific/Kiritimati")
    munich.refresh_from_db()
    at_noon = datetime(2026, 11, 16, 12, tzinfo=UTC)  # two in the next morning there
    monkeypatch.setattr(timezone, "now", lambda: at_noon)
    for one in (fleet, munich):
        job_in(one, planned_service_date=at_noon.date())
    figures = figures_of_fleets([fleet, munich])
    assert figures[fleet.pk].of("overdue") == 0
    assert figures[munich.pk].of("overdue") == 1


def test_many_fleets_take_as_many_statements_as_two(
    manager_client, manager, fleet, busy, statements
):
    manager_client.get(URL)
    before = statements(lambda: manager_client.get(URL))
    for number in range(6):
        one = FleetFactory(provider=fleet.provider, name=f"Depot {number}")
        FleetMembershipFactory(fleet=one, user=manager, role="MANAGER")
    assert statements(lambda: manager_client.get(URL)) == before
    assert before <= 8


def test_the_menu_of_fleets_and_the_palette_lead_there(manager_client, fleet, munich, at):
    for path in ("/fleetcontrol/", at("palette/")):
        page = manager_client.get(path, headers={"HX-Request": "true"}).content.decode()
        assert f'href="{URL}"' in page, path
    FleetMembership.objects.filter(fleet=munich).delete()
    menu = manager_client.get("/fleetcontrol/", headers={"HX-Request": "true"})
    assert f'href="{URL}"' not in menu.content.decode()
