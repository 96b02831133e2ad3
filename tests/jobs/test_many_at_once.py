"""The desk's moves over a selection: what can moves, what cannot is told, and the statements do not grow."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import MoveRefused, NotAllowed
from jobs.models import HandbackRequest, Job, JobEvent, Notification
from tests.factories.accounts import CompanyMembershipFactory, PartnershipFactory
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory

Status = Job.Status


@pytest.fixture
def jobs(fleet, manager, vehicle_model):
    """Five PENDING ones, as the manager would have written them."""
    return [
        JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, tracking=True)
        for _n in range(5)
    ]


def among(*jobs):
    return Job.objects.filter(pk__in=[job.pk for job in jobs])


def statements(run) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        run()
    return len(
        [
            query
            for query in captured
            if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
        ]
    )


def test_assigning_many_freezes_each_plan_as_a_single_assignment_would(jobs, partnership, manager):
    one, *others = jobs
    one.assign(partnership.company, by=manager)

    done = among(*others).assign_all(partnership.company, fleet=partnership.fleet, by=manager).done

    assert sorted(done) == sorted(job.pk for job in others)
    for job in among(*others):
        assert job.status == Status.ASSIGNED
        assert job.company == partnership.company
        assert job.planned == {**one.planned, "custom_name": job.custom_name}
        assert job.events.get(verb="assign").data == one.events.get(verb="assign").data
        assert list(job.events.values_list("seq", flat=True).order_by("seq")) == [1, 2]


def test_the_partner_gets_one_notification_for_all(
    jobs, partnership, manager, company_admin, installer
):
    among(*jobs).assign_all(partnership.company, fleet=partnership.fleet, by=manager)

    notification = Notification.objects.get(verb="assign")
    assert (notification.user, notification.count) == (company_admin, 5)


def test_those_that_are_not_pending_stay_and_are_counted(jobs, partnership, manager):
    jobs[0].assign(partnership.company, by=manager)

    selected = among(*jobs)
    assert selected.obstacles("delete") == {"Assigned": 1}
    done = selected.delete_all(fleet=partnership.fleet, by=manager).done

    assert len(done) == 4
    jobs[0].refresh_from_db()
    assert jobs[0].status == Status.ASSIGNED


def test_a_maintenance_job_without_a_vehicle_is_not_assigned(fleet, partnership, manager, jobs):
    bare = JobFactory(by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE)
    ready = JobFactory(
        by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=VehicleFactory(fleet=fleet)
    )

    assert among(bare, ready).obstacles("assign") == {
        "no vehicle or an archived one, or its planned unit is not available": 1
    }
    outcome = among(bare, ready).assign_all(partnership.company, fleet=fleet, by=manager)

    assert outcome.done == [ready.pk]
    assert sum(outcome.refused.values()) == 1


def test_a_planned_unit_that_is_mounted_elsewhere_holds_its_job_back(fleet, partnership, manager):
    free, taken = UnitFactory(fleet=fleet), UnitFactory(fleet=fleet)
    good = JobFactory(by=manager, fleet=fleet, planned_unit=free)
    bad = JobFactory(by=manager, fleet=fleet, planned_unit=taken)
    VehicleFactory(fleet=fleet, unit=taken)

    assert among(good, bad).assign_all(partnership.company, fleet=fleet, by=manager).done == [
        good.pk
    ]


def test_a_planned_unit_in_the_jobs_own_vehicle_is_its_own(fleet, partnership, manager):
    vehicle = VehicleFactory(fleet=fleet)
    job = JobFactory(by=manager, fleet=fleet, vehicle=vehicle, planned_unit=vehicle.unit)

    assert among(job).assign_all(partnership.company, fleet=fleet, by=manager).done == [job.pk]


def test_without_a_partnership_nothing_moves(jobs, fleet, other_company, manager):
    with pytest.raises(MoveRefused, match="not a partner"):
        among(*jobs).assign_all(other_company, fleet=fleet, by=manager)

    assert not among(*jobs).exclude(status=Status.PENDING).exists()


@pytest.mark.parametrize("act", ["assign_all", "edit_all", "delete_all"])
@pytest.mark.parametrize("who", ["viewer", "outside_manager"])
def test_only_those_who_write_jobs_move_them(act, who, jobs, partnership, request):
    arguments = {"assign_all": [partnership.company]}.get(act, [])
    with pytest.raises(NotAllowed):
        getattr(among(*jobs), act)(
            *arguments, fleet=partnership.fleet, by=request.getfixturevalue(who)
        )

    assert not JobEvent.objects.exclude(verb="create").exists()


def test_jobs_of_another_fleet_are_out_of_reach(jobs, other_fleet, outside_manager):
    assert among(*jobs).delete_all(fleet=other_fleet, by=outside_manager).done == []


def test_editing_many_sets_what_was_touched_and_remembers_what_was_before(jobs, fleet, manager):
    jobs[0].edit(by=manager, location="Gate 1")

    among(*jobs).edit_all(fleet=fleet, by=manager, location="Yard", tracking=False)

    for job in among(*jobs):
        assert (job.location, job.tracking) == ("Yard", False)
        assert job.fields_version == (3 if job.pk == jobs[0].pk else 2)
    change = jobs[0].events.order_by("-seq").first().data["changed"]
    assert change == {
        "location": {"from": "Gate 1", "to": "Yard"},
        "tracking": {"from": True, "to": False},
    }


def test_a_change_that_a_model_does_not_support_leaves_its_jobs_out(jobs, fleet, manager):
    plain = JobFactory(
        by=manager, fleet=fleet, vehicle_model=VehicleModelFactory(brand="Fiat", features=[])
    )

    outcome = among(*jobs, plain).edit_all(fleet=fleet, by=manager, smoke_detection=True)

    assert len(outcome.done) == 5
    assert list(outcome.refused.values()) == [1]
    plain.refresh_from_db()
    assert plain.smoke_detection is None


def test_what_is_so_already_is_no_edit_of_many_as_it_is_none_of_one(jobs, fleet, manager):
    wanted = {
        "location": "Yard",
        "tracking": None,
        "further_tests": ["IGNITION"],
        "planned_service_date": date(2026, 8, 1),
    }
    jobs[0].edit(by=manager, **wanted)
    jobs[1].edit(by=manager, **wanted | {"further_tests": []})

    assert among(*jobs).unfit(wanted) == {"already so": 1}
    outcome = among(*jobs).edit_all(fleet=fleet, by=manager, **wanted)

    assert (len(outcome.done), outcome.refused) == (len(jobs) - 1, {"already so": 1})
    assert jobs[0].events.filter(verb="edit").count() == 1
    assert among(*jobs).unfit(wanted) == {"already so": len(jobs)}


def test_a_value_that_no_job_may_have_is_refused_at_its_field(jobs, fleet, manager):
    with pytest.raises(ValidationError) as refused:
        among(*jobs).edit_all(fleet=fleet, by=manager, year_of_production=1850)

    assert list(refused.value.message_dict) == ["year_of_production"]


def test_creating_many_of_a_template(fleet, manager, vehicle_model, partnership, company_admin):
    template = JobTemplateFactory(
        fleet=fleet, vehicle_model=vehicle_model, tracking=True, further_tests=["KEY_FOB"]
    )

    created = Job.objects.create_many(
        7, fleet=fleet, by=manager, template=template, company=partnership.company
    ).done

    made = Job.objects.filter(pk__in=created)
    assert made.count() == 7
    assert {(job.status, job.tracking, tuple(job.further_tests)) for job in made} == {
        ("ASSIGNED", True, ("KEY_FOB",))
    }
    assert set(made.values_list("template", flat=True)) == {template.pk}
    assert Notification.objects.get(verb="assign").count == 7


@pytest.mark.pg
@pytest.mark.parametrize("number", [2, 200])
def test_many_jobs_cost_as_many_statements_as_few(
    number, fleet, manager, partnership, company_admin, vehicle_model
):
    template = JobTemplateFactory(fleet=fleet, vehicle_model=vehicle_model)
    company, about = partnership.company, {"fleet": fleet, "by": manager}

    def some():
        return Job.objects.filter(
            pk__in=Job.objects.create_many(number, template=template, **about).done
        )

    assert statements(lambda: Job.objects.create_many(number, template=template, **about)) <= 4
    assigned, planned, visited, edited, deleted = some(), some(), some(), some(), some()
    assert statements(lambda: assigned.assign_all(company, **about)) <= 6
    for job in [*planned[:2], *visited[:2]]:
        job.edit(by=manager, planned_unit=UnitFactory(fleet=fleet))
    for job in visited[:2]:
        job.edit(by=manager, vehicle=VehicleFactory(fleet=fleet, unit=None))
    # Vehicles and units are locked, and the company is recorded as the holder of the units.
    for rows in (planned, visited):
        assert statements(lambda rows=rows: rows.assign_all(company, **about)) <= 8
        assert rows.filter(status=Status.ASSIGNED).count() == number
    assert statements(lambda: edited.edit_all(location="Yard", **about)) <= 5
    assert statements(lambda: deleted.delete_all(**about)) <= 3
    assert statements(lambda: assigned.request_handback_all(reason="Oops", **about)) <= 8
    Job.objects.filter(pk__in=edited.values("pk")).update(status="FAILED", comment="No")
    assert statements(lambda: edited.create_again_all(**about)) <= 7


def test_asking_for_many_back_is_as_asking_for_each_and_notifies_each_partner_once(
    jobs, partnership, manager, company_admin, other_company, outside_admin
):
    other = PartnershipFactory(fleet=partnership.fleet, company=other_company, status="ACCEPTED")
    fleet = partnership.fleet
    among(*jobs[:3]).assign_all(partnership.company, fleet=fleet, by=manager)
    jobs[3].assign(other.company, by=manager)
    asked_before, *_others = jobs
    asked_before.refresh_from_db()
    asked_before.request_handback(by=manager, reason="The wrong car")
    Notification.objects.all().delete()

    outcome = among(*jobs).request_handback_all(fleet=fleet, by=manager, reason="Wrong partner")

    assert set(outcome.done) == {job.pk for job in jobs[1:4]}
    assert outcome.refused == {"asked back already": 1}
    assert set(among(*jobs).values_list("status", flat=True)) == {"ASSIGNED", "PENDING"}
    for job in among(*jobs[1:4]):
        request = job.handback_requests.get()
        assert (request.status, request.reason, request.requested_by) == (
            "OPEN",
            "Wrong partner",
            manager,
        )
        assert job.events.get(verb="request_handback").reason == "Wrong partner"
    notified = Notification.objects.filter(verb="request_handback")
    assert set(notified.values_list("user", "count")) == {
        (company_admin.pk, 2),
        (outside_admin.pk, 1),
    }


def test_asking_twice_for_many_asks_once(jobs, partnership, manager):
    among(*jobs).assign_all(partnership.company, fleet=partnership.fleet, by=manager)
    about = {"fleet": partnership.fleet, "by": manager, "reason": "Wrong partner"}
    assert len(among(*jobs).request_handback_all(**about).done) == 5
    assert among(*jobs).request_handback_all(**about).done == []
    assert HandbackRequest.objects.count() == 5


def test_failed_jobs_are_created_again_once_as_one_is_alone(
    jobs, partnership, manager, installer, fleet
):
    vehicle = VehicleFactory(fleet=fleet, license_plate="M EV 77")
    jobs.append(JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", vehicle=vehicle))
    among(*jobs).assign_all(partnership.company, fleet=fleet, by=manager)
    for number, job in enumerate(among(*jobs).order_by("pk")):
        job.take(by=installer)
        if job.is_installation:
            job.fill_in(by=installer, license_plate=f"B QX {number}")
        job.fail(by=installer, comment="No car there")
    alone, *others = among(*jobs).order_by("pk")
    one = alone.create_again(by=manager)

    outcome = among(*jobs).create_again_all(fleet=fleet, by=manager)

    assert (len(outcome.done), outcome.refused) == (5, {"created again already": 1})
    for job in others:
        again = job.created_again.get()
        assert (again.status, again.planned_service_date) == ("PENDING", None)
        assert (again.license_plate, again.vehicle) == (job.license_plate, job.vehicle)
        assert (again.vehicle_model, again.kind) == (job.vehicle_model, job.kind)
        assert Job.objects.matching(job.license_plate).filter(pk=again.pk).exists()
        assert [event.verb for event in again.events.all()] == ["create"]
    assert one.created_by == Job.objects.get(pk=outcome.done[0]).created_by
    assert among(*jobs).create_again_all(fleet=fleet, by=manager).done == []


# --- going back -------------------------------------------------------------------------------------------------------
def test_a_job_that_goes_back_among_many_is_as_one_that_goes_back_alone(
    jobs, partnership, manager, company_admin
):
    among(*jobs).assign_all(partnership.company, fleet=partnership.fleet, by=manager)
    alone, asked, *_others = among(*jobs).order_by("pk")
    asked.request_handback(by=manager, reason="Another partner does it")
    alone.release(by=company_admin, why="PARTNERSHIP_ENDED")

    partnership.end(by=company_admin)

    alike = (
        "status",
        "company",
        "planned",
        "assignee",
        "reserved_for",
        "allow_override",
        "differs",
        "fields_version",
    )
    rows = among(*jobs).exclude(pk=asked.pk)
    assert set(rows.values_list(*alike, "version")) == {
        ("PENDING", None, None, None, None, False, False, 1, 3)
    }
    told = {
        (*sorted(e.data.items()), e.reason, e.seq)
        for job in rows
        for e in job.events.filter(verb="release")
    }
    assert told == {(("company", partnership.company.pk), ("holder", None), "PARTNERSHIP_ENDED", 3)}
    assert asked.handback_requests.get().status == "OBSOLETE"


def test_what_was_begun_is_undone_beside_what_was_not(
    jobs, linked_job, partnership, manager, installer, company_admin
):
    among(*jobs).assign_all(partnership.company, fleet=partnership.fleet, by=manager)
    tried = among(*jobs).first()
    tried.take(by=installer)
    tried.fill_in(by=installer, license_plate="B QX 2041")
    tried.withdraw(by=installer)
    unit = linked_job.unit

    partnership.end(by=company_admin)

    assert set(Job.objects.values_list("status", "company", "license_plate")) == {
        ("PENDING", None, "")
    }
    assert type(unit).objects.in_stock().filter(pk=unit.pk).exists()
    tried.refresh_from_db()
    assert "BQX2041" not in tried.search


LEAVING = {
    "partnership": lambda admin, installer: admin.company.partnerships.get().end(by=admin),
    "company": lambda admin, installer: admin.company.close(by=admin),
    "person": lambda admin, installer: admin.company.remove_member(
        installer.company_membership, by=admin
    ),
}


@pytest.mark.pg
@pytest.mark.parametrize("who", LEAVING)
def test_whoever_leaves_many_jobs_costs_as_many_statements_as_whoever_leaves_few(
    who, fleet, manager, vehicle_model
):
    def cost(number: int) -> int:
        company = PartnershipFactory(fleet=fleet).company
        admin = CompanyMembershipFactory(company=company, role="ADMIN").user
        installer = CompanyMembershipFactory(company=company).user
        template = JobTemplateFactory(fleet=fleet, vehicle_model=vehicle_model)
        Job.objects.create_many(number, fleet=fleet, by=manager, template=template, company=company)
        Job.objects.filter(company=company).update(reserved_for=installer)
        count = statements(lambda: LEAVING[who](admin, installer))
        assert not Job.objects.filter(reserved_for=installer).exists()
        return count

    assert cost(2) == cost(200) <= 35
