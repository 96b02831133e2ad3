"""A suspension ends every access at once: key, tests, history, notifications, on every channel.

Lifting it opens nothing.
"""

import base64
import io
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import signals
from accounts.models import ApiClient, User
from core.errors import MoveRefused, NotAllowed
from jobs import receivers
from jobs.models import Configuration, Job, Notification, VehicleAccess
from jobs.reading.history import History
from telematics.models import Command, Key
from telematics.simulator.models import SimulatedUnit, SimulatorLog
from telematics.tasks import deliver_key, drop_key, run_command, sweep_commands, sweep_keys
from tests.accounts.test_admin import act, address
from tests.factories.accounts import PASSWORD, CompanyMembershipFactory, UserFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory
from tests.threads import race

API = "/api/smartcontrol/v1/"
WHAT = ["installer", "company", "fleet", "provider"]


@pytest.fixture
def machine(fleet, fleet_admin):
    """An API client with a token, as headers."""
    issued, secret = ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=["jobs:read", "jobs:write"], by=fleet_admin
    )
    basic = base64.b64encode(f"{issued.client_id}:{secret}".encode()).decode()
    return issued, {"authorization": f"Basic {basic}"}


@pytest.fixture
def testing_job(configured_job, installer):
    """A test has unlocked the car, driving is enabled, and it waits for the installer; another test is queued."""
    for key in Key.objects.all():
        key.deliver()
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK", "IGNITION"])
    configured_job.tests.order_by("id").first().run()
    return configured_job


def row_of(what, job):
    return {
        "installer": job.assignee,
        "company": job.company,
        "fleet": job.fleet,
        "provider": job.fleet.provider,
    }[what]


def car_of(job) -> dict:
    return SimulatedUnit.objects.get(pk=job.unit_id).car


def work_off() -> None:
    """As the workers would: drop what is ended, put back what is open."""
    for key in Key.objects.to_drop():
        drop_key(key.pk)
    for command in Command.objects.filter(status="QUEUED"):
        run_command(command.pk)


def call(headers, method: str, path: str) -> tuple[int, str]:
    body = {"content_type": "application/json"} if method == "post" else {}
    answer = getattr(Client(), method)(path, headers=headers, **body)
    return answer.status_code, answer.json().get("code", "")


# --- the table: who is suspended, and what each channel answers -----------------------------------
OPEN = {
    "company page": 200, "fleet page": 200, "admin": 200,
    "job": (200, ""), "renew": (200, ""), "state": (200, ""), "command": (202, ""),
    "token": 200, "token's call": (201, ""),
}  # fmt: skip
SIGNED_OUT = {
    "company page": 302, "job": (401, "authentication_failed"), "renew": (401, "authentication_failed"),
    "state": (401, "authentication_failed"), "command": (401, "authentication_failed"),
}  # fmt: skip
COMPANY = (403, "company_suspended")
FLEET = (409, "fleet_suspended")
SHUT = {
    "installer": SIGNED_OUT,
    "company": {"company page": 403, "job": COMPANY, "renew": COMPANY, "state": COMPANY, "command": COMPANY},
    "fleet": {
        "fleet page": 404, "renew": FLEET, "state": FLEET, "command": FLEET,
        "token": 401, "token's call": (401, "authentication_failed"),
    },
}  # fmt: skip
SHUT["provider"] = SHUT["fleet"]


