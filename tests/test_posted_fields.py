"""A form with a field that its page does not have, or without the version that it has, is 400 and changes nothing."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Agreement, Partnership, User
from core.models import Mail
from jobs.notifications.preference import unsubscribe_path
from tests.factories.accounts import PASSWORD, AgreementFactory
from tests.factories.jobs import JobFactory
from tests.routes import ROLES, ROUTES, place

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# Not forms: they lead on to the page's new URL. The token endpoint ignores what it does not know (RFC 6749, 3.2).
# The first and the last step of a registration only lead on.
NO_FORMS = {
    *("notices-moved", "operator-acts-moved", "simulator:admin-moved", "oauth_token"),
    *("installers:register_password", "installers:register_clients"),
}
# Their rows are not in the scene of the table of routes: each has a place of its own below.
REGISTRATION = ("company", "person", "agreement")
OUTSIDE = {
    "invitation",
    "invitation_decline",
    "notifications_off",
    "session_end",
    "simulator:unit",
    "fleetcontrol:user-invitation-resend",
    "fleetcontrol:user-invitation-withdraw",
    "installers:invitation_resend",
    "installers:invitation_withdraw",
    "installers:company_email",
    *(f"installers:register_{step}" for step in REGISTRATION),
}
ANSWERS = ("200", "302", "400", "409")


def forms_of_the_table() -> dict[str, tuple[str, str]]:
    """Name of the URL → what it takes, and a role that may send its form."""
    found = {}
    for name, (takes, _get, *post) in ROUTES:
        is_page = "-api:" not in name and "oneapi" not in name
        if not is_page or not post or post[0] is None or name in NO_FORMS | OUTSIDE:
            continue
        roles = [role for role, answer in zip(ROLES, post[0], strict=True) if answer in ANSWERS]
        if roles:
            found[name] = (takes, roles[0])
    return found


@pytest.fixture
def scene(linked_job, partnership, company_admin, colleague, installer, viewer):
    return place(linked_job, partnership, company_admin, installer)


def refused(browser: Client, url: str, data: dict, field: str) -> list[str]:
    """What is wrong with the answer: the status, that it does not name the field, what it has written."""
    with CaptureQueriesContext(connection) as captured:
        answer = browser.post(url, data)
    wrong = [] if answer.status_code == 400 else [str(answer.status_code)]
    if field not in answer.content.decode():
        wrong.append("does not name the field")
    return wrong + [one["sql"] for one in captured if writes(one["sql"])]


def writes(sql: str) -> bool:
    return sql.startswith(("INSERT", "UPDATE", "DELETE")) and "session" not in sql


@pytest.mark.slow
def test_every_form_refuses_a_field_that_its_page_does_not_have(request, scene):
    wrong = {}
    for name, (takes, role) in forms_of_the_table().items():
        browser = Client()
        if role != "anonymous":
            browser.force_login(request.getfixturevalue(role))
        url = reverse(name, kwargs=scene(name, takes))
        if faults := refused(browser, url, {"nonsense": "1"}, "nonsense"):
            wrong[name] = faults
    assert wrong == {}


def test_no_form_is_left_out():
    """Each route that takes a POST is in the table's scene, below, or no form; none is in two of them."""
    tried = set(forms_of_the_table())
    for name, (_takes, _get, *post) in ROUTES:
        if "-api:" in name or "oneapi" in name or not post or post[0] is None:
            continue
        takes_post = not set(post[0]) <= {"405", "in", "403", "404"} or name in OUTSIDE
        assert takes_post == (name in tried | OUTSIDE | NO_FORMS), name
    assert not tried & OUTSIDE


# --- the forms whose rows are not in that scene -----------------------------------------------------------------------
def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def path_to(email: str) -> str:
    """The link in the newest mail to an address."""
    return Mail.objects.filter(to=email).first().context["path"]


