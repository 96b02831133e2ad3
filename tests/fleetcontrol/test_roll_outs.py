"""A fleet's roll-outs: jobs get into them at every door, and their page says how far they are."""

import csv
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from core.errors import MoveRefused
from jobs.importing.checking import Options
from jobs.models import BulkRun, Job, JobImport, JobTemplate, RollOut
from jobs.reading.roll_out_figures import Figures
from tests.factories.accounts import FleetFactory
from tests.factories.jobs import JobFactory, RollOutFactory
from tests.fleetcontrol.test_vehicles_api import machine_of  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(fleet, manager):
    return RollOutFactory(by=manager, fleet=fleet, name="Spring")


@pytest.fixture
def foreign(other_fleet, outside_manager):
    return RollOutFactory(by=outside_manager, fleet=other_fleet, name="Autumn of others")


@pytest.fixture
def url(spring):
    """The address of a page of the roll-out: `url("edit")`."""

    def address(action=""):
        name = f"fleetcontrol:roll_out-{action}" if action else "fleetcontrol:roll_out"
        return reverse(name, args=[spring.fleet_id, spring.pk])

    return address


def text(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


# --- the pages --------------------------------------------------------------------------------------------------------
def test_a_manager_creates_a_roll_out_and_a_viewer_reads_it(
    manager_client, viewer_client, fleet, fleet_admin, at
):
    sent = {"name": "Spring", "target_date": "2030-03-31", "owner": fleet_admin.pk}
    assert manager_client.post(at("roll-outs/new/"), sent).status_code == 302
    made = RollOut.objects.get(fleet=fleet)
    assert (made.name, made.owner, made.target_date.isoformat()) == (
        "Spring",
        fleet_admin,
        "2030-03-31",
    )
    page = text(viewer_client.get(at(f"roll-outs/{made.pk}/")))
    assert "Spring" in page
    assert "created the roll-out" in page
    assert "Edit" not in page
    assert "Spring" in text(viewer_client.get(at("roll-outs/")))


def test_a_viewer_and_people_outside_cannot_write_roll_outs(outsiders, url, at):
    for browser, status in outsiders.items():
        assert browser.post(at("roll-outs/new/"), {"name": "A"}).status_code == status
        assert browser.post(url("edit"), {"name": "A", "seen": "x"}).status_code == status
        assert browser.post(url("delete")).status_code == status
    assert RollOut.objects.get().name == "Spring"


def test_the_owner_is_a_person_of_the_fleet(manager, fleet, outside_manager, manager_client, at):
    sent = {"name": "Spring", "target_date": "2030-03-31", "owner": outside_manager.pk}
    assert "Select a valid choice" in text(manager_client.post(at("roll-outs/new/"), sent))
    with pytest.raises(ValidationError, match="a person of the fleet"):
        RollOutFactory(by=manager, fleet=fleet, owner=outside_manager)


def test_the_history_keeps_each_change(manager_client, spring, url, fleet_admin):
    sent = {
        "name": "Summer",
        "target_date": "2030-06-30",
        "owner": fleet_admin.pk,
        "seen": spring.updated_at.isoformat(),
    }
    assert manager_client.post(url("edit"), sent).status_code == 302
    page = text(manager_client.get(url()))
    assert "changed the roll-out" in page
    assert "Spring → " in page.replace("\u2068", "").replace("\u2069", "")
    assert [event.verb for event in spring.events.order_by("seq")] == ["create", "edit"]


def test_an_unused_roll_out_is_deleted_and_a_used_one_archived(
    manager_client, manager, fleet, spring, url, at
):
    job = JobFactory(by=manager, fleet=fleet, roll_out=spring)
    assert manager_client.post(url("delete")).status_code == 302
    spring.refresh_from_db()
    assert spring.archived_at
    assert ">Spring</option>" not in text(manager_client.get(at("jobs/new/")))
    assert "Spring" in text(manager_client.get(at(f"jobs/{job.pk}/")))
    assert manager_client.post(url("restore")).status_code == 302
    assert [event.verb for event in spring.events.order_by("seq")][1:] == ["archive", "restore"]
    other = RollOutFactory(by=manager, fleet=fleet)
    manager_client.post(at(f"roll-outs/{other.pk}/delete/"))
    assert not RollOut.objects.filter(pk=other.pk).exists()


# --- how jobs get in --------------------------------------------------------------------------------------------------
def test_the_form_of_a_job_puts_it_in(manager_client, spring, foreign, at):
    refused = text(manager_client.post(at("jobs/new/"), {"vin": "", "roll_out": foreign.pk}))
    assert "Select a valid choice" in refused
    sent = {"custom_name": "Car 1", "roll_out": spring.pk}
    assert manager_client.post(at("jobs/new/"), sent).status_code == 302
    assert Job.objects.get().roll_out == spring


def test_a_roll_out_of_another_fleet_is_refused_by_every_move(pending_job, manager, fleet, foreign):
    with pytest.raises(ValidationError, match="not in the fleet"):
        pending_job.edit(by=manager, roll_out=foreign)
    with pytest.raises(ValidationError, match="not in the fleet"):
        Job.objects.create_by(manager, fleet=fleet, roll_out=foreign)
    with pytest.raises(ValidationError, match="not in the fleet"):
        JobTemplate(fleet=fleet, name="A", roll_out=foreign).full_clean()


def test_a_template_puts_its_jobs_in(manager, fleet, spring):
    template = JobTemplate.objects.create(fleet=fleet, name="A", roll_out=spring)
    Job.objects.create_many(3, fleet=fleet, by=manager, template=template)
    assert spring.jobs.count() == 3
    spring.remove_by(manager)
    template.refresh_from_db()
    assert template.for_job()["roll_out"] is None


def test_the_import_puts_jobs_in_by_name(manager, fleet, spring, foreign):
    def preview(lines):
        return JobImport.objects.preview(
            manager, fleet=fleet, name="jobs.csv", content=lines.encode()
        )

    wrong = preview("custom_name,roll_out\nA,Sprin\nB,Autumn of others\n").file.errors
    assert [(one[0], one[1], one[4]) for one in wrong] == [
        (2, "roll_out", "The fleet has no such roll-out."),
        (3, "roll_out", "The fleet has no such roll-out."),
    ]
    preview("custom_name,roll_out\nA,spring\nB,\n").confirm(by=manager)
    assert dict(Job.objects.values_list("custom_name", "roll_out__name")) == {
        "A": "Spring",
        "B": None,
    }


def test_the_import_takes_the_roll_out_of_its_template(manager, fleet, spring):
    template = JobTemplate.objects.create(fleet=fleet, name="A", roll_out=spring)
    draft = JobImport.objects.preview(
        manager, fleet=fleet, name="a.csv", content=b"custom_name\nA\n", options=Options(template)
    )
    draft.confirm(by=manager)
    assert Job.objects.get().roll_out == spring


def test_oneapi_puts_a_job_in_by_name(machine_of, fleet, spring, foreign):  # noqa: F811
    machine = machine_of(fleet, "jobs:read", "jobs:write")
    made = machine.post("jobs", {"roll_out": "Spring"})
    assert made.json()["roll_out"] == {"id": spring.pk, "name": "Spring"}
    refused = machine.post("jobs", {"roll_out": foreign.pk})
    assert refused.json()["errors"] == {"roll_out": ["The fleet has no such roll-out."]}


def test_selected_jobs_of_any_status_are_added_at_once(
    manager_client, manager, fleet, spring, assigned_job, at
):
    pending = JobFactory(by=manager, fleet=fleet)
    sent = {"select": [assigned_job.pk, pending.pk], "step": "filled", "roll_out": spring.pk}
    bulk = at("jobs/installation/bulk/roll_out/")
    assert "2 of 2 selected jobs" in text(manager_client.post(bulk, {"select": sent["select"]}))
    assert manager_client.post(bulk, sent).status_code == 302
    assert set(spring.jobs.all()) == {assigned_job, pending}
    assert spring.events.order_by("-seq").first().data == {"number": 2}
    page = text(manager_client.get(at(f"jobs/{assigned_job.pk}/")))
    assert "Roll-out to" in page
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.fields_version) == ("ASSIGNED", 1)