class Channels:
    """Every channel, with what was signed in before."""

    def __init__(self, job, machine, manager_client, operator_client):
        self.job, self.manager, self.operator = job, manager_client, operator_client
        self.installer = Client()
        self.installer.post("/accounts/login/", {"login": job.assignee.email, "password": PASSWORD})
        body = {"email": job.assignee.email, "password": PASSWORD}
        signed_in = (
            Client()
            .post("/_allauth/app/v1/auth/login", body, content_type="application/json")
            .json()
        )
        self.session = {"X-Session-Token": signed_in["meta"]["session_token"]}
        self.basic = machine[1]
        self.token = self.ask_for_token().json()["access_token"]

    def ask_for_token(self):
        return Client().post(
            "/oauth/token", {"grant_type": "client_credentials"}, headers=self.basic
        )

    def api(self, method: str, path: str) -> tuple[int, str]:
        return call(
            {**self.session, "Idempotency-Key": f"key-{timezone.now().timestamp()}"},
            method,
            API + path,
        )

    def send_import(self) -> tuple[int, str]:
        file = io.BytesIO(f"custom_name\n{timezone.now().timestamp()}\n".encode())
        file.name = "jobs.csv"
        headers = {
            "authorization": f"Bearer {self.token}",
            "idempotency-key": f"key-{timezone.now().timestamp()}",
        }
        answer = Client().post("/api/oneapi/v1/job-imports", {"file": file}, headers=headers)
        return answer.status_code, answer.json().get("code", "")

    def answers(self) -> dict:
        vehicle = f"vehicles/{self.job.vehicle_id}/"
        return {
            "company page": self.installer.get("/installers/").status_code,
            "fleet page": self.manager.get(
                f"/fleetcontrol/{self.job.fleet_id}/jobs/installation/"
            ).status_code,
            "admin": self.operator.get("/admin/").status_code,
            "job": self.api("get", f"jobs/{self.job.pk}/"),
            "renew": self.api("post", f"jobs/{self.job.pk}/access/"),
            "state": self.api("get", f"{vehicle}state/"),
            "command": self.api("post", f"{vehicle}commands/draw-attention/"),
            "token": self.ask_for_token().status_code,
            "token's call": self.send_import(),
        }


@pytest.fixture
def channels(testing_job, machine, manager_client, operator_client, monkeypatch):
    monkeypatch.setattr("installers.api.views.vehicles.WAIT", 0)
    return Channels(testing_job, machine, manager_client, operator_client)


@pytest.mark.parametrize("what", WHAT)
def test_each_channel_answers_as_promised_and_nothing_stays_open(
    what, testing_job, channels, operator
):
    assert channels.answers() == OPEN
    access = testing_job.accesses.get()

    row_of(what, testing_job).suspend(by=operator)

    assert channels.answers() == OPEN | SHUT[what]
    work_off()
    access.refresh_from_db()
    assert (access.end_reason, access.ended_by) == ("SUSPENDED", operator)
    assert access.key.ended_at is not None
    assert access.key.dropped_at is not None
    assert access.key_id not in SimulatedUnit.objects.get(pk=testing_job.unit_id).keys
    assert set(testing_job.tests.values_list("status", flat=True)) == {"CANCELLED"}
    assert (car_of(testing_job)["locked"], car_of(testing_job)["blocked"]) == (True, True)
    testing_job.refresh_from_db()
    assert testing_job.status == "RUNNING"
    event = testing_job.events.order_by("seq").last()
    assert (event.verb, event.actor, event.data["who"]) == ("suspend_access", operator, what)
    said = [
        str(entry.sentence)
        for entry in History(testing_job).entries(accesses=testing_job.accesses.all())
    ]
    assert any("was suspended" in sentence for sentence in said)
    assert any(
        "ended: The installer, company, fleet or provider was suspended" in sentence
        for sentence in said
    )


@pytest.mark.parametrize("what", ["fleet", "provider"])
def test_nobody_writes_jobs_while_their_fleet_or_its_provider_is_suspended(
    what, pending_job, manager
):
    row = pending_job.fleet if what == "fleet" else pending_job.fleet.provider
    row.suspend()

    with pytest.raises(NotAllowed):
        pending_job.edit(by=manager, location="Bay 7")


def test_nobody_who_was_suspended_meanwhile_moves_their_job(linked_job, installer):
    """The request was signed in before, so its person still looks active."""
    User.objects.filter(pk=installer.pk).update(suspended_at=timezone.now())

    with pytest.raises(NotAllowed):
        linked_job.fill_in(by=installer, brand="Audi")

    linked_job.refresh_from_db()
    assert linked_job.brand == ""


