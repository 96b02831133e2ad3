"""The operators' pages of the accounts floor."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import (
    Agreement,
    AgreementSignature,
    ApiClient,
    Company,
    CompanyMembership,
    Fleet,
    FleetMembership,
    Invitation,
    MobilityProvider,
    OperatorAction,
    Partnership,
    SavedView,
    TablePreference,
    User,
)
from core.models import AnsweredRequest, Mail

MODELS = [
    Agreement,
    AgreementSignature,
    AnsweredRequest,
    ApiClient,
    Company,
    CompanyMembership,
    Fleet,
    FleetMembership,
    Invitation,
    Mail,
    MobilityProvider,
    OperatorAction,
    Partnership,
    SavedView,
    TablePreference,
    User,
]


def address(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def act(client, name: str, *rows, reason="Asked by phone."):
    form = {"action": name, "_selected_action": [row.pk for row in rows], "reason": reason}
    return client.post(address(type(rows[0]), "changelist"), form, follow=True)


@pytest.fixture
def world(partnership, company, company_admin, installer, manager, fleet_admin, fleet, operator):
    """A row of most models."""
    company.invite(email="x@example.com", role="INSTALLER", by=company_admin)
    TablePreference.objects.create(user=manager, table="jobs", columns=["status"])
    SavedView.objects.create(
        user=manager, fleet=fleet, table="jobs", name="Mine", query="status=PENDING"
    )
    AnsweredRequest.objects.create(principal="user:1", key="k", body_hash="h")
    ApiClient.objects.issue(fleet=fleet, name="sync", scopes=["vehicles"], by=fleet_admin)
    OperatorAction.objects.record(
        by=operator, what="CHANGE", subject="Berlin", tenants=[{"fleet": fleet}]
    )


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_listed_searched_and_opened_by_operators(operator_client, world, model):
    assert operator_client.get(address(model, "changelist")).status_code == 200
    assert operator_client.get(address(model, "changelist"), {"q": "example"}).status_code == 200
    row = model.objects.first()
    assert operator_client.get(address(model, "change", row.pk)).status_code == 200
    assert (
        operator_client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    )


@pytest.mark.parametrize("who", ["manager", "company_admin", "fleet_admin"])
def test_nobody_else_comes_in(request, who, world):
    for model in MODELS:
        assert request.getfixturevalue(f"{who}_client").get(
            address(model, "changelist")
        ).status_code in (302, 403)


def test_a_search_reads_no_more_for_more_rows(
    operator_client, django_assert_max_num_queries, world
):
    for model in (Partnership, CompanyMembership, Invitation, Mail):
        with django_assert_max_num_queries(8):
            operator_client.get(address(model, "changelist"), {"q": "a"})


@pytest.mark.parametrize("model", [Partnership, CompanyMembership, Mail, AgreementSignature])
def test_what_the_product_writes_is_read_only(operator_client, world, model):
    row = model.objects.first()
    assert (
        operator_client.post(
            address(model, "change", row.pk), {"status": "SENT", "ended_at_0": "2020-01-01"}
        ).status_code
        == 403
    )
    assert operator_client.get(address(model, "add")).status_code == 403


def test_provider_fleet_and_first_admin_in_one_go(operator_client):
    rows = {
        "fleets-TOTAL_FORMS": "1",
        "fleets-INITIAL_FORMS": "0",
        "fleets-0-name": "Hamburg",
        "fleets-0-time_zone": "Europe/Berlin",
    }
    form = {"name": "NewMobility", "fleets-0-first_admin": "boss@new.example"} | rows
    assert operator_client.post(address(MobilityProvider, "add"), form).status_code == 302
    invitation = Invitation.objects.get()
    assert (invitation.fleet.name, invitation.fleet.provider.name) == ("Hamburg", "NewMobility")
    assert (invitation.email, invitation.role, Mail.objects.get().to) == (
        "boss@new.example",
        "ADMIN",
        "boss@new.example",
    )


def test_a_fleet_of_a_known_provider(operator_client, fleet):
    form = {
        "provider": fleet.provider_id,
        "name": "Second",
        "time_zone": "Europe/Berlin",
        "first_admin": "a@b.example",
    }
    assert operator_client.post(address(Fleet, "add"), form).status_code == 302
    assert Invitation.objects.get().fleet.name == "Second"


@pytest.mark.parametrize(
    ("about", "kind"),
    [({"fleet": True, "role": "VIEWER"}, "FLEET"), ({"company": True, "role": "ADMIN"}, "COMPANY")],
)
def test_an_operator_invites_into_a_fleet_or_a_company(
    operator_client, fleet, company, about, kind
):
    chosen = {
        name: {"fleet": fleet.pk, "company": company.pk}[name] if name != "role" else value
        for name, value in about.items()
    }
    assert (
        operator_client.post(
            address(Invitation, "add"), {"email": "a@b.example"} | chosen
        ).status_code
        == 302
    )
    assert Invitation.objects.get().kind == kind


@pytest.mark.parametrize("role", ["VIEWER", "OWNER", ""])
def test_a_role_that_is_not_there_is_refused(operator_client, company, role):
    form = {"email": "a@b.example", "company": company.pk, "role": role}
    assert operator_client.post(address(Invitation, "add"), form).status_code == 200
    assert not Invitation.objects.exists()


def test_suspending_a_user_ends_what_he_does_at_once(operator_client, installer, installer_client):
    assert installer_client.get("/installers/").status_code == 200
    act(operator_client, "suspend", installer)
    assert installer_client.get("/installers/").status_code == 302
    act(operator_client, "reinstate", installer)
    installer.refresh_from_db()
    assert installer.is_active


def test_suspending_a_company_or_a_fleet_shuts_its_people_out(
    operator_client, company, company_admin_client, fleet, manager
):
    act(operator_client, "suspend", company)
    act(operator_client, "suspend", fleet)
    assert company_admin_client.get("/installers/").status_code == 403
    assert not Fleet.objects.visible_to(manager).exists()


def test_a_lost_second_factor_is_reset_and_its_owner_told(operator_client, manager):
    manager.authenticator_set.create(type="totp", data={"secret": "x"})
    act(operator_client, "reset_second_factor", manager)
    assert not manager.authenticator_set.exists()
    assert Mail.objects.get(to=manager.email).template == "mails/security_notice"


def test_removing_a_member_is_the_companys_own_move(operator_client, company_admin, installer):
    act(operator_client, "remove", company_admin.company_membership)
    assert company_admin.company, "the last admin stays"
    act(operator_client, "remove", installer.company_membership)
    assert installer.company is None


def test_a_partnership_is_ended_by_its_move(operator_client, partnership, assigned_job):
    act(operator_client, "end", partnership)
    assigned_job.refresh_from_db()
    assert assigned_job.status == "PENDING"


def test_a_published_agreement_stands_and_a_new_one_follows(operator_client, company):
    first = Agreement.objects.get()
    operator_client.post(address(Agreement, "change", first.pk), {"text": "changed"})
    first.refresh_from_db()
    assert first.text != "changed"
    operator_client.post(address(Agreement, "add"), {"text": "Second"})
    draft = Agreement.objects.get(text="Second")
    assert (draft.version, draft.published_at) == (2, None)
    assert company.unsigned_agreement() is None
    act(operator_client, "publish", draft)
    assert company.unsigned_agreement() == draft


def test_a_failed_mail_is_sent_again_by_a_click(operator_client, world):
    mail = Mail.objects.first()
    Mail.objects.update(status="FAILED", due_at=timezone.now() + timezone.timedelta(days=1))
    act(operator_client, "send_again", mail)
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == ("QUEUED", 0)


def test_the_links_in_a_mail_are_not_shown_to_operators(operator_client, world):
    mail = Mail.objects.get(to="x@example.com")
    page = operator_client.get(address(Mail, "change", mail.pk))
    assert mail.context["path"].encode() not in page.content


def test_an_operator_is_made_here_and_rights_only_by_a_superuser(operator_client, client, operator):
    operator_client.post(
        address(User, "add"),
        {"email": "Op@demo.example", "language": "en", "time_zone": "UTC", "is_staff": "on"},
    )
    made = User.objects.get(email="op@demo.example")
    assert made.is_staff
    assert not made.has_usable_password()
    assert made.emailaddress_set.get().verified
    from django.contrib.auth.models import Permission

    made.user_permissions.add(*Permission.objects.filter(codename__in=["change_user", "view_user"]))
    client.force_login(made)
    form = {"language": "en", "time_zone": "UTC", "is_superuser": "on", "is_staff": "on"}
    for inline in ("company_memberships", "fleet_memberships"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    assert client.post(address(User, "change", made.pk), form).status_code == 302
    made.refresh_from_db()
    assert not made.is_superuser
