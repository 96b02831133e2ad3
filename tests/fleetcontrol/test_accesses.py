"""*Settings ▸ Accesses*: who could use which vehicle, what they sent, and what was refused."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import erasure
from jobs.models import RefusedAttempt, VehicleAccess
from jobs.parts.number import spoken
from telematics.models import Command, Key
from tests.factories.accounts import PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory

LOCK = "lock-central-lock"


@pytest.fixture
def url(at):
    return at("settings/accesses/")


@pytest.fixture
def access(linked_job, installer):
    return linked_job.accesses.get()


@pytest.fixture
def another(fleet, company, partnership, manager, colleague, vehicle_model):
    """A second access, of a colleague, that has ended because the job failed."""
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, license_plate="M EV 77")
    job.assign(company, by=manager)
    job.take(by=colleague)
    job.link_unit(UnitFactory(fleet=fleet).pk, by=colleague)
    job.fail(by=colleague, comment="No")
    return job.accesses.get()


@pytest.fixture
def listed(manager_client, url):
    """The keys of the listed accesses: `listed(open_now="true")`."""

    def found(**query) -> list[str]:
        answer = manager_client.get(url, query)
        assert answer.status_code == 200
        return [line.id for line in answer.context["table"].lines]

    return found


def text(answer) -> str:
    return answer.content.decode()


def refuse(access, code="access_ended", times=1) -> RefusedAttempt:
    for _ in range(times):
        row = RefusedAttempt.objects.note(access.key.holder, LOCK, code, job=access.job)
    return row


# --- who --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["", "filter/", "columns/", "export/csv/", "{access}/"])
def test_admins_and_managers_read_it_and_viewers_and_strangers_do_not(
    access, url, path, manager_client, fleet_admin_client, outsiders
):
    page = url + path.format(access=access.pk)
    for client in (manager_client, fleet_admin_client):
        assert client.get(page).status_code == 200
    for client, status in outsiders.items():
        assert client.get(page).status_code == status


def test_the_access_of_another_fleet_is_not_found(access, second_fleet, manager, manager_client):
    second_fleet.memberships.create(user=manager, role="MANAGER")
    page = f"/fleetcontrol/{second_fleet.pk}/settings/accesses/"

    assert list(manager_client.get(page).context["table"].lines) == []
    assert manager_client.get(f"{page}{access.pk}/").status_code == 404


def test_each_role_sees_the_tabs_that_it_may_open(
    access, url, at, manager_client, fleet_admin_client, viewer_client
):
    labels = [str(tab["label"]) for tab in manager_client.get(url).context["settings_tabs"]]
    assert labels == ["Accesses"]
    labels = [str(tab["label"]) for tab in fleet_admin_client.get(url).context["settings_tabs"]]
    assert labels == ["Fleet", "Users", "Accesses", "API clients", "Event consumers"]
    assert manager_client.get(at("settings/")).url == url
    assert fleet_admin_client.get(at("settings/")).url == at("settings/users/")
    assert viewer_client.get(at("settings/")).status_code == 403


def test_the_navigation_leads_managers_to_it_and_viewers_not(at, manager_client, viewer_client):
    assert at("settings/") in text(manager_client.get(at("vehicles/")))
    assert at("settings/") not in text(viewer_client.get(at("vehicles/")))


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_newest_is_first_and_a_row_has_everything(access, another, manager_client, url):
    access.command(LOCK)
    refuse(access, times=3)

    first, second = rows_of(manager_client.get(f"{url}export/csv/"))

    assert (first["Installer"], first["Ended by"]) == (another.key.holder.name,) * 2
    assert (first["Status"], first["Why it ended"]) == ("Ended", "The job failed")
    assert (first["Vehicle"], first["Job"]) == ("M EV 77", "M EV 77")
    assert (second["Installer"], second["Company"]) == (access.key.holder.name, "QuickInstall")
    assert (second["Status"], second["Why it ended"]) == ("Open", "")
    assert (second["Commands"], second["Refused"]) == ("1", "3")


def test_the_row_leads_to_access_vehicle_and_job(access, manager_client, url, at):
    page = text(manager_client.get(url))
    assert f'href="{access.pk}/"' in page
    assert f'href="../../vehicles/{access.key.vehicle_id}/"' in page
    assert f'href="../../jobs/{access.job_id}/"' in page
    for path in (f"jobs/{access.job_id}/", f"vehicles/{access.key.vehicle_id}/"):
        assert manager_client.get(at(path)).status_code == 200


def test_the_company_is_that_of_the_installer_at_that_time(
    another, manager_client, url, other_company, colleague, company, company_admin
):
    membership = colleague.company_memberships.get()
    company.remove_member(membership, by=company_admin)
    other_company.memberships.create(user=colleague, role="INSTALLER")

    (row,) = rows_of(manager_client.get(f"{url}export/csv/"))

    assert row["Company"] == "QuickInstall"


def test_a_command_that_was_refused_at_its_hand_over_is_a_refused_attempt(
    access, manager_client, url
):
    command = access.command(LOCK)
    Key.objects.filter(pk=access.key_id).update(ends_at=timezone.now() - timedelta(seconds=1))
    command.run()

    (row,) = rows_of(manager_client.get(f"{url}export/csv/"))
    assert (row["Commands"], row["Refused"]) == ("1", "1")


def test_a_list_without_rows_says_what_appears_there(manager_client, url):
    assert "No access yet" in text(manager_client.get(url))
    assert "No access matches" in text(manager_client.get(url, {"open_now": "true"}))


def test_the_columns_are_chosen(access, manager_client, url):
    chosen = {"order": ["installer", "vin", "number"], "column": ["vin", "number"], "save": ""}
    assert manager_client.post(f"{url}columns/", chosen).status_code == 302

    header = rows_of(manager_client.get(f"{url}export/csv/"))[0]

    assert list(header) == ["Installer", "VIN", "Number of the job"]


def test_the_list_costs_the_same_for_few_and_for_many(
    access, another, manager_client, url, statements
):
    few = statements(lambda: manager_client.get(url))
    vehicle = another.key.vehicle
    for _ in range(30):
        key = Key.open(vehicle, another.key.holder, timezone.now())
        VehicleAccess.objects.create(job=another.job, key=key, end_reason="LEASE_OVER")

    assert statements(lambda: manager_client.get(url)) == few <= 6
    assert statements(lambda: manager_client.get(url, {"refused": "true"})) <= 6


def test_pages_follow_each_other(access, another, manager_client, url, listed):
    vehicle = another.key.vehicle
    for _ in range(30):
        key = Key.open(vehicle, another.key.holder, timezone.now())
        VehicleAccess.objects.create(job=another.job, key=key, end_reason="LEASE_OVER")

    first = manager_client.get(url, {"page_size": "25"}).context["page"]
    rows = listed(page_size="25")
    rest = listed(page_size="25", cursor=first.next)

    assert (len(rows), len(rest), len({*rows, *rest})) == (25, 7, 32)


def test_an_open_list_notices_a_refused_attempt(access, manager_client, url):
    page = manager_client.get(url).context
    check = {"live": page["here"], "digest": page["digest"]}
    assert manager_client.get(url, check).status_code == 204

    refuse(access)

    assert manager_client.get(url, check).status_code == 200


# --- filters ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"search": "M EV 77"}, ["another"]),
        ({"search": "nothing like it"}, []),
        ({"open_now": "true"}, ["access"]),
        ({"reason": "FAILED"}, ["another"]),
        ({"reason": ["FAILED", "STOPPED"]}, ["another"]),
        ({"reason": "STOPPED"}, []),
        ({"reason": "NONSENSE"}, []),
        ({"refused": "true"}, ["access"]),
        ({"installer": "colleague"}, ["another"]),
        ({"installer": ["colleague", "installer"]}, ["another", "access"]),
        ({"company": "company"}, ["another", "access"]),
        ({"company": "other_company"}, []),
    ],
)
def test_each_filter_finds_its_rows(request, access, another, listed, query, found):
    refuse(access)
    people = ("colleague", "installer", "company", "other_company")
    for name, value in query.items():
        values = value if isinstance(value, list) else [value]
        query = {
            **query,
            name: [request.getfixturevalue(v).pk if v in people else v for v in values],
        }

    assert listed(**query) == [request.getfixturevalue(name).pk for name in found]


def test_a_job_is_found_by_its_number(access, another, listed, fleet):
    fleet.refresh_from_db()

    assert listed(search=spoken(fleet.job_prefix, another.job.number)) == [another.pk]


def test_a_period_finds_what_was_open_at_some_time_in_it(access, another, listed):
    """`another` was open ten days ago for an hour, `access` is open since five days ago."""
    now = timezone.now()
    ago = now - timedelta(days=10)
    Key.objects.filter(pk=another.key_id).update(opened_at=ago, ended_at=ago + timedelta(hours=1))
    Key.objects.filter(pk=access.key_id).update(opened_at=now - timedelta(days=5))

    def day(days: int) -> str:
        return f"{now - timedelta(days=days):%Y-%m-%d}"

    assert listed(open_after=day(8)) == [access.pk]
    assert listed(open_before=day(8)) == [another.pk]
    assert listed(open_after=day(12), open_before=day(3)) == [another.pk, access.pk]
    assert listed(open_after=day(9), open_before=day(7)) == []


def test_the_filters_offer_companies_and_people_with_an_access(
    access, another, manager_client, url, company_admin, outside_installer, fleet, other_company
):
    PartnershipFactory(fleet=fleet, company=other_company, status="PENDING")
    form = manager_client.get(f"{url}filter/").context["form"]

    assert {str(row) for row in form.fields["company"].queryset} == {"QuickInstall"}
    people = set(form.fields["installer"].queryset)
    assert people == {access.key.holder, another.key.holder}


# --- an access --------------------------------------------------------------------------------------------------------
def test_the_details_have_every_command_and_every_refused_attempt_in_order(
    access, manager_client, url, installer, colleague
):
    sent = access.command(LOCK, by=installer)
    refuse(access, times=2)
    RefusedAttempt.objects.note(colleague, "renew", "not_holder", job=access.job)

    answer = manager_client.get(f"{url}{access.pk}/")

    lines = answer.context["sheet"].lines
    assert [line.what for line in lines] == [
        "Lock central lock",
        "Lock central lock",
        "Renew the access",
    ]
    assert [line.who for line in lines] == [installer.name, installer.name, colleague.name]
    assert [line.times for line in lines] == [1, 2, 1]
    assert [line.why for line in lines] == [
        "",
        "The access had ended",
        "Somebody else was working on the job",
    ]
    assert (lines[0].status, lines[1].status) == (sent.status, "REFUSED")
    assert "2 times, last" in text(answer)


def test_the_details_cost_the_same_for_few_commands_and_for_many(
    access, manager_client, url, statements
):
    page = f"{url}{access.pk}/"
    access.command(LOCK)
    few = statements(lambda: manager_client.get(page))
    for _ in range(20):
        access.command(LOCK)
        refuse(access, code="access_stopped")

    assert statements(lambda: manager_client.get(page)) == few
    assert Command.objects.filter(key=access.key_id).count() == 21


def test_an_attempt_through_the_api_appears_with_who_when_and_why(
    access, linked_job, manager, manager_client, installer_phone, url
):
    linked_job.stop_access(by=manager)
    installer_phone.get(f"vehicles/{linked_job.vehicle_id}/state/")

    (row,) = rows_of(manager_client.get(f"{url}export/csv/"))
    (line,) = manager_client.get(f"{url}{access.pk}/").context["sheet"].lines

    assert row["Refused"] == "1"
    assert (line.what, line.who) == ("Show the state", access.key.holder.name)
    assert line.why == "The fleet had stopped the access"
    assert timezone.now() - line.at < timedelta(minutes=1)


def test_an_erased_person_has_a_pseudonym_there(another, colleague, manager_client, url):
    name = colleague.name
    refuse(another)

    erasure.erase(colleague, by=colleague)

    for page in (url, f"{url}{another.pk}/"):
        shown = text(manager_client.get(page))
        assert f"Former user {colleague.pk}" in shown
        assert name not in shown


# --- export -----------------------------------------------------------------------------------------------------------
def rows_of(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    dialect = csv.Sniffer().sniff(content.splitlines()[0], ";,")
    return list(csv.DictReader(io.StringIO(content), dialect=dialect))


def test_the_workbook_has_the_filtered_rows(access, another, manager_client, url):
    answer = manager_client.get(f"{url}export/xlsx/", {"reason": "FAILED"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    header, *rows = book.active.values

    assert header[0] == "Installer"
    assert [row[0] for row in rows] == [another.key.holder.name]


def test_all_columns_are_exported_on_request(access, manager_client, url):
    (row,) = rows_of(manager_client.get(f"{url}export/csv/", {"extent": "all"}))

    assert row["Vehicle ID"] == access.key.vehicle_id
    assert {"Installer", "VIN", "Number of the job", "Refused"} <= set(row)


def test_a_command_of_a_test_says_so(access, manager_client, url):
    access.command(LOCK)

    (line,) = manager_client.get(f"{url}{access.pk}/").context["sheet"].lines

    assert line.who == "A test of the unit"


def test_the_page_of_an_access_is_named_after_its_holder(access, manager_client, url):
    page = text(manager_client.get(f"{url}{access.pk}/"))

    assert f"<h1>Access of {access.key.holder.name}</h1>" in page
