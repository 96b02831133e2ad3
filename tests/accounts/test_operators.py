"""What operators may do to each other, and what is required of them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Fleet, OperatorAction, User
from accounts.models.operators import check_rights
from core.errors import MoveRefused
from core.models import Mail
from jobs.models import ConfigurationPreset, JobTemplate
from tests.accounts.test_admin import act, address
from tests.accounts.test_sensitive_changes import code_for
from tests.factories.accounts import PASSWORD, FleetMembershipFactory, UserFactory


@pytest.fixture
def strict(settings):
    settings.OPERATORS_NEED_SECOND_FACTOR = True


def test_an_operator_without_a_second_factor_sets_it_up_first_where_it_is_required(
    operator, operator_client, strict
):
    for url in (reverse("admin:index"), address(User, "changelist"), address(User, "add")):
        assert operator_client.get(url).headers["Location"] == reverse("mfa_index")
    act(operator_client, "suspend", operator)
    assert User.objects.get(pk=operator.pk).is_active

    Authenticator.objects.create(user=operator, type=Authenticator.Type.TOTP, data={})
    assert operator_client.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_setup_shows_a_qr_code_gives_recovery_codes_and_opens_the_admin(
    operator, client, strict, language
):
    User.objects.filter(pk=operator.pk).update(language=language)
    client.post(reverse("account_login"), {"login": operator.email, "password": PASSWORD})
    landing = client.get(reverse("admin:index"), follow=True)
    assert landing.redirect_chain == [(reverse("mfa_index"), 302)]
    setup = reverse("mfa_activate_totp")
    assert setup in landing.content.decode()

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(setup).content.decode()
    assert re.search(r'<img[^>]+src="data:image/svg\+xml', page)
    assert "<script>" not in page
    assert f'<html lang="{language}"' in page
    code = code_for(client.session["mfa.totp.secret"])
    codes = client.post(setup, {"code": code}, follow=True)
    assert codes.status_code == 200
    assert {one.type for one in operator.authenticator_set.all()} == {"totp", "recovery_codes"}
    assert client.get(reverse("admin:index")).status_code == 200


def test_an_operator_without_a_second_factor_works_where_none_is_required(operator_client):
    assert operator_client.get(reverse("admin:index")).status_code == 200


def test_pages_of_others_do_not_require_what_is_required_of_operators(
    manager_client, client, fleet, strict
):
    assert manager_client.get(f"/fleetcontrol/{fleet.pk}/vehicles/").status_code == 200
    assert client.get(reverse("admin:index")).status_code == 302
    assert manager_client.get(reverse("admin:index")).status_code in (302, 403)


def test_the_last_operator_who_lost_it_is_helped_on_the_machine(operator, operator_client, strict):
    Authenticator.objects.create(user=operator, type=Authenticator.Type.TOTP, data={})
    call_command("reset_second_factor", "Operator@demo.example", verbosity=0)

    assert not operator.authenticator_set.exists()
    assert Mail.objects.filter(to=operator.email, template="mails/security_notice").exists()
    assert OperatorAction.objects.get().what == "RESET_SECOND_FACTOR"
    with pytest.raises(CommandError, match="Nobody here has"):
        call_command("reset_second_factor", "nobody@demo.example")


# --- who acts on whom -------------------------------------------------------------------------------------------------
@pytest.fixture
def second_operator(db):
    return UserFactory(email="second@demo.example", is_staff=True, is_superuser=True)


@pytest.fixture
def helper(db):
    """An operator who may change people, and is no superuser."""
    helper = UserFactory(email="helper@demo.example", is_staff=True)
    codes = ["change_user", "view_user"]
    helper.user_permissions.set(Permission.objects.filter(codename__in=codes))
    return helper


@pytest.fixture
def helper_client(client, helper):
    client.force_login(helper)
    return client


def save(client, user: User, **rights: str):
    """Save the person's page, with the boxes of `rights` ticked and all others not."""
    form = {"first_name": "F", "last_name": "L", "language": "en", "time_zone": "UTC"}
    for inline in ("company_memberships", "fleet_memberships"):
        form |= {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}
    return client.post(address(User, "change", user.pk), form | rights)


