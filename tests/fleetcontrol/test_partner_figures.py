"""What a fleet sees of its partners: figures in the list, and a page of each with its jobs, units and history."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Partnership
from jobs.models import Job
from jobs.reading.partner_figures import figures_of_partners
from telematics.models import Custody
from tests.factories.accounts import CompanyFactory, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import PlaceFactory, UnitFactory


@pytest.fixture
def give(manager, fleet, company):
    """`give("SUCCEEDED", days=3, hours=2, …)`: a job of the company, finished so long ago."""

    def give(status: str, *, days: int = 0, hours: int = 1, **values) -> Job:
        job = JobFactory(by=manager, fleet=fleet, kind=values.pop("kind", "INSTALLATION"))
        at = timezone.now() - timedelta(days=days)
        values = {"company": company, "planned": {}, "comment": "Because"} | values
        values["assigned_at"] = at - timedelta(hours=hours)
        if status in ("SUCCEEDED", "FAILED"):
            values["finished_at"] = at
        Job.objects.filter(pk=job.pk).update(status=status, **values)
        return job

    return give


@pytest.fixture
def hold(fleet, manager, partnership):
    """A unit that the company holds."""

    def hold():
        unit = UnitFactory(fleet=fleet)
        Custody.objects.hand_over(unit.pk, partnership.company, fleet=fleet, by=manager)
        return unit

    return hold


@pytest.fixture
def page_of(manager_client, at):
    def page_of(path: str, client=None) -> str:
        answer = (client or manager_client).get(at(path))
        assert answer.status_code == 200
        return answer.content.decode()

    return page_of


@pytest.fixture
def figures(fleet, company):
    return lambda: figures_of_partners(fleet, [company.pk])[company.pk]


# --- the figures ------------------------------------------------------------------------------------------------------
def test_what_a_partner_has_finished_in_thirty_days_is_counted(figures, give):
    first = give("SUCCEEDED", hours=2)
    give("FAILED", days=20, hours=4)
    give("SUCCEEDED", days=1, hours=6, again_of=first)
    give("SUCCEEDED", days=31, hours=100)
    line = figures()
    assert (line.finished, line.succeeded, line.failed) == (3, 2, 1)
    assert line.first_time_success == 0.5
    assert line.duration == timedelta(hours=4)


def test_what_a_partner_has_to_do_is_counted_by_kind(figures, give, fleet):
    yesterday = fleet.today - timedelta(days=1)
    give("ASSIGNED", planned_service_date=yesterday)
    give("ASSIGNED", planned_service_date=fleet.today)
    give("ASSIGNED", kind="MAINTENANCE", planned_service_date=yesterday)
    give("SUCCEEDED", planned_service_date=yesterday)
    line = figures()
    assert line.open == {"INSTALLATION": 2, "MAINTENANCE": 1}
    assert line.overdue == {"INSTALLATION": 1, "MAINTENANCE": 1}


def test_the_units_that_a_partner_holds_are_counted(figures, hold, manager):
    hold()
    received = hold()
    assert figures().units == 2
    Custody.objects.receive(received, by=manager)
    assert figures().units == 1


def test_other_fleets_and_other_partners_are_not_counted(figures, give, other_fleet, fleet):
    give("ASSIGNED", fleet=other_fleet)
    give("SUCCEEDED", company=CompanyFactory())
    line = figures()
    assert (line.open["INSTALLATION"], line.finished, line.duration) == (0, 0, None)


def test_the_figures_of_any_number_of_partners_are_one_statement(fleet, give):
    give("SUCCEEDED")
    companies = [CompanyFactory().pk for _n in range(30)]
    with CaptureQueriesContext(connection) as captured:
        assert figures_of_partners(fleet, companies).keys() == set(companies)
    assert len(captured) == 1
    assert figures_of_partners(fleet, []) == {}


# --- the list ---------------------------------------------------------------------------------------------------------
def test_each_partner_has_its_figures_in_the_list_and_numbers_open_what_they_count(
    page_of, manager_client, at, partnership, give, hold, fleet
):
    give("ASSIGNED", planned_service_date=fleet.today - timedelta(days=1))
    give("ASSIGNED")
    give("SUCCEEDED", hours=3)
    hold()
    page = page_of("partners/")
    company = partnership.company_id
    jobs, units = at("jobs/installation/"), at("units/")
    lists = {
        f"{jobs}?company={company}&status=ASSIGNED&status=RUNNING": 2,
        f"{jobs}?company={company}&overdue=on": 1,
        f"{units}?status=HELD&company={company}": 1,
    }
    for url, number in lists.items():
        shown = f'<a href="{url.replace("&", "&amp;")}">{number}'
        assert shown in page, url
        assert len(manager_client.get(url).context["table"].lines) == number, url
    assert 'data-label="First-time success">100\u202f%' in page
    assert 'data-label="Assigned to finished">3 h' in page


def test_who_has_not_accepted_has_no_figures(page_of, fleet, company, give, partnership):
    give("ASSIGNED")
    Partnership.objects.update(status="PENDING")
    for path in ("partners/", f"partners/{partnership.pk}/"):
        page = page_of(path)
        assert "status=RUNNING" not in page
        assert company.name not in page


def test_the_columns_of_the_list_are_chosen(page_of, manager_client, at, partnership):
    chosen = {"order": ["partner", "units"], "column": ["units"], "save": ""}
    assert manager_client.post(at("partners/columns/"), chosen).status_code == 302
    page = page_of("partners/")
    assert 'data-label="Units"' in page
    assert "First-time success" not in page


# --- the page of a partner --------------------------------------------------------------------------------------------
def test_the_page_of_a_partner_shows_its_work_units_and_places(
    page_of, at, partnership, give, hold, fleet
):
    give("ASSIGNED")
    unit = hold()
    place = PlaceFactory(fleet=fleet, name="Depot North", partner=partnership.company)
    PlaceFactory(fleet=fleet, name="Depot South")
    page = page_of(f"partners/{partnership.pk}/")
    url = at(f"jobs/installation/?company={partnership.company_id}&amp;status=ASSIGNED")
    assert f'<a href="{url}">1 <span' in page
    assert f'href="{at("units/")}{unit.pk}/">{unit.pk}</a>' in page
    assert at(f"places/{place.pk}/") in page
    assert "Depot South" not in page


def test_the_page_of_a_partner_leads_to_asking_back_what_it_has_not_begun(
    manager_client, viewer_client, at, partnership, give
):
    def links(client):
        page = client.get(at(f"partners/{partnership.pk}/"))
        return page.context.get("asking_back")

    give("SUCCEEDED")
    assert links(manager_client) == []
    give("ASSIGNED")
    give("ASSIGNED", kind="MAINTENANCE")
    labels = [label for label, _url in links(manager_client)]
    assert labels == ["Ask Back Installation Jobs", "Ask Back Maintenance Jobs"]
    for _label, url in links(manager_client):
        page = manager_client.get(url).content.decode()
        assert "1 of 1 selected job can be asked back." in page
    assert links(viewer_client) == []


def test_the_history_of_a_partnership_begins_before_its_last_invitation(
    page_of, fleet, company, company_admin, manager, give
):
    def invited() -> Partnership:
        link = Partnership.invite(fleet=fleet, email=company_admin.email, by=manager)
        link.refresh_from_db()
        return link

    first = invited()
    first.accept(by=company_admin)
    first.end(by=manager)
    again = invited()
    before = page_of(f"partners/{again.pk}/")
    assert before.count(" invited ") == 1
    assert company_admin.name not in before
    again.accept(by=company_admin)
    after = page_of(f"partners/{again.pk}/")
    assert after.count(" invited ") == 2
    assert f"<b>{company_admin.name}</b> accepted the invitation" in after
    assert f"<b>{manager.name}</b> ended the partnership" in after


def test_who_declined_is_not_named(page_of, fleet, company_admin, manager):
    link = Partnership.invite(fleet=fleet, email=company_admin.email, by=manager)
    link.refresh_from_db()
    link.decline(by=company_admin)
    page = page_of(f"partners/{link.pk}/")
    assert "The invitation was declined" in page
    assert company_admin.name not in page


def test_a_link_that_was_sent_again_is_in_the_history(page_of, fleet, manager):
    link = Partnership.invite(fleet=fleet, email="new@partner.example", by=manager)
    assert "sent again" not in page_of(f"partners/{link.pk}/").replace("Send again", "")
    link.invitations.update(sent_at=timezone.now() + timedelta(minutes=5))
    assert "The link was sent again" in page_of(f"partners/{link.pk}/")


def test_a_viewer_reads_the_page_and_acts_on_nothing(page_of, viewer_client, partnership, give):
    give("ASSIGNED")
    page = page_of(f"partners/{partnership.pk}/", viewer_client)
    assert "Open jobs" in page
    for name in ("override", "remove", "resend", "again"):
        assert f"partners/{partnership.pk}/{name}/" not in page


@pytest.mark.parametrize(("come_from", "leads_to"), [("partners/{}/", "{}/"), ("partners/", "")])
def test_settings_lead_back_to_where_they_were_opened(
    come_from, leads_to, manager_client, at, partnership
):
    answer = manager_client.post(
        at(f"partners/{partnership.pk}/override/"),
        {"allow_override": "on"},
        headers={"Referer": f"http://testserver{at(come_from.format(partnership.pk))}"},
    )
    assert answer["Location"] == at("partners/" + leads_to.format(partnership.pk))


@pytest.mark.parametrize("path", ["partners/", "partners/{}/"])
def test_a_page_costs_the_same_for_one_job_and_for_many(
    path, manager_client, at, partnership, give, hold, statements
):
    url = at(path.format(partnership.pk))
    give("ASSIGNED")
    before = statements(lambda: manager_client.get(url))
    for _n in range(12):
        give("SUCCEEDED")
        hold()
    PartnershipFactory(fleet=partnership.fleet, company=CompanyFactory())
    assert statements(lambda: manager_client.get(url)) <= before


# --- inviting ---------------------------------------------------------------------------------------------------------
def test_the_override_is_in_the_partner_settings_of_an_invitation(page_of):
    page = page_of("partners/invite/")
    settings = page.partition("<legend>Partner Settings</legend>")[2].partition("</fieldset>")[0]
    assert 'name="allow_override"' in settings
    assert 'name="email"' not in settings


def test_the_dialog_leads_to_each_partner_and_to_an_invitation(page_of, at, partnership):
    dialog = page_of("partners/available/")
    assert at(f"partners/{partnership.pk}/") in dialog
    assert at("partners/invite/") in dialog
    assert f'href="{at("partners/available/")}" data-ask' in page_of("jobs/installation/")


def test_a_dialog_that_does_not_show_all_leads_to_the_rest(page_of, fleet, monkeypatch):
    monkeypatch.setattr("fleetcontrol.views.partners.MOST", 1)
    for name in ("Ampere", "Becquerel"):
        PartnershipFactory(fleet=fleet, company=CompanyFactory(name=name))
    dialog = page_of("partners/available/")
    assert "Ampere" in dialog
    assert "Becquerel" not in dialog
    assert "Show all" in dialog
