"""The operators' pages of the work: everything is found and followed, nothing is changed but by
three moves with a reason.
"""

import importlib
import re
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jobs.admin import moves
from jobs.models import HandbackRequest, Job, JobEvent, VehicleAccess
from tests.factories.jobs import JobFactory

WRITTEN_BY_THE_PRODUCT = [
    "job",
    "jobevent",
    "installationtest",
    "vehicleaccess",
    "configuration",
    "handbackrequest",
    "notification",
    "jobimport",
]
SAVED_BY_FLEETS = ["jobtemplate", "configurationpreset"]
# Session, user, count, rows and what the frame of a page asks; the same however many rows there are.
STATEMENTS_OF_A_LIST, STATEMENTS_OF_A_PAGE = 8, 20
Status = Job.Status


def url(name: str, page: str, *args) -> str:
    return reverse(f"admin:jobs_{name}_{page}", args=args)


@pytest.fixture
def one_of_each(configured_job, installer, manager, fleet):
    """A row of every model."""
    from jobs.models import ConfigurationPreset, JobImport, JobTemplate, Notification

    JobTemplate.objects.create(
        fleet=fleet, name="Sharing", vehicle_model=configured_job.vehicle_model
    )
    ConfigurationPreset.objects.create(fleet=fleet, name="All", tracking=True)
    HandbackRequest.objects.create(job=configured_job, reason="Please.", requested_by=manager)
    Notification.objects.create(user=manager, verb="succeed", job=configured_job)
    JobImport.objects.preview(manager, fleet=fleet, name="jobs.csv", content=b"custom_name\nOne\n")
    configured_job.request_tests(by=installer)
    return configured_job


@pytest.mark.parametrize("name", WRITTEN_BY_THE_PRODUCT + SAVED_BY_FLEETS)
def test_every_list_opens_in_few_statements(
    operator_client, one_of_each, name, django_assert_max_num_queries
):
    with django_assert_max_num_queries(STATEMENTS_OF_A_LIST):
        page = operator_client.get(url(name, "changelist"))
    assert page.status_code == 200
    assert page.context["cl"].result_count >= 1


def test_a_longer_list_takes_no_more_statements(operator_client, pending_job, manager):
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            operator_client.get(url("job", "changelist"))
        return len(asked)

    few = statements()
    for _copy in range(10):
        JobFactory(by=manager, fleet=pending_job.fleet)
    assert statements() == few


@pytest.mark.parametrize("name", WRITTEN_BY_THE_PRODUCT + SAVED_BY_FLEETS)
def test_every_row_has_a_page_in_bounded_statements(
    operator_client, one_of_each, name, django_assert_max_num_queries
):
    row = apps.get_model("jobs", name).objects.first()
    with django_assert_max_num_queries(STATEMENTS_OF_A_PAGE):
        page = operator_client.get(url(name, "change", row.pk))
    assert page.status_code == 200