class Outside:
    """Each method, named by a URL, returns a browser that may send its form, and the form's path."""

    def __init__(self, fixture):
        self.fixture = fixture

    def invitation(self):
        self.invite_to_fleet()
        return Client(), path_to("max@example.com")

    def invitation_decline(self):
        browser, path = self.invitation()
        return browser, f"{path}decline/"

    def notifications_off(self):
        return Client(), unsubscribe_path(self.fixture("manager"), "FAILED")

    def session_end(self):
        user = self.fixture("manager")
        browser = signed_in(user)
        other = UserSession.objects.create(user=user, ip="127.0.0.1", session_key="x" * 32)
        return browser, reverse("session_end", args=[other.pk])

    def simulator_unit(self):
        self.fixture("settings").DEMO = True
        job = self.fixture("linked_job")
        User.objects.filter(pk=job.assignee_id).update(is_demo=True)
        return signed_in(job.assignee), reverse("simulator:unit", args=[job.unit_id])

    def invite_to_fleet(self):
        self.fixture("fleet").invite(
            email="max@example.com", role="VIEWER", by=self.fixture("fleet_admin")
        )

    def fleetcontrol_user_invitation_resend(self, action="resend"):
        self.invite_to_fleet()
        fleet = self.fixture("fleet")
        args = [fleet.pk, fleet.standing_invitations.get().pk]
        url = reverse(f"fleetcontrol:user-invitation-{action}", args=args)
        return signed_in(self.fixture("fleet_admin")), url

    def fleetcontrol_user_invitation_withdraw(self):
        return self.fleetcontrol_user_invitation_resend("withdraw")

    def installers_invitation_resend(self, action="resend"):
        admin = self.fixture("company_admin")
        company = self.fixture("company")
        company.invite(email="nora@example.com", role="INSTALLER", by=admin)
        args = [company.standing_invitations.get().pk]
        return signed_in(admin), reverse(f"installers:invitation_{action}", args=args)

    def installers_invitation_withdraw(self):
        return self.installers_invitation_resend("withdraw")

    def installers_company_email(self):
        company = self.fixture("company")
        company.edit(name=company.name, email="new@q.example", by=self.fixture("company_admin"))
        return Client(), path_to("new@q.example")

    def installers_register_company(self):
        if not Agreement.objects.exists():
            AgreementFactory(version=1)
        Partnership.invite(
            fleet=self.fixture("fleet"), email="boss@new.example", by=self.fixture("manager")
        )
        browser = Client()
        browser.post(path_to("boss@new.example"), {"password": PASSWORD})
        return browser, reverse("installers:register_company")

    def installers_register_person(self):
        browser, path = self.installers_register_company()
        browser.post(path, {"name": "NewCo", "email": "boss@new.example"})
        return browser, reverse("installers:register_person")

    def installers_register_agreement(self):
        browser, path = self.installers_register_person()
        browser.post(path, {"first_name": "Berta", "last_name": "Boss"})
        return browser, reverse("installers:register_agreement")


@pytest.mark.parametrize("name", sorted(OUTSIDE))
def test_a_form_outside_that_scene_refuses_it_too(request, name):
    outside = Outside(request.getfixturevalue)
    browser, url = getattr(outside, re.sub(r"\W", "_", name))()

    assert refused(browser, url, {"nonsense": "1"}, "nonsense") == []


# --- the version that a form has seen ---------------------------------------------------------------------------------
def version_fields(scene, pending_job) -> dict[str, tuple[str, str, dict]]:
    """Name of the URL → its path, the field with the version, and the other fields of a change."""
    url = {
        name: reverse(f"fleetcontrol:{name}", kwargs=scene(f"fleetcontrol:{name}", takes))
        for name, takes in (
            ("template-edit", "fleet_id pk"),
            ("preset-edit", "fleet_id pk"),
            ("place-edit", "fleet_id pk"),
            ("roll_out-edit", "fleet_id pk"),
            ("job-import-confirm", "fleet_id import_id"),
        )
    }
    job = reverse("fleetcontrol:job-edit", args=[pending_job.fleet_id, pending_job.pk])
    bulk = reverse("fleetcontrol:job-bulk", args=[pending_job.fleet_id, "installation", "delete"])
    return {
        "job-edit": (job, "expected_version", {"location": "Gate 3"}),
        "template-edit": (url["template-edit"], "seen", {"name": "Other"}),
        "preset-edit": (url["preset-edit"], "seen", {"name": "Other"}),
        "roll_out-edit": (url["roll_out-edit"], "seen", {"name": "Other"}),
        "place-edit": (url["place-edit"], "seen", {"name": "Other"}),
        "job-import-confirm": (url["job-import-confirm"], "version", {"valid_rows_only": "1"}),
        "job-bulk": (bulk, "until", {"all": "1", "step": "confirmed"}),
    }


@pytest.mark.parametrize(
    "name",
    [
        *("job-edit", "template-edit", "preset-edit", "place-edit", "roll_out-edit"),
        *("job-import-confirm", "job-bulk"),
    ],
)
def test_a_form_without_the_version_that_it_has_overwrites_nothing(
    scene, fleet, manager, manager_client, vehicle_model, name
):
    pending = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model)
    url, field, change = version_fields(scene, pending)[name]

    assert refused(manager_client, url, change, field) == []
