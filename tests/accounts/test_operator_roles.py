"""The roles of operators: what each reads, changes and does, on every page of the admin site."""

import re
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Fleet, Invitation, OperatorAction, User
from accounts.models.operator_role import OperatorRole
from core.errors import MoveRefused
from core.models import Failure
from core.web.admin import ReadOnlyAdmin
from tests.accounts.test_admin import act, address
from tests.accounts.test_operators import save
from tests.factories.accounts import UserFactory
from tests.threads import race

SUPPORT, OPERATIONS, SECURITY = OperatorRole.values
# Support reads everything.
HIDDEN_FROM_OPERATIONS = {
    "account.EmailAddress", "accounts.AgreementSignature", "accounts.Erasure", "accounts.OperatorAction",
    "admin.LogEntry", "allauth_idp_oidc.Client", "allauth_idp_oidc.Token", "mfa.Authenticator",
    "usersessions.UserSession",
}  # fmt: skip
READ_BY_SECURITY = HIDDEN_FROM_OPERATIONS | {
    "accounts.Agreement", "accounts.ApiCall", "accounts.ApiClient", "accounts.Company",
    "accounts.CompanyMembership", "accounts.EventConsumer", "accounts.EventSubscription", "accounts.Fleet",
    "accounts.FleetEvent",
    "accounts.FleetMembership", "accounts.Invitation", "accounts.MobilityProvider", "accounts.Partnership",
    "accounts.SavedView", "accounts.TablePreference", "accounts.User", "accounts.WebhookDelivery", "auth.Group",
    "core.AnsweredRequest", "jobs.JobEvent", "jobs.RollOutEvent", "jobs.VehicleAccess", "telematics.Command",
    "telematics.Custody", "telematics.Key", "telematics.UnitEvent", "telematics.VehicleEvent",
}  # fmt: skip
ADDED_BY = {
    "accounts.Fleet": OPERATIONS,
    "accounts.Invitation": SUPPORT,
    "accounts.MobilityProvider": OPERATIONS,
    "accounts.User": SECURITY,
    "jobs.ConfigurationPreset": OPERATIONS,
    "jobs.JobTemplate": OPERATIONS,
    "simulator.SimulatedUnit": OPERATIONS,
    "telematics.Place": OPERATIONS,
    "telematics.Unit": OPERATIONS,
    "telematics.Vehicle": OPERATIONS,
    "telematics.VehicleModel": OPERATIONS,
}
BOTH = (OPERATIONS, SECURITY)
ACTIONS = {
    "accounts.ApiClient": {"suspend": BOTH, "reinstate": BOTH, "revoke": (SECURITY,)},
    "accounts.Company": {"suspend": BOTH, "reinstate": BOTH},
    "accounts.Fleet": {"suspend": BOTH, "reinstate": BOTH},
    "accounts.Invitation": {"resend": (SUPPORT,), "withdraw": (SUPPORT,)},
    "accounts.MobilityProvider": {"suspend": BOTH, "reinstate": BOTH},
    "accounts.User": {
        "suspend": BOTH,
        "reinstate": BOTH,
        "reset_second_factor": (SUPPORT, SECURITY),
        "export_data": (SECURITY,),
        "erase": (SECURITY,),
    },
    "core.Failure": {"try_again": (OPERATIONS,)},
    "core.Mail": {"send_again": (SUPPORT, OPERATIONS)},
    "jobs.Job": dict.fromkeys(("withdraw", "hand_back", "stop_access"), (OPERATIONS,)),
    "telematics.Unit": {"retire": (OPERATIONS,)},
    "telematics.Vehicle": {"archive": (OPERATIONS,), "restore": (OPERATIONS,)},
}
IMPORTED = ("telematics.Unit", "telematics.VehicleModel")


def person(role: str, email: str = "", **fields) -> User:
    made = UserFactory(email=email or f"{role}@demo.example", is_staff=True, **fields)
    made.groups.add(Group.objects.get(name=role))
    return made


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def may_read(role: str, label: str) -> bool:
    if role == SECURITY:
        return label in READ_BY_SECURITY
    return role == SUPPORT or label not in HIDDEN_FROM_OPERATIONS


def offered(page: str) -> set[str]:
    """The actions that a list offers."""
    found = re.search(r'<select name="action".*?</select>', page, re.DOTALL)
    return set(re.findall(r'<option value="(\w+)"', found[0])) if found else set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", OperatorRole.values)