@pytest.mark.parametrize("what", WHAT)
def test_lifting_a_suspension_opens_nothing(what, testing_job, channels):
    row = row_of(what, testing_job)
    row.suspend()
    work_off()

    row.reinstate()

    work_off()
    assert not Key.objects.live().exists()
    assert not VehicleAccess.objects.live().exists()
    answers = channels.answers()
    if what == "installer":
        assert (answers["company page"], answers["job"][0]) == (302, 401), "no session comes back"
        return
    if what in ("fleet", "provider"):
        assert answers["token's call"] == (401, "authentication_failed"), "no token comes back"
    testing_job.refresh_from_db()
    assert testing_job.access.current() is not None, "the installer renewed it, as the channels do"
    assert testing_job.accesses.count() == 2


def test_a_suspended_operator_is_signed_out_of_the_admin(operator, operator_client):
    assert operator_client.get("/admin/").status_code == 200
    UserFactory(is_staff=True, is_superuser=True)  # the last one cannot be suspended
    operator.suspend()
    assert operator_client.get("/admin/").status_code == 302
    body = {"email": operator.email, "password": PASSWORD}
    refused = Client().post("/_allauth/app/v1/auth/login", body, content_type="application/json")
    assert refused.status_code == 401
    assert not refused.json()["meta"]["is_authenticated"]


def test_a_suspended_api_client_is_out_and_gets_no_token(machine, operator):
    issued, basic = machine
    ask = lambda: Client().post("/oauth/token", {"grant_type": "client_credentials"}, headers=basic)  # noqa: E731
    bearer = {"authorization": f"Bearer {ask().json()['access_token']}"}
    path = "/api/oneapi/v1/job-imports"

    issued.suspend(by=operator)

    assert call(bearer, "post", path) == (401, "authentication_failed")
    assert ask().status_code == 401
    issued.reinstate()
    assert call(bearer, "post", path) == (401, "authentication_failed")
    assert ask().status_code == 200


# --- through the admin ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", WHAT)
def test_a_suspension_in_the_admin_ends_the_access(what, testing_job, operator_client, operator):
    act(operator_client, "suspend", row_of(what, testing_job))
    access = testing_job.accesses.get()
    assert (access.end_reason, access.ended_by) == ("SUSPENDED", operator)


@pytest.mark.parametrize("what", WHAT)
def test_no_form_suspends_past_the_method(what, testing_job, operator_client):
    row = row_of(what, testing_job)
    page = operator_client.get(address(type(row), "change", row.pk))
    fields = page.context["adminform"].form.fields
    assert not {"suspended_at", "is_active"} & set(fields)
    assert not type(row)._meta.get_field("suspended_at").editable


def test_the_jobs_listen_to_a_suspension():
    heard = [receiver for _key, receiver, *_more in signals.suspended.receivers]
    assert any(receiver() is receivers.end_access_of_suspended for receiver in heard)


