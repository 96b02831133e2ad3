"""The demo world: what `manage.py demo` promises to whoever tries the product."""

import base64
from collections import Counter
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db.models import F
from django.test import Client
from django.utils import timezone

from accounts.models import (
    ApiClient,
    Company,
    EventConsumer,
    Fleet,
    MobilityProvider,
    Partnership,
    User,
)
from core.models import DemoMark, Mail
from core.outbox.topics import TOPICS
from jobs.models import (
    ConfigurationPreset,
    InstallationTest,
    Job,
    JobEvent,
    JobTemplate,
    VehicleAccess,
)
from telematics.models import (
    Command,
    Key,
    Unit,
    Vehicle,
    VehicleEvent,
    VehicleModel,
    VehicleState,
)
from telematics.simulator.models import SimulatedUnit
from tests.cast.work import run_tests

LOGINS = [
    "admin@appdrive.example",
    "manager@appdrive.example",
    "viewer@appdrive.example",
    "admin@quickinstall.example",
    "installer1@quickinstall.example",
    "installer2@quickinstall.example",
    "manager@otherfleet.example",
    "installer@otherco.example",
    "operator@demo.example",
]
Status, Kind = Job.Status, Job.Kind
# Building it takes long where others use the machine as well.
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]


def everything() -> dict[str, list]:
    models = (
        User,
        Fleet,
        Company,
        Partnership,
        Unit,
        Vehicle,
        Job,
        JobEvent,
        InstallationTest,
        Key,
        Command,
        Mail,
    )
    return {model.__name__: sorted(map(str, model.objects.values_list())) for model in models}


def test_running_it_again_changes_nothing(demo):
    before = everything()
    call_command("demo")
    assert everything() == before


@pytest.mark.parametrize("login", LOGINS)
def test_each_login_signs_in_with_the_one_password(demo, login, settings):
    browser = Client()
    page = browser.post("/accounts/login/", {"login": login, "password": settings.DEMO_PASSWORD})
    assert page.status_code == 302
    assert browser.session["_auth_user_id"] == str(User.objects.get(email=login).pk)


def test_it_is_marked_and_its_logins_and_its_client_are_flagged(demo):
    assert DemoMark.objects.exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert not ApiClient.objects.filter(is_demo=False).exists()


def test_every_address_is_verified(demo):
    assert set(
        EmailAddress.objects.filter(verified=True, primary=True).values_list("email", flat=True)
    ) == set(User.objects.values_list("email", flat=True))


def test_one_person_has_both_sites(demo):
    both = [user for user in User.objects.all() if user.company and user.fleet_memberships.exists()]
    assert len(both) == 1


def test_only_the_operator_may_enter_the_admin_site(demo):
    assert list(User.objects.filter(is_staff=True).values_list("email", flat=True)) == [
        "operator@demo.example"
    ]


def test_who_works_with_whom(demo):
    appdrive = MobilityProvider.objects.get(name="AppDrive").fleets.order_by("created_at")
    assert appdrive.count() == 2
    assert MobilityProvider.objects.filter(name="OtherFleet").exists()
    quickinstall = Company.objects.get(name="QuickInstall")
    assert list(
        Partnership.objects.accepted().filter(company=quickinstall).values_list("fleet", flat=True)
    ) == [appdrive[0].pk]
    assert not Company.objects.get(name="OtherCo").partnerships.exists()
    assert all(company.may_take() for company in Company.objects.all())


def test_stock_and_vehicles(demo):
    assert VehicleModel.objects.count() == 40
    assert Unit.objects.in_stock().count() == 60
    assert Vehicle.objects.live().filter(unit__isnull=False).count() == 20
    assert VehicleState.objects.filter(vehicle__unit__isnull=False).count() == 20
    assert JobTemplate.objects.count() == ConfigurationPreset.objects.count() == 2


def test_the_filters_of_vehicles_show_something(demo):
    live = Vehicle.objects.live().filter(fleet=Fleet.objects.get(name="Berlin"))
    tags = Counter(tag for found in live.values_list("tags", flat=True) for tag in found)
    assert set(tags) == {"Winter tyres", "Pool", "Lease ends"}
    assert all(0 < number < live.count() for number in tags.values())
    depots = Counter(fields.get("Depot") for fields in live.values_list("custom_fields", flat=True))
    assert len(depots) > 2
    assert not VehicleEvent.objects.filter(at__gt=timezone.now() - timedelta(hours=12)).exists()


def test_no_vehicle_was_changed_before_it_came_into_the_fleet(demo):
    assert not Vehicle.objects.filter(updated_at__lt=F("created_at")).exists()
    assert not VehicleEvent.objects.filter(at__lt=F("vehicle__created_at")).exists()


