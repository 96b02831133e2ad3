"""Partner & Teams: what is shown before and after a company has accepted, what a fleet can do, and who may not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import FleetMembership, Invitation, Partnership
from core.models import Mail
from jobs.models import VehicleAccess
from tests.factories.accounts import CompanyFactory, FleetMembershipFactory, PartnershipFactory
from tests.factories.jobs import JobFactory

NEW = "new@partner.example"
HTMX = {"HX-Request": "true"}
POSTS = ["resend/", "again/", "override/", "remove/"]


@pytest.fixture
def invited(fleet, manager):
    return lambda email=NEW, **kwargs: Partnership.invite(
        fleet=fleet, email=email, by=manager, **kwargs
    )


@pytest.fixture
def invite(manager_client, at):
    return lambda **sent: manager_client.post(
        at("partners/invite/"), {"email": NEW} | sent, follow=True
    )


@pytest.fixture
def act(manager_client, at):
    return lambda link, name, **sent: manager_client.post(
        at(f"partners/{link.pk}/{name}/"), sent, follow=True
    )


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# --- what is shown ------------------------------------------------------------------------------------------------
def test_a_known_company_is_an_e_mail_alone_until_it_has_accepted(
    manager_client, at, company, company_admin, invited
):
    link = invited(company_admin.email)
    for path in (
        "partners/",
        "partners/available/",
        f"partners/{link.pk}/",
        f"partners/?search={company.pk}",
    ):
        page = text_of(manager_client.get(at(path)))
        assert company.name not in page
        assert f">{company.pk}<" not in page
    link.refresh_from_db()
    link.accept(by=company_admin)
    for path in (
        "partners/",
        "partners/available/",
        f"partners/{link.pk}/",
        f"partners/?search={company.pk}",
    ):
        page = text_of(manager_client.get(at(path)))
        assert company.name in page
        assert f">{company.pk}<" in page


def test_an_invitation_reads_as_what_became_of_it(
    manager_client, at, invited, company, company_admin
):
    invited("pending@x.example")
    expired, failed = invited("expired@x.example"), invited("failed@x.example")
    Invitation.objects.filter(partnership=expired).update(
        expires_at=timezone.now() - timedelta(days=1)
    )
    Mail.objects.filter(pk=failed.invitation.mail_id).update(status=Mail.Status.FAILED)
    declined = invited(company.email)
    declined.decline(by=company_admin)
    rows = {link.email: link.shown for link in Partnership.objects.live().as_shown()}
    assert rows == {
        "pending@x.example": "PENDING",
        "expired@x.example": "EXPIRED",
        "failed@x.example": "MAIL_FAILED",
        company.email: "DECLINED",
    }
    page = text_of(manager_client.get(at("partners/")))
    assert all(f'data-status="{shown}"' in page for shown in rows.values())


def test_a_suspended_partner_is_marked(manager_client, at, partnership, company):
    company.suspended_at = timezone.now()
    company.save()
    assert 'data-status="SUSPENDED"' in text_of(manager_client.get(at("partners/")))


def test_numbers_open_the_list_they_count(
    manager_client, at, manager, fleet, partnership, assigned_job
):
    JobFactory(by=manager, fleet=fleet).assign(partnership.company, by=manager)
    address = at(f"jobs/installation/?company={partnership.company_id}&amp;status=ASSIGNED")
    page = text_of(manager_client.get(at("partners/?columns=assigned")))
    assert f'<a href="{address}">2 <span class="small">Installation</span></a>' in page
    listed = manager_client.get(address.replace("&amp;", "&")).context["table"].lines
    assert len(listed) == 2


def test_tabs_and_search_narrow(manager_client, at, partnership, company, invited):
    invited("pending@x.example")

    def shown(query):
        return len(manager_client.get(at(f"partners/{query}")).context["table"].lines)

    assert [
        shown(query) for query in ("", "?status=PENDING", "?status=ACCEPTED", "?status=DECLINED")
    ] == [2, 1, 1, 0]
    assert [shown(f"?search={text}") for text in ("quick", company.pk, "pending@", "nobody")] == [
        1,
        1,
        1,
        0,
    ]


def test_the_dialog_lists_name_id_status_and_override(manager_client, at, partnership):
    Partnership.objects.update(allow_override=True)
    dialog = text_of(manager_client.get(at("partners/available/"), headers=HTMX))
    assert "<html" not in dialog
    assert all(
        part in dialog
        for part in ("QuickInstall", partnership.company_id, "Accepted", "Override Enabled")
    )


def test_ended_links_are_not_shown(manager_client, at, manager, partnership):
    partnership.end(by=manager)
    assert "QuickInstall" not in text_of(manager_client.get(at("partners/")))
    assert manager_client.get(at(f"partners/{partnership.pk}/")).status_code == 404


# --- inviting -----------------------------------------------------------------------------------------------------
def test_inviting_sends_a_mail_and_shows_a_pending_row(invite):
    page = text_of(invite(allow_override="on"))
    assert NEW in page
    link = Partnership.objects.get()
    assert (link.status, link.allow_override) == ("PENDING", True)
    assert Mail.objects.filter(to=NEW).count() == 1


def test_the_answer_is_the_same_for_known_and_unknown_addresses(invite, company):
    known, unknown = text_of(invite(email=company.email)), text_of(invite())
    assert "An invitation is being sent" in known
    assert "An invitation is being sent" in unknown


@pytest.mark.parametrize(("email", "why"), [("nonsense", "valid email"), ("", "required")])
def test_a_bad_address_is_refused_at_its_field(invite, email, why):
    assert why in text_of(invite(email=email))
    assert not Partnership.objects.exists()


def test_a_second_invitation_is_refused_with_the_reason(invite, invited, partnership, company):
    invited()
    assert "already" in text_of(invite())
    assert "partner of this fleet already" in text_of(invite(email=company.email))
    assert Partnership.objects.count() == 2


def test_one_dialog_invites_into_several_fleets_of_the_provider(
    invite, manager, manager_client, at, fleet, second_fleet, other_fleet
):
    assert "fleets" not in manager_client.get(at("partners/invite/")).context["form"].fields
    for each in (second_fleet, other_fleet):
        FleetMembershipFactory(user=manager, fleet=each)
    offered = manager_client.get(at("partners/invite/")).context["form"]["fleets"]
    assert {fleet.pk for fleet in offered.field.queryset} == {fleet.pk, second_fleet.pk}
    invite(fleets=[fleet.pk, second_fleet.pk])
    assert {link.fleet_id for link in Partnership.objects.all()} == {fleet.pk, second_fleet.pk}


def test_several_fleets_are_invited_into_together_or_not_at_all(
    invite, invited, manager, fleet, second_fleet
):
    FleetMembershipFactory(user=manager, fleet=second_fleet)
    invited()
    assert "Berlin: " in text_of(invite(fleets=[fleet.pk, second_fleet.pk]))
    assert not second_fleet.partnerships.exists()


@pytest.mark.parametrize("whose", ["other_fleet", "read_only"])
def test_nobody_invites_into_a_fleet_he_does_not_write(
    invite, manager, fleet, second_fleet, other_fleet, whose
):
    FleetMembershipFactory(user=manager, fleet=second_fleet, role=FleetMembership.Role.VIEWER)
    target = other_fleet if whose == "other_fleet" else second_fleet
    invite(fleets=[target.pk])
    assert not target.partnerships.exists()


# --- one partner --------------------------------------------------------------------------------------------------
def test_resending_makes_the_old_link_dead(act, invited):
    link = invited()
    before = Invitation.objects.get().token_hash
    Invitation.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    assert "old link no longer works" in text_of(act(link, "resend"))
    assert Invitation.objects.get().token_hash != before


def test_resending_at_once_is_refused_with_the_reason(act, invited):
    assert "a moment ago" in text_of(act(invited(), "resend"))


def test_a_declined_company_is_invited_again_in_one_click(act, invited, company, company_admin):
    link = invited(company.email, allow_override=True)
    link.decline(by=company_admin)
    assert "is being sent" in text_of(act(link, "again"))
    new = Partnership.objects.live().get()
    assert (new.status, new.allow_override, new.pk != link.pk) == ("PENDING", True, True)


def test_only_a_declined_one_is_invited_again(act, partnership):
    assert act(partnership, "again").status_code == 409
    assert Partnership.objects.count() == 1


def test_override_counts_for_jobs_assigned_from_now_on(
    act, partnership, assigned_job, manager, fleet
):
    act(partnership, "override", allow_override="on")
    later = JobFactory(by=manager, fleet=fleet)
    later.assign(partnership.company, by=manager)
    assigned_job.refresh_from_db()
    assert (assigned_job.allow_override, later.allow_override) == (False, True)


def test_removing_a_partner_says_what_it_means_and_frees_its_jobs(
    act, manager_client, at, partnership, linked_job
):
    question = text_of(manager_client.get(at(f"partners/{partnership.pk}/remove/"), headers=HTMX))
    assert "1 is stopped, undone and returned to the fleet" in question
    assert "1 ends at once" in question
    act(partnership, "remove")
    linked_job.refresh_from_db()
    assert (linked_job.status, linked_job.company) == ("PENDING", None)
    assert not VehicleAccess.objects.live().exists()


def test_withdrawing_an_invitation_kills_its_link(act, invited):
    link = invited()
    assert "was withdrawn" in text_of(act(link, "remove"))
    assert Invitation.objects.get().state == "withdrawn"


# --- who ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "path", ["partners/", "partners/available/", "partners/{}/", "partners/{}/menu/"]
)
def test_a_viewer_reads_and_finds_nothing_to_write_with(viewer_client, at, partnership, path):
    page = text_of(viewer_client.get(at(path.format(partnership.pk))))
    assert not any(act in page for act in ("partners/invite/", *POSTS))


@pytest.mark.parametrize(
    "path", ["partners/", "partners/available/", "partners/{}/", "partners/{}/menu/"]
)
def test_for_strangers_there_is_no_such_page(outsiders, at, partnership, path):
    for client, expected in outsiders.items():
        if expected != 403:
            assert client.get(at(path.format(partnership.pk))).status_code == expected


@pytest.mark.parametrize("path", ["partners/invite/", *(f"partners/{{}}/{name}" for name in POSTS)])
def test_nobody_else_acts(outsiders, at, invited, path):
    link = invited()
    for client, expected in outsiders.items():
        sent = {"email": "x@hacked.example", "allow_override": "on"}
        assert client.post(at(path.format(link.pk)), sent).status_code == expected
    link = Partnership.objects.get()
    assert (link.email, link.ended_at, link.allow_override) == (NEW, None, False)


@pytest.mark.parametrize("name", ["", *POSTS])
def test_a_link_of_another_fleet_is_not_found(manager_client, at, other_fleet, name):
    foreign = PartnershipFactory(fleet=other_fleet, company=CompanyFactory())
    assert manager_client.post(at(f"partners/{foreign.pk}/{name}")).status_code in (
        (404,) if name else (404, 405)
    )
    foreign.refresh_from_db()
    assert foreign.ended_at is None


# --- what it costs ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_for_one_partner_and_for_many(
    number, manager_client, at, fleet, assigned_job, statements
):
    for _n in range(number):
        PartnershipFactory(fleet=fleet, company=CompanyFactory())
    assert statements(lambda: manager_client.get(at("partners/"))) <= 6
    assert statements(lambda: manager_client.get(at("partners/available/"))) <= 4


def test_the_numbers_are_asked_for_alike_however_many_partners_there_are(
    manager_client, at, fleet, assigned_job
):
    def asked() -> list[int]:
        with CaptureQueriesContext(connection) as captured:
            manager_client.get(at("partners/?columns=assigned,failed"))
        return [
            query["sql"].count('jobs_job" U') for query in captured if 'jobs_job" U' in query["sql"]
        ]

    of_one = asked()
    for _n in range(30):
        PartnershipFactory(fleet=fleet, company=CompanyFactory())
    assert asked() == of_one
    assert len(of_one) == 1


def test_a_number_beyond_a_thousand_is_not_counted_to_its_end(
    manager_client, at, manager, fleet, partnership, assigned_job, monkeypatch
):
    monkeypatch.setattr("fleetcontrol.tables.partners.Workload.MOST", 1)
    JobFactory(by=manager, fleet=fleet).assign(partnership.company, by=manager)
    page = text_of(manager_client.get(at("partners/?columns=assigned")))
    assert '">1+ <span' in page