def test_each_role_finds_its_pages_and_actions_and_no_others(role):
    browser = browser_of(person(role))
    wrong = []
    for model in admin.site._registry:
        label = model._meta.label
        reads, adds = may_read(role, label), ADDED_BY.get(label) == role
        is_written = not isinstance(admin.site._registry[model], ReadOnlyAdmin)
        page = browser.get(address(model, "changelist"))
        actions = {name for name, who in ACTIONS.get(label, {}).items() if role in who}
        found = (page.status_code, offered(page.content.decode()))
        if found != (200 if reads else 403, actions if reads else set()):
            wrong.append((label, "list", found))
        forms = ["add"] * is_written + ["import"] * (label in IMPORTED)
        for form in forms:
            if browser.get(address(model, form)).status_code != (200 if adds else 403):
                wrong.append((label, form))
    assert wrong == []
    assert browser.get(reverse("admin:core_mail_previews")).status_code == (
        403 if role == SECURITY else 200
    )


@pytest.mark.django_db
def test_an_action_that_a_role_lacks_does_nothing(manager, fleet):
    support, operations = person(SUPPORT), person(OPERATIONS)
    for name in ("suspend", "erase", "export_data"):
        act(browser_of(support), name, manager)
    act(browser_of(support), "suspend", fleet)
    for name in ("erase", "reset_second_factor"):
        act(browser_of(operations), name, manager)
    assert User.objects.get(pk=manager.pk).is_active
    assert Fleet.objects.get(pk=fleet.pk).suspended_at is None
    assert not OperatorAction.objects.exists()
    page = save(browser_of(support), manager, is_staff="on", is_superuser="on")
    assert page.status_code == 403


@pytest.mark.django_db
def test_support_helps_people_and_no_operator(fleet, manager):
    browser, operator = browser_of(person(SUPPORT)), person(SECURITY)
    for user in (manager, operator):
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    form = {"email": "new@appdrive.example", "fleet": fleet.pk, "role": "VIEWER"}
    assert browser.post(address(Invitation, "add"), form).status_code == 302
    assert Invitation.objects.get().fleet == fleet
    act(browser, "reset_second_factor", manager)
    assert not manager.authenticator_set.exists()
    page = act(browser, "reset_second_factor", operator).content.decode()
    assert "Only the role Security can change the account of an operator." in page
    assert operator.authenticator_set.exists()


@pytest.mark.django_db
def test_operations_let_a_failing_row_be_tried_again_and_suspend(fleet):
    browser = browser_of(person(OPERATIONS))
    for _ in range(5):
        failure = Failure.objects.record("jobs.tasks.push", "7", "refused")
    assert failure.is_resting()
    act(browser, "try_again", failure)
    assert not failure.is_resting()
    act(browser, "suspend", fleet)
    assert Fleet.objects.get(pk=fleet.pk).suspended_at


# --- giving roles -----------------------------------------------------------------------------------------------------
def ids(*names: str) -> list[int]:
    return [Group.objects.get(name=name).pk for name in names]


@pytest.mark.django_db
def test_security_makes_operators_and_gives_roles_which_is_recorded(operator):
    browser = browser_of(person(SECURITY))
    form = {"email": "new@demo.example", "language": "en", "time_zone": "UTC", "is_superuser": "on"}
    form |= {"is_staff": "on", "groups": ids(SUPPORT)}
    assert browser.post(address(User, "add"), form).status_code == 302
    made = User.objects.get(email="new@demo.example")
    assert (made.is_staff, made.is_superuser) == (True, False)
    assert save(browser, made, is_staff="on", groups=ids(SUPPORT, OPERATIONS)).status_code == 302
    assert {group.name for group in made.groups.all()} == {SUPPORT, OPERATIONS}
    changes = OperatorAction.objects.filter(what="RIGHTS").order_by("pk")
    assert [one.details for one in changes] == [
        "– → operator, Support",
        "operator, Support → operator, Operations, Support",
    ]
    assert save(browser, operator, is_staff="on").status_code == 403