def is_active(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_active


def test_nobody_suspends_themselves(operator, second_operator, operator_client):
    page = act(operator_client, "suspend", operator).content.decode()

    assert "You can&#x27;t suspend or demote yourself." in page
    assert is_active(operator)


def test_the_last_superuser_is_not_suspended_and_one_of_two_is(
    operator, second_operator, operator_client, helper
):
    act(operator_client, "suspend", second_operator)
    assert not is_active(second_operator)
    with pytest.raises(MoveRefused, match="the last superuser"):
        operator.suspend(by=second_operator)
    with pytest.raises(MoveRefused, match="the last superuser"):
        operator.suspend()
    assert is_active(operator)


def test_a_demo_superuser_is_no_other_superuser_outside_demo_mode(operator, settings):
    UserFactory(email="demo@demo.example", is_staff=True, is_superuser=True, is_demo=True)
    settings.DEMO = False

    with pytest.raises(MoveRefused, match="the last superuser"):
        operator.suspend()


@pytest.mark.parametrize("kept", [{}, {"is_staff": "on"}, {"is_superuser": "on"}])
def test_nobody_demotes_themselves(operator, second_operator, operator_client, kept):
    page = save(operator_client, operator, **kept)

    assert page.status_code == 200
    assert "You can&#x27;t suspend or demote yourself." in page.content.decode()
    operator.refresh_from_db()
    assert (operator.is_staff, operator.is_superuser) == (True, True)


def test_the_last_superuser_is_not_demoted_and_one_of_two_is(
    operator, second_operator, operator_client
):
    assert save(operator_client, second_operator, is_staff="on").status_code == 302
    second_operator.refresh_from_db()
    assert not second_operator.is_superuser
    User.objects.filter(pk=operator.pk).update(is_superuser=True)
    with pytest.raises(MoveRefused, match="the last superuser"):
        check_rights(operator, User(is_staff=True), by=second_operator)


def test_a_superuser_saves_their_own_page_with_their_rights(operator, operator_client):
    assert save(operator_client, operator, is_staff="on", is_superuser="on").status_code == 302


@pytest.mark.parametrize("action", ["suspend", "reinstate", "reset_second_factor"])
def test_actions_on_a_superuser_require_a_superuser(helper_client, operator, manager, action):
    for user in (operator, manager):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    assert "Done for 1." in act(helper_client, action, manager).content.decode()
    page = act(helper_client, action, operator).content.decode()

    assert "Only a superuser can change a superuser." in page
    assert "Done for" not in page
    assert is_active(operator)
    assert operator.authenticator_set.exists()


def test_only_a_superuser_changes_the_page_of_a_superuser(helper_client, operator, manager):
    assert save(helper_client, operator).status_code == 403
    assert helper_client.get(address(User, "change", operator.pk)).status_code == 200
    assert save(helper_client, manager).status_code == 302


@pytest.mark.parametrize("password", ["a", "password", "1234567890", "first@demo.example"])
def test_the_rules_of_passwords_apply_to_the_first_operator(db, monkeypatch, password):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, email="first@demo.example")
    assert not User.objects.exists()

    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a-long-passphrase")
    call_command("createsuperuser", interactive=False, email="first@demo.example")
    assert User.objects.get().check_password("a-long-passphrase")


def test_no_page_of_operators_sets_a_password(operator_client, manager):
    """Rules of passwords apply at the reset, which is the only way to a password."""
    for page in (address(User, "add"), address(User, "change", manager.pk)):
        assert 'type="password"' not in operator_client.get(page).content.decode()
    assert operator_client.get(f"/admin/accounts/user/{manager.pk}/password/").status_code == 302


# --- moving -----------------------------------------------------------------------------------------------------------
def fleet_form(fleet: Fleet, **changed: object) -> dict[str, object]:
    return {"name": fleet.name, "time_zone": "UTC", "provider": fleet.provider_id} | changed


def mails_of_moves() -> set[str]:
    found = Mail.objects.filter(template="mails/change", context__what="moved")
    return set(found.values_list("to", flat=True))


def test_a_fleet_moves_to_another_provider_only_with_a_confirmation(
    operator_client, fleet, other_fleet
):
    before = fleet.provider
    url = address(Fleet, "change", fleet.pk)
    form = fleet_form(fleet, provider=other_fleet.provider_id)
    page = operator_client.post(url, form)

    assert page.status_code == 200
    assert "Berlin moves from AppDrive to OtherFleet." in page.content.decode()
    assert Fleet.objects.get(pk=fleet.pk).provider == before
    assert operator_client.post(url, form | {"move_confirmed": "on"}).status_code == 302
    assert Fleet.objects.get(pk=fleet.pk).provider == other_fleet.provider


def test_both_sides_are_notified_when_a_fleet_moves(
    operator_client, fleet, fleet_admin, manager, second_fleet, other_fleet
):
    left, met = (
        FleetMembershipFactory(fleet=of, role="ADMIN").user for of in (second_fleet, other_fleet)
    )
    form = fleet_form(fleet, provider=other_fleet.provider_id, move_confirmed="on")
    operator_client.post(address(Fleet, "change", fleet.pk), form)

    assert mails_of_moves() == {fleet_admin.email, left.email, met.email}
    for concerned in (fleet, second_fleet, other_fleet):
        assert OperatorAction.objects.filter(fleet=concerned, subject="Berlin").count() == 1


@pytest.mark.parametrize("model", [JobTemplate, ConfigurationPreset])
def test_what_a_fleet_has_saved_moves_with_a_confirmation_and_both_fleets_are_notified(
    operator_client, fleet, fleet_admin, other_fleet, model
):
    met = FleetMembershipFactory(fleet=other_fleet, role="ADMIN").user
    row = model.objects.create(fleet=fleet, name="Vans")
    url = address(model, "change", row.pk)
    form = {"name": "Vans", "fleet": other_fleet.pk}

    asked = operator_client.post(url, form)
    assert "Vans moves from AppDrive Berlin to OtherFleet Munich." in asked.content.decode()
    assert model.objects.get().fleet == fleet
    assert operator_client.post(url, form | {"move_confirmed": "on"}).status_code == 302
    assert model.objects.get().fleet == other_fleet
    assert mails_of_moves() == {fleet_admin.email, met.email}
    for concerned in (fleet, other_fleet):
        assert OperatorAction.objects.filter(fleet=concerned, subject="Vans").exists()


def test_nothing_is_asked_where_nothing_moves(operator_client, fleet):
    form = fleet_form(fleet, name="Berlin and around")

    assert operator_client.post(address(Fleet, "change", fleet.pk), form).status_code == 302
    assert mails_of_moves() == set()