# --- the key, the tests, the car --------------------------------------------------------------------------------------
@pytest.mark.parametrize("what", WHAT)
def test_a_key_that_ended_before_it_was_delivered_is_never_added(what, linked_job):
    key = linked_job.accesses.get().key
    assert key.added_at is None

    row_of(what, linked_job).suspend()
    deliver_key(key.pk)
    Key.objects.filter(pk=key.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    sweep_keys()
    drop_key(key.pk)

    assert list(SimulatorLog.objects.filter(key_id=key.pk).values_list("action", flat=True)) == [
        "drop-key"
    ]


@pytest.mark.parametrize("what", ["company", "fleet", "provider"])
def test_a_configuration_waits_while_the_work_is_suspended(what, linked_job):
    pending = linked_job.proof.latest_configuration
    row_of(what, linked_job).suspend()

    pending.push()
    Configuration.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert not Configuration.objects.due().exists()
    pending.refresh_from_db()
    assert pending.status == "PENDING"
    assert not SimulatorLog.objects.filter(action="configure").exists()

    row_of(what, linked_job).reinstate()
    assert list(Configuration.objects.due()) == [pending]
    pending.push()
    assert pending.status == "APPLIED"


def test_nothing_is_put_back_while_the_ignition_is_on(testing_job):
    unit = SimulatedUnit.objects.get(pk=testing_job.unit_id)
    SimulatedUnit.objects.filter(pk=unit.pk).update(car=unit.car | {"ignition": True})

    testing_job.fleet.suspend()
    work_off()

    put_back = Command.objects.get(key__kind="SYSTEM")
    assert (put_back.status, put_back.error) == ("QUEUED", "ignition_on")
    assert not car_of(testing_job)["blocked"]

    SimulatedUnit.objects.filter(pk=unit.pk).update(car=car_of(testing_job) | {"ignition": False})
    Command.objects.filter(pk=put_back.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    sweep_commands()
    work_off()
    put_back.refresh_from_db()
    assert put_back.status == "DONE"
    assert (car_of(testing_job)["locked"], car_of(testing_job)["blocked"]) == (True, True)


def test_a_put_back_waits_for_a_command_that_the_unit_may_still_begin(testing_job):
    access = testing_job.access.current()
    unlock = access.command("unlock-central-lock", announced=False)
    unlock._hand_over()

    testing_job.fleet.suspend()
    work_off()

    put_back = Command.objects.get(key__kind="SYSTEM")
    assert (put_back.status, put_back.error) == ("QUEUED", "busy")
    assert testing_job.events.order_by("seq").last().data["handed_over"] == ["unlock-central-lock"]
    unlock.settle("FAILED", error="timeout")
    put_back.run()
    assert Command.objects.get(pk=put_back.pk).status == "DONE"


def test_a_car_that_no_test_moved_is_left_as_it_is(configured_job, installer):
    configured_job.request_tests(by=installer, kinds=["IGNITION"])
    configured_job.fleet.suspend()
    assert configured_job.tests.get().status == "CANCELLED"
    assert not Command.objects.filter(key__kind="SYSTEM").exists()


# --- who is told ------------------------------------------------------------------------------------------------------
TOLD = {
    "installer": [
        ("admin", "installer_suspended"),
        ("admin", "installer_suspended"),
        ("manager", "installer_suspended"),
    ],
    "company": [("admin", "company_suspended"), ("manager", "company_suspended")],
    "fleet": [("installer1", "client_suspended")],
    "provider": [("installer1", "client_suspended")],
}


@pytest.mark.parametrize("what", WHAT)
def test_the_other_side_is_told(what, linked_job, company_admin, fleet_admin):
    Notification.objects.all().delete()
    row_of(what, linked_job).suspend()
    told = [
        (notification.user.email.split("@")[0], notification.verb)
        for notification in Notification.objects.select_related("user")
    ]
    assert sorted(told) == TOLD[what]
    assert all(notification.sentence for notification in Notification.objects.all())


def test_many_accesses_end_in_as_many_statements_as_few(
    linked_job, manager, fleet, company, vehicle_model
):
    def another(person):
        job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model)
        job.assign(company, by=manager)
        job.take(by=person)
        job.link_unit(UnitFactory(fleet=fleet).pk, by=person)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            Job.suspend_access(by=None, who="fleet", fleet=fleet)
        return len(captured)

    few = cost()
    for _ in range(6):
        another(linked_job.assignee)
    assert cost() == few
    assert not Key.objects.live().exists()


def test_jobs_of_others_keep_their_access(linked_job, second_fleet, colleague):
    second_fleet.suspend()
    colleague.suspend()
    assert linked_job.access.current() is not None


# --- at the same moment -----------------------------------------------------------------------------------------------
def job_with_vehicle(fleet, manager, company, vehicle):
    job = JobFactory(
        by=manager, fleet=fleet, kind="MAINTENANCE", task="INSPECTION", vehicle=vehicle
    )
    job.assign(company, by=manager)
    return job


@pytest.fixture
def maintenance_jobs(configured_job, manager, installer, company, fleet):
    """ASSIGNED jobs of one vehicle: taking one opens an access at once."""
    configured_job.withdraw(by=installer)
    return [job_with_vehicle(fleet, manager, company, configured_job.vehicle) for _ in range(4)]


def no_access_is_open() -> bool:
    return not Key.objects.of_persons().filter(ended_at=None).exists()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", WHAT)
def test_a_suspension_races_with_a_take_and_no_key_stays_open(
    what, maintenance_jobs, installer, company, fleet
):
    row = {"installer": installer, "company": company, "fleet": fleet, "provider": fleet.provider}[
        what
    ]
    for job in maintenance_jobs:
        taken, suspended = race(
            lambda job=job: Job.objects.get(pk=job.pk).take(by=installer),
            lambda: type(row).objects.get(pk=row.pk).suspend(),
        )
        assert suspended is None, suspended
        assert taken is None or isinstance(taken, MoveRefused | NotAllowed), taken
        assert no_access_is_open()
        type(row).objects.get(pk=row.pk).reinstate()
        if Job.objects.get(pk=job.pk).status == "RUNNING":
            Job.objects.get(pk=job.pk).withdraw(by=installer)


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", WHAT)
def test_a_take_that_began_before_the_suspension_committed_is_refused_after_it(
    what, maintenance_jobs, installer, company, fleet
):
    """The take waits for the membership, and by then has read rows from before the suspension."""
    row = {"installer": installer, "company": company, "fleet": fleet, "provider": fleet.provider}[
        what
    ]
    suspended, waits = Event(), Event()

    def suspend():
        with transaction.atomic():
            row.suspend()
            suspended.set()
            waits.wait(1)

    def take():
        suspended.wait(5)
        Job.objects.get(pk=maintenance_jobs[0].pk).take(by=installer)

    _done, refused = race(suspend, take)

    assert isinstance(refused, MoveRefused | NotAllowed), refused
    assert no_access_is_open()


OPENING = {
    "renew": lambda job, by, unit: job.renew_access(by=by),
    "link_unit": lambda job, by, unit: job.link_unit(unit.pk, by=by),
}


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("move", OPENING)
def test_a_suspension_races_with_a_move_that_opens_an_access(
    move, what, running_job, unit, installer
):
    if move == "renew":
        running_job.link_unit(unit.pk, by=installer)
    row = row_of(what, running_job)
    moved, suspended = race(
        lambda: OPENING[move](Job.objects.get(pk=running_job.pk), installer, unit),
        lambda: type(row).objects.get(pk=row.pk).suspend(),
    )
    assert suspended is None, suspended
    assert moved is None or isinstance(moved, MoveRefused | NotAllowed), moved
    assert no_access_is_open()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_suspensions_of_everything_at_once_do_not_wait_for_each_other_for_ever(
    linked_job, installer, company, fleet
):
    rows = [installer, company, fleet, fleet.provider]
    results = race(*[lambda row=row: type(row).objects.get(pk=row.pk).suspend() for row in rows])
    assert results == [None] * 4
    assert no_access_is_open()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_a_suspension_races_with_a_removal(linked_job, installer, company, company_admin, fleet):
    CompanyMembershipFactory(company=company)
    membership = installer.company_memberships.get()
    results = race(
        lambda: company.remove_member(membership, by=company_admin),
        lambda: type(installer).objects.get(pk=installer.pk).suspend(),
        lambda: type(fleet).objects.get(pk=fleet.pk).suspend(),
    )
    assert results == [None] * 3
    assert no_access_is_open()


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["client", "fleet", "provider"])
def test_a_suspension_races_with_a_token_and_none_opens_anything_afterwards(what, machine, fleet):
    issued, basic = machine
    row = {"client": issued, "fleet": fleet, "provider": fleet.provider}[what]
    race(
        lambda: Client().post("/oauth/token", {"grant_type": "client_credentials"}, headers=basic),
        lambda: type(row).objects.get(pk=row.pk).suspend(),
        lambda: Client().post("/oauth/token", {"grant_type": "client_credentials"}, headers=basic),
    )
    assert not issued.client.token_set.exists()