def test_the_partner_reads_nothing_of_roll_outs(
    company_admin_client, installer_phone, manager, fleet, spring, assigned_job
):
    Job.objects.filter(pk=assigned_job.pk).set_roll_out_all(
        fleet=fleet, by=manager, roll_out=spring
    )
    page = company_admin_client.get(reverse("installers:job", args=[assigned_job.pk]))
    assert "Spring" not in page.content.decode()
    assert "Spring" not in installer_phone.get(f"jobs/{assigned_job.pk}/").content.decode()


def test_many_jobs_are_not_put_into_a_roll_out_of_another_fleet(
    pending_job, manager, fleet, foreign
):
    with pytest.raises(MoveRefused) as refused:
        Job.objects.all().set_roll_out_all(fleet=fleet, by=manager, roll_out=foreign)
    assert refused.value.code == "gone"


def test_adding_takes_the_same_statements_for_few_jobs_and_many(manager, fleet, spring, statements):
    jobs = [JobFactory(by=manager, fleet=fleet) for _n in range(12)]

    def add(some, roll_out):
        rows = Job.objects.filter(pk__in=[job.pk for job in some])
        return statements(lambda: rows.set_roll_out_all(fleet=fleet, by=manager, roll_out=roll_out))

    few, many = add(jobs[:2], spring), add(jobs, spring)
    assert few == many <= 11