@pytest.mark.django_db
def test_security_gives_no_other_group_and_nothing_to_itself(manager):
    mighty = Group.objects.create(name="mighty")
    security = person(SECURITY)
    browser = browser_of(security)
    page = save(browser, manager, is_staff="on", groups=[mighty.pk]).content.decode()
    assert "Only a superuser can give or take a group that is no role of the product." in page
    page = save(browser, security, is_staff="on", groups=ids(SECURITY, OPERATIONS))
    assert "You can&#x27;t give yourself a role." in page.content.decode()
    page = save(browser, security, is_staff="on")
    assert "You can&#x27;t suspend or demote yourself." in page.content.decode()
    assert not User.objects.get(pk=manager.pk).is_staff
    assert [group.name for group in security.groups.all()] == [SECURITY]


@pytest.mark.django_db
def test_a_role_is_read_and_an_own_group_is_changed_by_superusers(operator_client):
    role, own = Group.objects.get(name=SUPPORT), Group.objects.create(name="helpers")
    renamed = {"name": "renamed", "permissions": []}
    for page, form in (("change", renamed), ("delete", {"post": "yes"})):
        assert operator_client.post(address(Group, page, role.pk), form).status_code == 403
    form = {"name": "aides", "permissions": []}
    assert operator_client.post(address(Group, "change", own.pk), form).status_code == 302
    chosen = {
        "action": "delete_selected",
        "_selected_action": ids(*OperatorRole.values),
        "post": "yes",
    }
    operator_client.post(address(Group, "changelist"), chosen)
    assert {*Group.objects.values_list("name", flat=True)} == {*OperatorRole.values, "aides"}


@pytest.mark.django_db
def test_each_migrate_gives_a_role_what_it_permits():
    support = Group.objects.get(name=SUPPORT)
    permitted = set(support.permissions.values_list("codename", flat=True))
    support.permissions.clear()
    call_command("migrate", verbosity=0)
    assert set(support.permissions.values_list("codename", flat=True)) == permitted
    assert {"view_job", "view_operatoraction", "add_invitation"} <= permitted


@pytest.mark.django_db
def test_a_group_of_the_same_name_from_before_keeps_its_people_and_permissions(manager):
    Group.objects.all().delete()
    old = Group.objects.create(name="Security")
    manager.groups.add(old)
    import_module("accounts.migrations.0022_operator_roles").make_roles(apps, None)
    assert [group.name for group in manager.groups.all()] == ["Security (own)"]
    assert set(OperatorRole.values) < set(Group.objects.values_list("name", flat=True))


# --- somebody in charge is left ---------------------------------------------------------------------------------------
LAST = "This is the last operator who gives roles. Give someone else the role Security first."


def in_charge() -> set[str]:
    secure = User.objects.filter(is_staff=True, is_active=True, groups__name=SECURITY)
    return set(secure.values_list("email", flat=True))


@pytest.mark.django_db
def test_without_a_superuser_the_last_operator_who_gives_roles_stays():
    security = person(SECURITY)
    other = UserFactory(email="other@demo.example", is_staff=True)
    other.user_permissions.set(security.groups.get().permissions.all())
    browser = browser_of(other)
    assert LAST in act(browser, "suspend", security).content.decode()
    assert LAST in act(browser, "erase", security).content.decode()
    for rights in ({"is_staff": "on"}, {"groups": ids(SECURITY)}, {}):
        assert LAST in save(browser, security, **rights).content.decode()
    refused = pytest.raises(MoveRefused, match="the last operator who gives roles")
    with refused, transaction.atomic():
        User.objects.filter(pk=security.pk).delete()
    call_command("forget", verbosity=0)
    assert in_charge() == {security.email}

    person(SECURITY, "second@demo.example")
    assert save(browser, security, is_staff="on").status_code == 302
    assert in_charge() == {"second@demo.example"}


@pytest.mark.django_db
def test_the_page_of_their_own_data_says_why_the_last_one_stays(client):
    security = person(SECURITY)
    client.force_login(security)
    assert LAST in client.get(reverse("personal_data"), follow=True).content.decode()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("action", ["suspend", "erase"])
def test_two_who_shut_each_other_out_at_once_do_not_both_go(action):
    one, two = person(SECURITY, "one@demo.example"), person(SECURITY, "two@demo.example")
    of_one, of_two = browser_of(one), browser_of(two)
    answers = race(
        lambda: act(of_one, action, two).status_code,
        lambda: save(of_two, one, is_staff="on").status_code,
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert len(in_charge()) == 1
