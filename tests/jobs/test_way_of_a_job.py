"""The plain way: written, assigned, taken, linked, configured, proven, succeeded; and the access with it."""

import pytest

from core.errors import MoveRefused
from jobs.models import VehicleAccess
from tests.cast.work import run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleFactory

pytestmark = pytest.mark.django_db


def history(job) -> list[str]:
    return list(job.events.order_by("seq").values_list("verb", flat=True))


def test_a_job_goes_from_the_desk_to_success(proven_job, installer):
    proven_job.succeed(by=installer, comment="All well")

    assert proven_job.status == "SUCCEEDED"
    assert history(proven_job) == ["create", "assign", "take", "link_unit", "succeed"]
    assert [event.seq for event in proven_job.events.order_by("seq")] == [1, 2, 3, 4, 5]
    assert proven_job.vehicle.custom_name == "Blue One"
    assert proven_job.vehicle.unit == proven_job.unit


def test_linking_the_unit_opens_the_access_and_success_ends_it(proven_job, installer):
    assert VehicleAccess.objects.open_for(installer, proven_job.vehicle_id) is not None

    proven_job.succeed(by=installer)

    assert VehicleAccess.objects.open_for(installer, proven_job.vehicle_id) is None
    access = proven_job.accesses.get()
    assert (access.end_reason, access.ended_by) == ("SUCCEEDED", installer)
    assert access.key.ended_at is not None


def test_a_job_without_proof_cannot_succeed_and_says_all_that_is_missing(running_job, installer):
    with pytest.raises(MoveRefused) as refused:
        running_job.succeed(by=installer)

    assert refused.value.code == "incomplete"
    assert {"unit", "configuration", "test:CONNECTIVITY"} <= set(refused.value.extra["missing"])
    running_job.refresh_from_db()
    assert running_job.status == "RUNNING"


def test_a_vehicle_that_is_configured_again_keeps_its_identity(
    fleet, manager, partnership, installer, vehicle_model
):
    vehicle = VehicleFactory(
        fleet=fleet, vehicle_model=vehicle_model, license_plate="B QX 2041", custom_name="Blue One"
    )
    job = JobFactory(
        by=manager, fleet=fleet, vehicle=vehicle, vehicle_model=vehicle_model, custom_name=""
    )
    job.assign(partnership.company, by=manager)
    job.take(by=installer)
    job.proof.latest_configuration.push()
    job.request_tests(by=installer)
    run_tests(job)
    assert job.proof.missing() == []

    job.succeed(by=installer)

    vehicle.refresh_from_db()
    assert (vehicle.license_plate, vehicle.custom_name) == ("B QX 2041", "Blue One")
    assert (job.license_plate, job.custom_name) == ("B QX 2041", "Blue One")


def test_failing_undoes_the_mounting_and_keeps_what_was_built(configured_job, installer, unit):
    vehicle = configured_job.vehicle

    configured_job.fail(by=installer, comment="No power at the bay", reason="OTHER")

    vehicle.refresh_from_db()
    assert configured_job.status == "FAILED"
    assert (configured_job.unit, configured_job.vehicle) == (unit, vehicle)
    assert vehicle.archived_at is not None
    assert type(unit).objects.in_stock().filter(pk=unit.pk).exists()
    assert configured_job.accesses.get().end_reason == "FAILED"


def test_a_job_fails_only_with_a_comment(running_job, installer):
    with pytest.raises(MoveRefused) as refused:
        running_job.fail(by=installer, comment="  ")

    assert refused.value.code == "comment_required"


def test_withdrawing_keeps_unit_and_values_and_tells_the_holder(
    linked_job, colleague, installer, unit
):
    linked_job.withdraw(by=colleague)

    assert (linked_job.status, linked_job.assignee, linked_job.unit) == ("ASSIGNED", None, unit)
    assert linked_job.accesses.get().end_reason == "WITHDRAWN"
    assert list(installer.notifications.values_list("verb", flat=True)) == ["withdraw"]


def test_the_next_holder_gets_his_own_access(linked_job, colleague, installer):
    linked_job.withdraw(by=installer)
    linked_job.take(by=colleague)

    assert VehicleAccess.objects.open_for(colleague, linked_job.vehicle_id) is not None
    assert VehicleAccess.objects.open_for(installer, linked_job.vehicle_id) is None