@pytest.mark.parametrize("name", WRITTEN_BY_THE_PRODUCT)
def test_what_the_product_writes_is_shown_and_not_changed(operator_client, one_of_each, name):
    row = apps.get_model("jobs", name).objects.first()
    assert operator_client.post(url(name, "change", row.pk), {}).status_code == 403
    assert operator_client.get(url(name, "add")).status_code == 403
    assert operator_client.post(url(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert operator_client.post(
        url(name, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk]}
    ).status_code in (200, 302)
    assert apps.get_model("jobs", name).objects.filter(pk=row.pk).exists()


def found(client, name: str, term: str) -> set[str]:
    page = client.get(url(name, "changelist"), {"q": term})
    assert page.status_code == 200
    return {str(row.pk) for row in page.context["cl"].result_list}


def test_a_job_is_found_by_what_somebody_reads_to_the_operator(
    operator_client, one_of_each, manager, fleet, unit
):
    other = Job.objects.create_by(
        manager, fleet=fleet, license_plate="M ZZ 99", vin="WVWZZZ1KZAW000123"
    )
    mine, theirs = one_of_each.pk, other.pk
    assert found(operator_client, "job", mine) == {mine}
    assert found(operator_client, "job", mine.lower()) == {mine}
    assert found(operator_client, "job", unit.pk) == {mine}
    assert found(operator_client, "job", one_of_each.vehicle_id) == {mine}
    assert found(operator_client, "job", "m-zz 99") == {theirs}
    assert found(operator_client, "job", "000123") == {theirs}
    assert found(operator_client, "job", "nothing like it") == set()
    assert found(operator_client, "job", "  ") == {mine, theirs}


@pytest.mark.parametrize(
    "name",
    [
        "jobevent",
        "installationtest",
        "vehicleaccess",
        "configuration",
        "handbackrequest",
        "notification",
    ],
)
def test_records_are_found_by_their_job(operator_client, one_of_each, name, manager, fleet):
    Job.objects.create_by(manager, fleet=fleet)
    model = apps.get_model("jobs", name)
    assert found(operator_client, name, one_of_each.pk) == {
        str(pk) for pk in model.objects.filter(job=one_of_each).values_list("pk", flat=True)
    }
    assert found(operator_client, name, "%' OR 1=1") == set()


def test_accesses_are_found_by_who_had_them(operator_client, one_of_each, installer, colleague):
    assert found(operator_client, "vehicleaccess", installer.email.upper()) == {
        one_of_each.accesses.get().pk
    }
    assert found(operator_client, "vehicleaccess", colleague.email) == set()


def test_pages_lead_from_row_to_row(operator_client, one_of_each):
    page = operator_client.get(url("job", "change", one_of_each.pk)).content.decode()
    access = one_of_each.accesses.get()
    for target in (
        url("jobevent", "change", one_of_each.events.first().pk),
        url("installationtest", "change", one_of_each.tests.first().pk),
        url("vehicleaccess", "change", access.pk),
        reverse("admin:telematics_vehicle_change", args=[one_of_each.vehicle_id]),
        reverse("admin:telematics_unit_change", args=[one_of_each.unit_id]),
        reverse("admin:telematics_key_change", args=[access.key_id]),
    ):
        assert f'href="{target}' in page, target
    back = operator_client.get(url("vehicleaccess", "changelist")).content.decode()
    assert f'href="{url("job", "change", one_of_each.pk)}' in back


def move(client, verb: str, *jobs: Job, reason: str | None = "As the fleet asked by phone."):
    data = {"action": verb, "_selected_action": [job.pk for job in jobs]}
    return client.post(
        url("job", "changelist"),
        data | ({"reason": reason} if reason is not None else {}),
        follow=True,
    )


def test_an_operator_is_asked_for_a_reason_first(operator_client, linked_job):
    page = move(operator_client, "withdraw", linked_job, reason=None)
    assert 'name="reason"' in page.content.decode()
    move(operator_client, "withdraw", linked_job, reason="   ")
    linked_job.refresh_from_db()
    assert linked_job.status == Status.RUNNING


def test_withdraw_calls_the_move_and_is_recorded(operator_client, operator, linked_job):
    move(operator_client, "withdraw", linked_job)
    linked_job.refresh_from_db()
    assert (linked_job.status, linked_job.assignee) == (Status.ASSIGNED, None)
    event = linked_job.events.last()
    assert (event.verb, event.actor, event.reason, event.channel) == (
        "withdraw",
        operator,
        "As the fleet asked by phone.",
        "admin",
    )
    assert VehicleAccess.objects.get(job=linked_job).end_reason == "WITHDRAWN"


def test_hand_back_and_stop_access_likewise(operator_client, linked_job, assigned_job, operator):
    move(operator_client, "stop_access", linked_job)
    linked_job.refresh_from_db()
    assert linked_job.access_stopped_at
    assert linked_job.access.current() is None
    move(operator_client, "withdraw", linked_job)
    move(operator_client, "hand_back", linked_job)
    linked_job.refresh_from_db()
    assert (linked_job.status, linked_job.company) == (Status.PENDING, None)
    assert [event.verb for event in linked_job.events.all()][-3:] == [
        "stop_access",
        "withdraw",
        "hand_back",
    ]
    assert set(JobEvent.objects.filter(channel="admin").values_list("actor", flat=True)) == {
        operator.pk
    }


def test_a_job_that_refuses_is_told_and_the_others_move(operator_client, linked_job, manager):
    pending = JobFactory(by=manager, fleet=linked_job.fleet)
    page = move(operator_client, "withdraw", pending, linked_job).content.decode()
    assert "the status has changed" in page
    assert "1 job moved" in page
    linked_job.refresh_from_db()
    pending.refresh_from_db()
    assert (linked_job.status, pending.status) == (Status.ASSIGNED, Status.PENDING)


def test_an_operator_reads_how_many_of_many_selected_jobs_are_moved(
    operator_client, linked_job, manager, monkeypatch
):
    monkeypatch.setattr(moves, "MOST", 2)
    for _ in range(3):
        JobFactory(fleet=linked_job.fleet, by=manager)
    everything = {"action": "withdraw", "select_across": "1", "_selected_action": [linked_job.pk]}

    asked = operator_client.post(url("job", "changelist"), everything).content.decode()
    assert "4 jobs are selected. This moves the first 2 of them" in asked
    done = operator_client.post(
        url("job", "changelist"), everything | {"reason": "By phone."}, follow=True
    )
    assert "2 more jobs were selected and are not moved." in done.content.decode()


def test_a_job_offers_on_its_page_what_it_can(operator_client, linked_job):
    def offered() -> list[str]:
        page = operator_client.get(url("job", "change", linked_job.pk)).content.decode()
        return re.findall(r'name="action" value="(\w+)"', page)

    assert offered() == ["withdraw", "stop_access"]
    move(operator_client, "withdraw", linked_job)
    assert offered() == ["hand_back"]


def test_an_operator_who_may_only_look_is_offered_no_move(client, linked_job):
    from django.contrib.auth.models import Permission

    from tests.factories.accounts import UserFactory

    looker = UserFactory(is_staff=True)
    looker.user_permissions.set(Permission.objects.filter(codename="view_job"))
    client.force_login(looker)
    assert 'name="action"' not in client.get(url("job", "change", linked_job.pk)).content.decode()
    move(client, "withdraw", linked_job)
    linked_job.refresh_from_db()
    assert linked_job.status == Status.RUNNING


@pytest.mark.parametrize("who", ["manager", "company_admin", "installer"])
def test_nobody_else_comes_in(request, who, pending_job):
    page = request.getfixturevalue(f"{who}_client").get(url("job", "changelist"))
    assert page.status_code in (302, 403)


def test_whoever_is_not_signed_in_goes_by_the_common_login(client):
    page = client.get(reverse("admin:index"), follow=True)
    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", SAVED_BY_FLEETS)
def test_what_fleets_saved_can_be_made_and_changed(operator_client, fleet, name):
    assert operator_client.get(url(name, "add")).status_code == 200
    answer = operator_client.post(url(name, "add"), {"fleet": fleet.pk, "name": "Ours"})
    assert answer.status_code == 302, answer.context["errors"]
    row = apps.get_model("jobs", name).objects.get()
    operator_client.post(url(name, "change", row.pk), {"fleet": fleet.pk, "name": "Theirs"})
    row.refresh_from_db()
    assert row.name == "Theirs"


def test_an_operator_keeps_the_right_to_read_notifications_through_the_upgrade(db):
    right = Permission.objects.get(codename="view_notification")
    Permission.objects.filter(pk=right.pk).update(codename="view_notice")
    operators = Group.objects.create(name="Operators")
    operators.permissions.add(right)

    migration = importlib.import_module("jobs.migrations.0013_notifications")
    migration.rename_permissions(apps, SimpleNamespace(connection=connection))

    assert operators.permissions.get().codename == "view_notification"