def test_a_large_selection_is_added_by_a_worker(manager, fleet, spring):
    jobs = [JobFactory(by=manager, fleet=fleet) for _n in range(3)]
    run = BulkRun.objects.begin(
        "ROLL_OUT",
        Job.objects.all(),
        fleet=fleet,
        by=manager,
        total=3,
        changes={"roll_out": spring.pk},
    )
    run.go()
    run.refresh_from_db()
    assert (run.done, spring.jobs.count()) == (3, len(jobs))


def test_a_job_that_is_created_again_is_in_the_same_roll_out(
    running_job, manager, installer, spring
):
    fleet = running_job.fleet
    Job.objects.all().set_roll_out_all(fleet=fleet, by=manager, roll_out=spring)
    running_job.refresh_from_db()
    running_job.fail(by=installer, comment="Gone")
    Job.objects.all().create_again_all(fleet=fleet, by=manager)
    assert Job.objects.get(again_of=running_job).roll_out == spring


# --- how far it is ----------------------------------------------------------------------------------------------------
@pytest.fixture
def jobs(manager, fleet, spring, partnership):
    """Ten jobs: four done lately, one failed, one overdue, one assigned and untouched, three pending."""
    made = [JobFactory(by=manager, fleet=fleet, roll_out=spring) for _n in range(10)]
    now = timezone.now()

    def store(some, **values):
        Job.objects.filter(pk__in=[job.pk for job in some]).update(**values)

    store(made, created_at=now - timedelta(days=20))
    store(made[:4], status="SUCCEEDED", finished_at=now - timedelta(days=2))
    store(made[4:5], status="FAILED", comment="Gone", finished_at=now)
    store(made[5:6], planned_service_date=timezone.localdate() - timedelta(days=3))
    made[6].assign(partnership.company, by=manager)
    store(made[6:7], assigned_at=now - timedelta(days=8), updated_at=now - timedelta(days=8))
    return made


def test_the_figures_count_what_is_done_and_what_blocks(spring, jobs):
    figures = Figures(spring)
    assert (figures.total, figures.done, figures.remaining, figures.percent) == (10, 4, 6, 40)
    assert figures.statuses == {
        "SUCCEEDED": 4,
        "RUNNING": 0,
        "ASSIGNED": 1,
        "PENDING": 4,
        "FAILED": 1,
    }
    blockers = ("to_follow_up", "overdue", "untouched", "refused")
    assert [figures.number(name) for name in blockers] == [1, 1, 1, 0]
    assert figures.forecast.pace == 2
    assert figures.forecast.day == figures.today + timedelta(days=21)


