"""At the same moment: one winner, one event, a clean answer for everybody else. Real threads, on both databases."""

import pytest
from django.utils import timezone

from core.moves import MoveRefused, NotAllowed
from jobs.models import Job, VehicleAccess
from telematics import verbs
from telematics.models import Command, SimulatorLog
from tests.factories.accounts import CompanyMembershipFactory
from tests.threads import race

pytestmark = pytest.mark.django_db(transaction=True)


def fresh(job) -> Job:
    return Job.objects.get(pk=job.pk)


def verbs_of(job) -> list[str]:
    return list(job.events.order_by("seq").values_list("verb", flat=True))


def refusals(results) -> list[str]:
    return [result.code for result in results if isinstance(result, MoveRefused | NotAllowed)]


def test_two_installers_take_one_job_and_one_has_it(assigned_job, installer, colleague):
    results = race(lambda: fresh(assigned_job).take(by=installer), lambda: fresh(assigned_job).take(by=colleague))

    assert refusals(results) == ["wrong_status"]
    assert verbs_of(assigned_job).count("take") == 1
    assert fresh(assigned_job).assignee in (installer, colleague)


@pytest.mark.pg
def test_fifty_takes_of_one_job_have_one_winner_and_forty_nine_clean_answers(assigned_job, company):
    people = [CompanyMembershipFactory(company=company).user for _ in range(50)]

    results = race(*[lambda person=person: fresh(assigned_job).take(by=person) for person in people])

    assert sorted(refusals(results)) == ["wrong_status"] * 49
    assert results.count(None) == 1
    assert verbs_of(assigned_job).count("take") == 1


def test_an_edit_races_an_assignment_and_never_changes_an_assigned_job(pending_job, partnership, manager, fleet_admin):
    edit, _assign = race(
        lambda: fresh(pending_job).edit(by=manager, location="Bay 7"),
        lambda: fresh(pending_job).assign(partnership.company, by=fleet_admin),
    )

    job = fresh(pending_job)
    assert job.status == "ASSIGNED"
    if edit is None:
        assert (verbs_of(job), job.location) == (["create", "edit", "assign"], "Bay 7")
    else:
        assert (edit.code, verbs_of(job), job.location) == ("wrong_status", ["create", "assign"], "")


def test_two_edits_of_the_same_version_keep_one(pending_job, manager, fleet_admin):
    results = race(
        lambda: fresh(pending_job).edit(by=manager, expected_version=1, location="Bay 1"),
        lambda: fresh(pending_job).edit(by=fleet_admin, expected_version=1, location="Bay 2"),
    )

    assert refusals(results) == ["stale"]
    assert verbs_of(pending_job) == ["create", "edit"]


def test_a_finish_races_a_command_and_nothing_is_handed_over_after_it(proven_job, installer):
    access = VehicleAccess.objects.open_for(installer, proven_job.vehicle_id)
    command = access.command("unlock-central-lock", by=installer, announced=False)

    finished, _ran = race(
        lambda: (fresh(proven_job).succeed(by=installer), timezone.now())[1],
        lambda: Command.objects.get(pk=command.pk).run(),
    )

    command.refresh_from_db()
    if isinstance(finished, MoveRefused):
        assert finished.code == "command_in_flight"
        assert command.status == "DONE"
        assert fresh(proven_job).status == "RUNNING"
    else:
        acts = SimulatorLog.objects.filter(key_id=access.key_id, act__in=verbs.VERBS, recorded_at__gt=finished)
        assert not acts.exists()
        assert command.sent_at is None or command.settled_at < finished
        assert fresh(proven_job).status == "SUCCEEDED"


def test_two_jobs_link_one_unit_and_one_has_it(
    running_job, unit, installer, colleague, manager, partnership, vehicle_model
):
    second = Job.objects.create_by(manager, fleet=running_job.fleet, vehicle_model=vehicle_model, custom_name="Second")
    second.assign(partnership.company, by=manager)
    second.take(by=colleague)

    results = race(
        lambda: fresh(running_job).link_unit(unit.pk, by=installer),
        lambda: fresh(second).link_unit(unit.pk, by=colleague),
    )

    assert refusals(results) == ["unit_not_available"]
    assert Job.objects.filter(unit=unit).count() == 1


def test_a_take_races_the_removal_of_the_taker_and_leaves_no_running_orphan(
    assigned_job, installer, company, company_admin
):
    race(
        lambda: fresh(assigned_job).take(by=installer),
        lambda: company.remove_member(installer.company_memberships.get(), by=company_admin),
    )

    job = fresh(assigned_job)
    assert (job.status, job.assignee) == ("ASSIGNED", None)


def test_an_assignment_races_the_end_of_the_partnership_and_leaves_no_orphan(
    pending_job, partnership, manager, fleet_admin
):
    race(
        lambda: fresh(pending_job).assign(partnership.company, by=manager),
        lambda: partnership.end(by=fleet_admin),
    )

    job = fresh(pending_job)
    assert (job.status, job.company) == ("PENDING", None)
