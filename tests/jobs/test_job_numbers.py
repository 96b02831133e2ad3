"""Each fleet counts its jobs. Every door that creates jobs numbers them, and no number is given twice."""

import re
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Fleet
from core.models import Mail
from jobs.models import Job, JobCounter, JobImport, Notification
from jobs.moves.new_jobs import NewJob
from jobs.tasks import number_jobs
from tests.factories.accounts import FleetFactory, FleetMembershipFactory
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.threads import race


def numbers(fleet) -> list[int | None]:
    return list(Job.objects.filter(fleet=fleet).order_by("pk").values_list("number", flat=True))


@contextmanager
def from_before(fleet):
    """Jobs and a fleet as the version before has written them."""
    yield
    Job.objects.filter(fleet=fleet).update(number=None)
    JobCounter.objects.filter(fleet=fleet).delete()
    Fleet.objects.filter(pk=fleet.pk).update(job_prefix="")


# --- all doors --------------------------------------------------------------------------------------------------------
def test_every_door_counts_on_from_the_last_number(manager, fleet, partnership):
    template = JobTemplateFactory(fleet=fleet)
    failed = JobFactory(by=manager, fleet=fleet)
    Job.create_assigned(manager, fleet=fleet, company=partnership.company, custom_name="Two")
    Job.objects.create_all(
        [NewJob({"custom_name": n}) for n in ("3", "4")], fleet=fleet, by=manager
    )
    Job.objects.create_many(2, fleet=fleet, by=manager, template=template)
    content = b"custom_name\nSeven\nEight\n"
    JobImport.objects.preview(manager, fleet=fleet, name="a.csv", content=content).confirm(
        by=manager
    )
    Job.objects.filter(pk=failed.pk).update(status="FAILED", comment="x")
    failed.refresh_from_db()
    failed.create_again(by=manager)
    Job.objects.filter(pk=Job.objects.get(number=9).pk).update(status="FAILED", comment="x")
    Job.objects.filter(number=9).create_again_all(fleet=fleet, by=manager)
    assert numbers(fleet) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_each_fleet_counts_by_itself(manager, fleet, outside_manager, other_fleet):
    JobFactory(by=manager, fleet=fleet)
    JobFactory(by=manager, fleet=fleet)
    job = JobFactory(by=outside_manager, fleet=other_fleet)
    assert job.names.number == "MUN-1"


def test_a_thousand_jobs_are_numbered_by_one_statement(manager, fleet):
    template = JobTemplateFactory(fleet=fleet)
    with CaptureQueriesContext(connection) as captured:
        Job.objects.create_many(1000, fleet=fleet, by=manager, template=template)
    counting = [query for query in captured if "jobs_jobcounter" in query["sql"]]
    assert len(counting) == 1
    assert numbers(fleet) == list(range(1, 1001))


def test_a_job_keeps_its_number_through_its_moves(manager, fleet, partnership, installer):
    job = JobFactory(by=manager, fleet=fleet)
    job.edit(by=manager, custom_name="Other")
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.fail(by=installer, comment="No car")
    again = job.create_again(by=manager)
    assert (Job.objects.get(pk=job.pk).number, again.number) == (1, 2)


def test_a_creation_that_fails_takes_no_number(manager, fleet):
    with transaction.atomic():
        JobFactory(by=manager, fleet=fleet)
        transaction.set_rollback(True)
    assert JobFactory(by=manager, fleet=fleet).number == 1


@pytest.mark.django_db(transaction=True)
def test_the_database_takes_no_number_twice_in_a_fleet(manager, fleet):
    JobFactory(by=manager, fleet=fleet)
    other = JobFactory(by=manager, fleet=fleet)
    with pytest.raises(IntegrityError):
        Job.objects.filter(pk=other.pk).update(number=1)


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_doors_at_the_same_moment_give_no_number_twice(manager, fleet_admin, fleet):
    template = JobTemplateFactory(fleet=fleet)

    def one():
        for _n in range(10):
            JobFactory(by=manager, fleet=fleet)

    def many():
        for _n in range(5):
            Job.objects.create_many(20, fleet=fleet, by=fleet_admin, template=template)

    results = race(one, many, one, many, number_jobs)

    assert results == [None] * 5
    assert sorted(numbers(fleet)) == list(range(1, 221))


# --- jobs from before -------------------------------------------------------------------------------------------------
def test_the_sweep_numbers_jobs_from_before_the_oldest_first_and_runs_twice(manager, fleet):
    with from_before(fleet):
        old = [JobFactory(by=manager, fleet=fleet) for _n in range(3)]
    assert Job.objects.get(pk=old[0].pk).names.number == ""

    number_jobs()
    number_jobs()

    assert [Job.objects.get(pk=job.pk).names.number for job in old] == ["BER-1", "BER-2", "BER-3"]
    assert JobFactory(by=manager, fleet=fleet).number == 4


def test_the_sweep_goes_on_where_it_was_stopped(manager, fleet):
    with from_before(fleet):
        for _n in range(5):
            JobFactory(by=manager, fleet=fleet)
    assert Job.objects.number_oldest(2) == 2
    JobFactory(by=manager, fleet=fleet)
    number_jobs()
    assert numbers(fleet) == [1, 2, 4, 5, 6, 3]


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_number_each_job_once(manager, fleet):
    with from_before(fleet):
        Job.objects.create_many(
            1200, fleet=fleet, by=manager, template=JobTemplateFactory(fleet=fleet)
        )
    assert race(number_jobs, number_jobs, number_jobs) == [None] * 3
    number_jobs()
    assert sorted(numbers(fleet)) == list(range(1, 1201))


