"""The overview of a fleet: what needs somebody, and that each number is what its list shows."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from openpyxl import load_workbook

from fleetcontrol.needs import LONG, NEEDS
from jobs.models import HandbackRequest, InstallationTest, Job
from jobs.parts.obstacles import UNTOUCHED_DAYS
from telematics.life import SILENT_AFTER
from telematics.models import Vehicle, VehicleState
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def overview(manager_client, fleet):
    """`overview()`: title of what needs somebody → the numbers that are not zero, by their address."""

    def look() -> dict[str, dict[str, int]]:
        page = manager_client.get(f"/fleetcontrol/{fleet.pk}/overview/")
        return {
            str(one.need.title): {
                number.url: int(number.found) for number in one.numbers if number.found
            }
            for one in page.context["pressing"]
        }

    return look


@pytest.fixture
def failed_job(running_job, installer):
    running_job.fail(by=installer, comment="No car there", reason="VEHICLE_ABSENT")
    return Job.objects.get(pk=running_job.pk)


@pytest.fixture
def long_ago():
    return timezone.now() - timedelta(days=UNTOUCHED_DAYS, hours=1)


def test_a_fleet_in_which_all_is_well_says_so(manager_client, fleet, overview, pending_job):
    assert overview() == {}
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/overview/").content.decode()
    assert "Nothing needs you" in page


def test_an_overdue_job_is_counted_and_its_list_shows_it(
    manager_client, fleet, overview, pending_job
):
    yesterday = timezone.localdate() - timedelta(days=2)
    Job.objects.filter(pk=pending_job.pk).update(planned_service_date=yesterday)
    url = f"/fleetcontrol/{fleet.pk}/jobs/installation/?overdue=on"
    assert overview() == {"Overdue": {url: 1}}
    lines = manager_client.get(url).context["table"].lines
    assert [line.id for line in lines] == [pending_job.pk]


def test_a_failed_job_needs_a_follow_up_until_it_has_one(overview, failed_job, manager):
    assert "Failed without a follow-up" in overview()
    again = failed_job.create_again(by=manager)
    assert "Failed without a follow-up" not in overview()
    again.delete_by(by=manager)
    assert "Failed without a follow-up" in overview()


def test_an_assigned_job_that_nobody_touches_is_shown_after_a_week(
    overview, assigned_job, long_ago
):
    assert "Assigned and untouched" not in overview()
    Job.objects.filter(pk=assigned_job.pk).update(updated_at=long_ago)
    assert list(overview()["Assigned and untouched"].values()) == [1]


def test_a_job_that_runs_for_more_than_a_day_has_an_access_that_is_open_for_long(
    overview, running_job
):
    assert "Access open for long" not in overview()
    since = timezone.now() - timedelta(days=LONG, minutes=1)
    Job.objects.filter(pk=running_job.pk).update(taken_at=since)
    assert list(overview()["Access open for long"].values()) == [1]


def test_a_job_asked_back_is_kept_by_the_partner_once_it_refuses(
    overview, assigned_job, manager, company_admin
):
    assigned_job.request_handback(by=manager, reason="Sold")
    assert set(overview()) == {"Asked back"}
    Job.objects.get(pk=assigned_job.pk).refuse_handback(by=company_admin, reason="Half done")
    assert set(overview()) == {"Partner keeps it"}


def test_what_an_earlier_partner_refused_does_not_count(
    overview, assigned_job, manager, company_admin
):
    assigned_job.request_handback(by=manager, reason="Sold")
    Job.objects.get(pk=assigned_job.pk).refuse_handback(by=company_admin, reason="Half done")
    HandbackRequest.objects.update(requested_at=timezone.now() - timedelta(days=3))
    assert overview() == {}


def silent_vehicle(fleet, manager) -> tuple[Vehicle, Job]:
    """A vehicle that has never been heard of since its unit was installed three days ago, and that job."""
    vehicle = VehicleFactory(fleet=fleet, unit=UnitFactory(fleet=fleet))
    job = JobFactory(by=manager, fleet=fleet, vehicle=vehicle)
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.SUCCEEDED, finished_at=timezone.now() - timedelta(days=3)
    )
    return vehicle, job


def test_a_unit_that_falls_silent_after_its_installation_is_shown(
    manager_client, manager, fleet, overview
):
    vehicle, job = silent_vehicle(fleet, manager)
    url = f"/fleetcontrol/{fleet.pk}/vehicles/?silent=on"
    assert overview() == {"Silent after its installation": {url: 1}}  # never heard
    state = VehicleState.objects.create(vehicle=vehicle, signals={}, received_at=timezone.now())
    assert overview() == {}
    state.received_at = timezone.now() - SILENT_AFTER - timedelta(minutes=1)
    state.save()
    assert overview() == {"Silent after its installation": {url: 1}}
    assert vehicle.pk in [line.id for line in manager_client.get(url).context["table"].lines]
    Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=31))
    assert overview() == {}


def test_a_silent_unit_leads_to_the_form_of_its_maintenance_job(
    manager_client, manager, fleet, overview
):
    vehicle, _installation = silent_vehicle(fleet, manager)
    [(url, _number)] = overview()["Silent after its installation"].items()
    [line] = manager_client.get(url).context["table"].lines
    button = re.search(r'class="btn [^"]*" href="([^"]*)"', line.cells)
    form = manager_client.get(unescape(button[1]))
    assert (form.status_code, form.context["kind"]) == (200, "MAINTENANCE")
    assert form.context["form"]["vehicle"].initial == vehicle
    assert form.context["form"]["task"].initial == "INSPECTION"


def test_a_silent_unit_with_an_open_maintenance_job_leads_to_that_instead(
    manager_client, manager, fleet
):
    vehicle, _installation = silent_vehicle(fleet, manager)
    url = f"/fleetcontrol/{fleet.pk}/vehicles/?silent=on"
    kind = {"kind": "MAINTENANCE", "task": "INSPECTION"}
    job = JobFactory(by=manager, fleet=fleet, vehicle=vehicle, **kind)
    [line] = manager_client.get(url).context["table"].lines
    assert "Create Maintenance Job" not in line.cells
    assert f'href="/fleetcontrol/{fleet.pk}/jobs/{job.pk}/"' in line.cells
    job.delete_by(by=manager)
    [line] = manager_client.get(url).context["table"].lines
    assert "Create Maintenance Job" in line.cells


def test_the_column_for_maintenance_is_there_for_silent_units_and_who_may_write(
    manager_client, viewer_client, manager, fleet
):
    silent_vehicle(fleet, manager)
    url = f"/fleetcontrol/{fleet.pk}/vehicles/"
    button = "Create Maintenance Job"
    columns = {"silent": "on", "columns": "updated_at"}
    [line] = manager_client.get(url, columns).context["table"].lines
    assert button in line.cells
    for client, query in ((manager_client, {}), (viewer_client, {"silent": "on"})):
        [line] = client.get(url, query).context["table"].lines
        assert button not in line.cells


def test_many_silent_units_take_as_many_statements_as_one(
    manager_client, manager, fleet, django_assert_num_queries
):
    url = f"/fleetcontrol/{fleet.pk}/vehicles/?silent=on"
    silent_vehicle(fleet, manager)
    manager_client.get(url)
    with CaptureQueriesContext(connection) as one:
        manager_client.get(url)
    for _number in range(5):
        silent_vehicle(fleet, manager)
    with django_assert_num_queries(len(one)):
        manager_client.get(url)


def test_a_task_that_does_not_exist_is_not_chosen(manager_client, fleet):
    url = f"/fleetcontrol/{fleet.pk}/jobs/new/"
    page = manager_client.get(url, {"kind": "MAINTENANCE", "task": "PAINTING"})
    assert page.status_code == 200
    assert not page.context["form"]["task"].initial


def test_another_fleets_jobs_are_not_counted(overview, other_fleet, outside_manager):
    yesterday = timezone.localdate() - timedelta(days=2)
    JobFactory(by=outside_manager, fleet=other_fleet, planned_service_date=yesterday)
    assert overview() == {}


@pytest.mark.parametrize("by", ["day", "week", "partner", "place", "roll_out"])
def test_the_overview_takes_the_same_few_statements_however_many_jobs_there_are(
    manager_client, manager, fleet, company, by, django_assert_num_queries
):
    url = f"/fleetcontrol/{fleet.pk}/overview/?by={by}"
    manager_client.get(url)
    with CaptureQueriesContext(connection) as empty:
        manager_client.get(url)
    assert len(empty) <= 8
    yesterday = timezone.localdate() - timedelta(days=2)
    jobs = JobFactory.create_batch(12, by=manager, fleet=fleet, planned_service_date=yesterday)
    ended = {"company": company, "planned": {}, "comment": "Because"}
    for job in jobs[:4]:
        values = {**ended, "failure_reason": "OTHER", "finished_at": timezone.now()}
        Job.objects.filter(pk=job.pk).update(status="FAILED", **values)
    silent_vehicle(fleet, manager)
    with django_assert_num_queries(len(empty)):
        manager_client.get(url)


def test_every_need_opens_a_list_that_knows_its_filter(manager_client, fleet):
    for need in NEEDS:
        path = "vehicles/" if need.of_vehicles else "jobs/maintenance/"
        page = manager_client.get(f"/fleetcontrol/{fleet.pk}/{path}?{need.query}")
        assert len(page.context["chips"]) == 1, need.query
        assert "unknown" not in page.context["chips"][0]["value"]


def test_every_need_is_explained_in_the_language_of_its_reader():
    english = [need.sentence for need in NEEDS]
    with translation.override("de"):
        german = [need.sentence for need in NEEDS]
    assert not set(english) & set(german)
    assert not [text for text in english + german if "%" in text]


@pytest.mark.parametrize("days", ["0", "366", "many", "-1"])
def test_a_number_of_days_that_means_nothing_finds_nothing_and_says_so(
    manager_client, fleet, assigned_job, days
):
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/installation/?untouched={days}")
    assert page.status_code == 200
    assert page.context["table"].lines == []
    assert page.context["chips"][0]["value"] == "unknown"


def test_a_filter_takes_several_values_and_each_can_be_taken_out(
    manager_client, manager, fleet, failed_job
):
    other = JobFactory(by=manager, fleet=fleet)
    ended = {"status": Job.Status.FAILED, "finished_at": timezone.now(), "comment": "No bracket"}
    Job.objects.filter(pk=other.pk).update(failure_reason="PARTS_MISSING", **ended)
    url = f"/fleetcontrol/{fleet.pk}/jobs/installation/"
    both = manager_client.get(url, {"reason": ["PARTS_MISSING", "VEHICLE_ABSENT"]})
    assert {line.id for line in both.context["table"].lines} == {other.pk, failed_job.pk}
    assert sorted(chip["value"] for chip in both.context["chips"]) == [
        "Parts missing",
        "Vehicle absent",
    ]
    one = manager_client.get(both.context["chips"][0]["remove_url"])
    assert len(one.context["table"].lines) == 1


# --- figures ----------------------------------------------------------------------------------------------------------
def test_the_figures_show_the_last_weeks_until_a_time_is_chosen(manager_client, fleet, failed_job):
    url = f"/fleetcontrol/{fleet.pk}/overview/"
    page = manager_client.get(url)
    assert [(line.created, line.failed) for line in page.context["lines"]] == [(1, 1)]
    assert "Vehicle absent: 1" in page.content.decode()
    long_past = {"by": "day", "since": "2020-01-01", "until": "2020-01-31"}
    assert manager_client.get(url, long_past).context["lines"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"by": "colour"}, "by"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "until"),
        ({"since": "2020-01-01", "until": "2026-11-01"}, "since"),
        ({"until": "0026-11-01"}, "until"),
    ],
)
def test_a_time_that_means_nothing_is_refused_at_its_field(manager_client, fleet, query, field):
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/overview/", query)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])
    for form in ("csv", "xlsx"):
        url = f"/fleetcontrol/{fleet.pk}/overview/export/{form}/"
        assert manager_client.get(url, query).status_code == 200


def test_the_download_has_the_numbers_of_the_table(manager_client, fleet, failed_job):
    url = f"/fleetcontrol/{fleet.pk}/overview/"
    page = manager_client.get(url, {"by": "partner"})
    assert f'href="{url}export/csv/?by=partner"' in page.content.decode()
    lines = manager_client.get(f"{url}export/csv/?by=partner").getvalue().decode().splitlines()
    assert lines[0].endswith('"Hours from assigned to finished","Tests repeated","Why failed"')
    assert lines[1].startswith('"QuickInstall","1","0","1","0","0","0%"')
    assert lines[1].endswith('"Vehicle absent: 1"')


@pytest.fixture
def repeated_tests(failed_job):
    """Of four tests of a failed job one ran three times."""
    for kind, attempts in (("GNSS", 3), ("IGNITION", 1), ("CONNECTIVITY", 1), ("ODOMETER", 1)):
        for attempt in range(1, attempts + 1):
            InstallationTest.objects.create(
                job=failed_job,
                unit=UnitFactory(fleet=failed_job.fleet),
                kind=kind,
                attempt=attempt,
                status="FAILED",
            )


@pytest.mark.parametrize("by", ["day", "week", "partner", "place", "roll_out"])
def test_the_table_and_both_files_say_how_many_tests_were_repeated(
    manager_client, fleet, repeated_tests, by
):
    url = f"/fleetcontrol/{fleet.pk}/overview/"
    page = manager_client.get(url, {"by": by}).content.decode()
    assert page.count("25\N{NARROW NO-BREAK SPACE}%") == 2  # in its line and in the last one
    csv = manager_client.get(f"{url}export/csv/", {"by": by}).getvalue().decode()
    [header, *lines] = [line.split(",") for line in csv.splitlines()]
    assert '"25%"' in [line[header.index('"Tests repeated"')] for line in lines]
    xlsx = manager_client.get(f"{url}export/xlsx/", {"by": by}).getvalue()
    [header, *rows] = load_workbook(BytesIO(xlsx)).active.values
    assert "25%" in [row[header.index("Tests repeated")] for row in rows]


@pytest.mark.parametrize(
    ("by", "titles", "numbers"),
    [
        ("day", ["Planned", "Of these open"], [2, 1]),
        ("week", ["Planned", "Of these open"], [2, 1]),
        ("partner", ["Open", "Overdue"], [1, 1]),
        ("place", ["Open", "Overdue"], [1, 1]),
        ("roll_out", ["Open", "Overdue"], [1, 1]),
    ],
)
def test_the_table_and_the_file_set_what_is_open_against_the_plan(
    manager_client, manager, fleet, failed_job, by, titles, numbers
):
    JobFactory(by=manager, fleet=fleet)
    day = fleet.today - timedelta(days=1)
    Job.objects.update(planned_service_date=day)
    url = f"/fleetcontrol/{fleet.pk}/overview/"
    query = {"by": by, "since": day - timedelta(days=9), "until": fleet.today}
    page = manager_client.get(url, query)
    heads = re.findall(r'<th scope="col"[^>]*>([^<]*)</th>', page.content.decode())
    assert heads[4:6] == titles
    total = re.search(r"<tfoot>.*</tfoot>", page.content.decode(), re.DOTALL)[0]
    assert re.findall(r'<td class="number">(\d*)</td>', total)[3:5] == [str(n) for n in numbers]
    csv = manager_client.get(f"{url}export/csv/", query).getvalue().decode()
    [header, *lines] = [re.findall(r'"([^"]*)"', line) for line in csv.splitlines()]
    assert header[4:6] == titles
    for column, number in zip((4, 5), numbers, strict=True):
        assert sum(int(line[column]) for line in lines) == number