def test_handing_back_restores_the_plan(linked_job, company_admin, installer, manager, unit):
    linked_job.fill_in(by=installer, license_plate="B QX 2041")
    linked_job.withdraw(by=installer)
    linked_job.hand_back(by=company_admin, reason="Not ours")

    assert (linked_job.status, linked_job.company, linked_job.unit, linked_job.vehicle) == (
        "PENDING",
        None,
        None,
        None,
    )
    assert (linked_job.license_plate, linked_job.custom_name, linked_job.search) == (
        "",
        "Blue One",
        "||BLUEONE",
    )
    assert type(unit).objects.in_stock().filter(pk=unit.pk).exists()
    assert list(manager.notifications.values_list("verb", flat=True)) == ["hand_back"]


def test_a_job_that_its_fleet_got_back_says_no_longer_when_it_was_taken(
    running_job, partnership, manager
):
    partnership.end(by=manager)

    running_job.refresh_from_db()
    assert (running_job.status, running_job.taken_at) == ("PENDING", None)


@pytest.mark.parametrize(
    "move",
    [
        lambda job, by: job.renew_access(by=by),
        lambda job, by: job.link_unit(job.unit_id, by=by),
        lambda job, by: job.fill_in(by=by, brand="Audi"),
        lambda job, by: job.request_tests(by=by),
        lambda job, by: job.succeed(by=by),
        lambda job, by: job.fail(by=by, comment="I would not say so."),
    ],
    ids=["renew", "link_unit", "fill_in", "request_tests", "succeed", "fail"],
)
def test_nobody_but_the_holder_moves_a_running_job(configured_job, colleague, move):
    """Below the API, which judges it first."""
    version = configured_job.version

    with pytest.raises(MoveRefused) as refused:
        move(configured_job, colleague)

    assert refused.value.code == "not_holder"
    configured_job.refresh_from_db()
    assert (configured_job.version, configured_job.tests.count()) == (version, 0)


def test_a_locked_field_is_refused_whole(running_job, installer):
    with pytest.raises(MoveRefused) as refused:
        running_job.fill_in(by=installer, custom_name="Red One", license_plate="B 1")

    running_job.refresh_from_db()
    assert (refused.value.code, refused.value.extra["fields"]) == ("field_locked", ["custom_name"])
    assert running_job.license_plate == ""


def test_override_opens_locked_fields_and_the_difference_shows(
    pending_job, partnership, manager, installer
):
    partnership.allow_override = True
    partnership.save()
    pending_job.assign(partnership.company, by=manager)
    pending_job.take(by=installer)

    pending_job.fill_in(by=installer, custom_name="Red One")

    assert pending_job.differs
    assert pending_job.plan.differences() == {
        "custom_name": {"planned": "Blue One", "built": "Red One"}
    }


def test_an_assigned_job_cannot_be_edited_or_deleted(assigned_job, manager):
    for act in (
        lambda: assigned_job.edit(by=manager, location="Bay 1"),
        lambda: assigned_job.delete_by(by=manager),
    ):
        with pytest.raises(MoveRefused) as refused:
            act()
        assert refused.value.code == "wrong_status"
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.location) == ("ASSIGNED", "")


def test_stopped_access_stays_stopped_until_it_is_allowed(
    linked_job, manager, installer, colleague
):
    linked_job.stop_access(by=manager, reason="Stolen van")
    assert VehicleAccess.objects.open_for(installer, linked_job.vehicle_id) is None
    with pytest.raises(MoveRefused, match="stopped"):
        linked_job.renew_access(by=installer)
    linked_job.withdraw(by=colleague)
    linked_job.take(by=colleague)
    assert VehicleAccess.objects.open_for(colleague, linked_job.vehicle_id) is None

    linked_job.allow_access(by=manager)
    linked_job.renew_access(by=colleague)
    assert VehicleAccess.objects.open_for(colleague, linked_job.vehicle_id) is not None


def test_choosing_another_unit_returns_the_first_to_stock_and_voids_the_tests(
    proven_job, installer, fleet
):
    from tests.factories.telematics import UnitFactory

    first, vehicle, second = proven_job.unit, proven_job.vehicle, UnitFactory(fleet=fleet)
    proven_job.link_unit(second.pk, by=installer)

    assert (proven_job.vehicle, proven_job.unit) == (vehicle, second)
    assert type(first).objects.in_stock().filter(pk=first.pk).exists()
    assert "test:CONNECTIVITY" in proven_job.proof.missing()
    assert VehicleAccess.objects.open_for(installer, vehicle.pk) is not None