# --- search -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def counted(manager, fleet):
    JobCounter.objects.create(fleet=fleet, last=1042)
    return JobFactory(by=manager, fleet=fleet, license_plate="M EV 77")


@pytest.mark.parametrize("text", ["BER-1043", "ber 1043", "BER1043", "1043"])
def test_a_job_is_found_by_its_number_however_it_is_typed(counted, fleet, text):
    assert counted.number == 1043
    assert Job.objects.matching(text).get() == counted
    assert Job.objects.matching_any(text, fleet).get() == counted


def test_an_old_spelling_still_finds_the_job(counted, fleet):
    Fleet.objects.filter(pk=fleet.pk).update(job_prefix="BLN", former_job_prefixes=" BER ")
    fleet.refresh_from_db()
    for text in ("BER-1043", "BLN-1043"):
        assert Job.objects.matching(text).get() == counted
        assert Job.objects.matching_any(text, fleet).get() == counted


def test_a_plate_finds_no_job_by_its_digits(counted, fleet):
    for text in ("BQX-1043", "HAM-1043", "BER-01043"):
        assert not Job.objects.matching(text).exists(), text
        assert not Job.objects.matching_any(text, fleet).exists(), text
        assert not Job.objects.matching_any(f"{text}\nM EV 78", fleet).exists(), text


def test_the_number_of_another_fleet_is_not_found_by_its_prefix(counted, fleet):
    other = FleetFactory(provider=fleet.provider, name="Hamburg")
    person = FleetMembershipFactory(fleet=other).user
    JobCounter.objects.create(fleet=other, last=1042)
    theirs = JobFactory(by=person, fleet=other)
    assert Job.objects.matching("HAM-1043").get() == theirs
    assert Job.objects.matching("1043").count() == 2


def test_a_pasted_list_of_numbers_finds_each_and_names_what_is_missing(
    counted, manager, fleet, manager_client
):
    JobFactory(by=manager, fleet=fleet)
    page = manager_client.get(
        f"/fleetcontrol/{fleet.pk}/jobs/installation/",
        {"search": "BER-1043\nber 1044\nBER-1045\nM EV 99"},
    )
    assert [row["number"] for row in page.context["page"].rows] == [1044, 1043]
    assert page.context["not_found"] == ["BER-1045", "M EV 99"]


# --- where it is shown ------------------------------------------------------------------------------------------------
# Not as the example in a search.
SHOWN = re.compile("BER-(?!1043, plate)")


def test_the_list_and_the_page_of_the_job_show_it_and_nothing_for_a_job_without(
    counted, fleet, manager_client
):
    home = f"/fleetcontrol/{fleet.pk}/jobs/"
    pages = (f"{home}installation/", f"{home}{counted.pk}/")
    for page in pages:
        assert SHOWN.search(manager_client.get(page).content.decode()), page
    Job.objects.filter(pk=counted.pk).update(number=None)
    for page in pages:
        shown = manager_client.get(page).content.decode()
        assert not SHOWN.search(shown), page
        assert "None" not in shown


def test_the_partner_sees_it_on_the_website_and_on_the_phone(
    counted, manager, partnership, company_admin_client, installer_phone
):
    counted.assign(partnership.company, by=manager)
    for page in ("/installers/jobs/", f"/installers/jobs/{counted.pk}/"):
        assert SHOWN.search(company_admin_client.get(page).content.decode()), page
    jobs = "jobs/"
    [row] = installer_phone.get(jobs, {"search": "ber 1043"}).json()["results"]
    assert row["number"] == "BER-1043"
    assert installer_phone.get(f"{jobs}{counted.pk}/").json()["number"] == "BER-1043"


def test_a_phone_notices_that_a_job_was_numbered(
    counted, manager, partnership, installer, installer_phone
):
    counted.assign(partnership.company, by=manager)
    Job.objects.filter(pk=counted.pk).update(number=None)
    index = "jobs/index/"
    before = installer_phone.get(index).json()
    number_jobs()
    assert installer_phone.get(index).json() != before


def test_an_export_has_it(counted, fleet, manager_client):
    page = manager_client.get(f"/fleetcontrol/{fleet.pk}/jobs/installation/export/csv/")
    heading, row = b"".join(page).decode("utf-8-sig").splitlines()
    assert heading.startswith('"id","number"')
    assert row.startswith(f'"{counted.pk}","BER-1043"')


def test_a_mail_about_one_job_names_it(counted, manager, partnership, company_admin):
    counted.assign(partnership.company, by=manager)
    Notification.objects.write_mails()
    mail = Mail.objects.get(template="mails/notice", to=company_admin.email)
    assert mail.context["number"] == "BER-1043"
    assert "BER-1043" in mail._message().body


def test_the_operators_search_finds_it_with_its_prefix(counted, operator_client):
    for text, number in {"BER-1043": 1, "ber1043": 1, "1043": 0, "HAM-1043": 0}.items():
        groups = operator_client.get("/admin/search/", {"q": text}).context["groups"]
        assert sum(len(group.rows) for group in groups) == number, text