def test_120_jobs_of_both_kinds_in_all_statuses(demo):
    assert Job.objects.count() == 120
    assert set(Job.objects.values_list("kind", "status").distinct()) == {
        (kind, status) for kind in Kind.values for status in Status.shown()
    }


def test_the_lowest_unit_in_stock_is_sound_and_planned_for_no_job(demo):
    for fleet in Fleet.objects.all():
        lowest = Unit.objects.in_stock().filter(fleet=fleet).order_by("qnr").first()
        assert SimulatedUnit.objects.get(pk=lowest.pk).fault == ""
        assert not Job.objects.using_unit(lowest).exists()


def test_some_units_in_stock_have_faults_that_mend_and_some_that_stay(demo):
    faulty = SimulatedUnit.objects.filter(unit__in=Unit.objects.in_stock()).exclude(fault="")
    assert set(faulty.values_list("persistence", flat=True)) == {"MENDABLE", "PERSISTENT"}


@pytest.mark.parametrize(
    "order", ["-id", "id", F("planned_service_date").asc(nulls_last=True)], ids=str
)
def test_the_first_available_installation_job_is_open_where_a_guide_needs_it(demo, order):
    installer = User.objects.get(email="installer1@quickinstall.example")
    available = Job.objects.for_installer(installer).filter(
        status=Status.ASSIGNED, kind=Kind.INSTALLATION
    )
    first = available.order_by(order).first()
    assert (first.vehicle, first.planned_unit, first.reserved_for) == (None, None, None)
    assert first.vehicle_model
    assert first.custom_name


def test_the_history_has_no_gap_and_runs_forward(demo):
    for job in Job.objects.prefetch_related("events"):
        events = list(job.events.all())
        assert [event.seq for event in events] == list(range(1, job.version + 1))
        times = [event.at for event in events]
        assert times == sorted(times)
        assert (times[0], times[-1]) == (job.created_at, job.updated_at)
        assert times[-1] < timezone.now()


def test_finished_jobs_are_proven_and_their_access_is_over(demo):
    for job in Job.objects.filter(status=Status.SUCCEEDED, kind=Kind.INSTALLATION):
        assert job.tests.counting().passed_kinds() >= set(job.proof.required_tests())
        assert all(test.evidence for test in job.tests.all())
        assert job.taken_at < job.finished_at
    ended = VehicleAccess.objects.filter(
        job__status__in=[Status.SUCCEEDED, Status.FAILED]
    ).select_related("key", "job")
    assert ended
    for access in ended:
        assert access.key.opened_at < access.key.ended_at <= access.job.finished_at < timezone.now()
        assert access.key.dropped_at
        assert access.end_reason


def test_open_keys_are_at_their_units(demo):
    live = list(Key.objects.live())
    assert live
    for key in live:
        unit = SimulatedUnit.objects.get(pk=key.unit_id)
        assert unit.knows_key(key.pk, timezone.now())


def test_a_running_job_can_be_finished(demo):
    """The unit must do as it is told: it knows the key of the installer, and its setup."""
    running = Job.objects.filter(status=Status.RUNNING, unit__isnull=False)
    job = running.filter(accesses__in=VehicleAccess.objects.live()).first()
    job.request_tests(by=job.assignee)
    run_tests(job)
    assert job.proof.missing() == []
    job.succeed(by=job.assignee)
    assert job.status == Status.SUCCEEDED


def test_tests_failed_and_were_repeated_and_failed_jobs_say_why(demo):
    assert InstallationTest.objects.filter(status="FAILED").exclude(hint="").exists()
    assert InstallationTest.objects.filter(status="PASSED", attempt=2).exists()
    assert (
        len(set(Job.objects.filter(status=Status.FAILED).values_list("failure_reason", flat=True)))
        > 3
    )
    assert not InstallationTest.objects.open().exists()


def test_the_days_of_the_history_are_many(demo):
    days = Counter(event.at.date() for event in JobEvent.objects.all())
    assert len(days) > 40
    assert max(days.values()) < JobEvent.objects.count() / 4


def test_no_mail_of_the_past_leaves_today(demo):
    assert not Mail.objects.due().exists()


def test_a_machine_of_the_first_fleet_gets_its_token(demo, settings, client):
    assert ApiClient.objects.get(client="appdrive-demo").fleet.name == "Berlin"
    assert EventConsumer.objects.get().topics == list(TOPICS)
    credentials = base64.b64encode(f"appdrive-demo:{settings.DEMO_PASSWORD}".encode()).decode()
    given = {"grant_type": "client_credentials"}
    answer = client.post("/oauth/token", given, headers={"Authorization": f"Basic {credentials}"})
    assert answer.status_code == 200
    assert "vehicles:read" in answer.json()["scope"]