def test_each_number_opens_a_list_with_so_many_jobs(manager_client, jobs, url):
    page = text(manager_client.get(url()))
    for name, number in (("to_follow_up", 1), ("overdue", 1), ("untouched", 1), ("refused", 0)):
        value = 7 if name == "untouched" else "on"
        end = f"&amp;{name}={value}"
        link = page.partition(end)[0].rpartition('href="')[2] + end
        rows = text(manager_client.get(link.replace("&amp;", "&"))).partition('id="rows"')[2]
        assert rows.count("row-link") == number, name


def test_a_refused_handback_is_counted(spring, jobs, manager, company_admin):
    jobs[6].refresh_from_db()
    jobs[6].request_handback(by=manager, reason="Sold")
    jobs[6].refuse_handback(by=company_admin, reason="No")
    Job.objects.filter(pk=jobs[6].pk).update(assigned_at=timezone.now() - timedelta(days=1))
    assert Figures(spring).number("refused") == 1


def test_a_failed_job_with_a_follow_up_does_not_count(spring, jobs, manager, fleet):
    Job.objects.filter(status="FAILED").create_again_all(fleet=fleet, by=manager)
    figures = Figures(spring)
    assert (figures.total, figures.number("to_follow_up")) == (10, 0)


def test_chart_table_and_file_have_the_same_numbers(manager_client, spring, jobs, url):
    page = text(manager_client.get(url()))
    assert "<polyline" in page
    assert "style=" not in page
    lines = manager_client.get(url("burn-csv")).getvalue().decode("utf-8-sig").splitlines()
    rows = list(csv.DictReader(lines))
    table = page.partition("burn-up-table")[2].partition("</table>")[0]
    assert table.count("<tr>") == len(rows) + 1
    known = [row for row in rows if row["Done"]]
    assert (known[-1]["Jobs"], known[-1]["Done"]) == ("10", "4")
    assert rows[-1]["Target"] == "10"


def test_an_empty_roll_out_has_no_chart(manager_client, url):
    assert "There are no jobs in this roll-out yet." in text(manager_client.get(url()))


def test_the_page_takes_the_same_statements_for_few_jobs_and_many(
    manager_client, manager, fleet, spring, url, statements
):
    def cost():
        return statements(lambda: manager_client.get(url()))

    JobFactory(by=manager, fleet=fleet, roll_out=spring)
    few = cost()
    for _n in range(10):
        JobFactory(by=manager, fleet=fleet, roll_out=spring)
    assert few == cost() <= 12


def test_job_lists_are_filtered_by_several_roll_outs(
    manager_client, manager, fleet, spring, foreign, at
):
    summer = RollOutFactory(by=manager, fleet=fleet, name="Summer")
    for where, name in ((spring, "Spring car"), (summer, "Summer car"), (None, "Stray car")):
        JobFactory(by=manager, fleet=fleet, roll_out=where, custom_name=name)
    page = text(manager_client.get(at("jobs/installation/"), {"roll_out": [spring.pk, summer.pk]}))
    assert "Spring car" in page
    assert "Summer car" in page
    assert "Stray car" not in page
    page = text(manager_client.get(at("jobs/installation/"), {"roll_out": foreign.pk}))
    assert "Autumn of others" not in page
    grouped = text(manager_client.get(at("jobs/installation/"), {"sort": "roll_out"}))
    assert grouped.count('class="group"') == 3


def test_roll_outs_of_others_are_not_found(manager_client, foreign, at):
    assert manager_client.get(at(f"roll-outs/{foreign.pk}/")).status_code == 404
    assert "Autumn" not in text(manager_client.get(at("roll-outs/")))
    assert FleetFactory().pk not in text(manager_client.get(at("roll-outs/")))
