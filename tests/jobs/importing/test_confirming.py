"""From the preview to the jobs: all or none, once, with the guards of create and assign."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.errors import MoveRefused, NotAllowed
from jobs.models import Job, JobEvent, JobImport, Notification
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory

GOOD = "vin,custom_name,tracking\nWVWZZZ1KZAW000001,One,on\n,Two,\n"


def test_the_import_creates_what_the_preview_counted(preview, manager, fleet):
    draft = preview(GOOD)
    assert (draft.total, draft.good, draft.problems, Job.objects.count()) == (2, 2, 0, 0)

    draft.confirm(by=manager)

    one, two = draft.jobs.order_by("id")
    assert (one.vin, one.custom_name, one.tracking, one.status, one.fleet) == (
        "WVWZZZ1KZAW000001",
        "One",
        True,
        "PENDING",
        fleet,
    )
    assert (two.vin, two.custom_name, two.tracking) == ("", "Two", None)
    assert (draft.status, draft.created, draft.rejected, draft.confirmed_by) == (
        "DONE",
        2,
        0,
        manager,
    )
    assert [(e.verb, e.seq, e.actor) for e in one.events.all()] == [("create", 1, manager)]
    assert Job.objects.matching("zw000001").exists() is False
    assert list(Job.objects.matching("000001")) == [one]


def test_an_imported_job_looks_like_one_from_the_form(preview, manager, fleet, vehicle_model):
    by_form = JobFactory(
        by=manager, fleet=fleet, vehicle_model=vehicle_model, custom_name="Same", tracking=True
    )
    draft = preview(f"vehicle_model_id,custom_name,tracking\n{vehicle_model.pk},Same,on\n")
    draft.confirm(by=manager)
    own = {"id", "number", "created_at", "updated_at", "job_import"}
    for field in Job._meta.concrete_fields:
        if field.name not in own:
            assert getattr(draft.jobs.get(), field.attname) == getattr(by_form, field.attname), (
                field.name
            )


def test_jobs_for_a_partner_are_assigned_with_their_plan_frozen(
    preview, manager, company_admin, partnership, vehicle_model, fleet
):
    partnership.set_override(True, by=manager)
    by_move = JobFactory(
        by=manager, fleet=fleet, vehicle_model=vehicle_model, custom_name="Same", tracking=False
    )
    by_move.assign(partnership.company, by=manager)
    Notification.objects.all().delete()
    header = "vehicle_model_id,custom_name,tracking,year_of_production"
    draft = preview(
        f"{header}\n{vehicle_model.pk},Same,off,\n,Other,,2024\n", company=partnership.company
    )

    draft.confirm(by=manager)

    same, other = draft.jobs.order_by("id")
    assert (same.status, same.version, same.company, same.allow_override) == (
        "ASSIGNED",
        2,
        partnership.company,
        True,
    )
    assert same.planned == by_move.planned
    assert (
        other.planned
        == {"custom_name": "Other", "year_of_production": 2024}
        == other.plan.to_freeze()
    )
    assert same.assigned_at is not None
    last = JobEvent.objects.get(job=same, seq=2)
    assert (last.verb, last.data) == ("assign", by_move.events.get(seq=2).data)
    assert [(n.user, n.verb, n.count, n.actor) for n in Notification.objects.all()] == [
        (company_admin, "assign", 2, manager)
    ]


def test_companies_named_in_the_file_get_their_rows_and_blank_ones_stay_pending(
    preview, manager, partnership
):
    draft = preview(
        f"custom_name,assigned_installer_company_id\nA,{partnership.company_id.lower()}\nB,\n"
    )
    draft.confirm(by=manager)
    assert [job.status for job in draft.jobs.order_by("id")] == ["ASSIGNED", "PENDING"]


def test_confirming_twice_creates_nothing_twice(preview, manager):
    draft = preview(GOOD)
    same = JobImport.objects.get(pk=draft.pk)
    draft.confirm(by=manager)
    with pytest.raises(MoveRefused, match="status"):
        same.confirm(by=manager)
    assert Job.objects.count() == 2


def test_a_preview_that_changed_is_not_confirmed_unseen(preview, manager):
    draft = preview(GOOD)
    draft.recheck(by=manager, options=draft.options())
    with pytest.raises(MoveRefused) as refused:
        draft.confirm(by=manager, expected_version=1)
    assert refused.value.code == "stale"


def test_bad_rows_stop_the_import_unless_only_the_valid_ones_are_asked_for(preview, manager):
    draft = preview("vin,custom_name\nWRONG,One\n,Two\n")
    with pytest.raises(MoveRefused) as refused:
        draft.confirm(by=manager)
    assert refused.value.code == "bad_rows"
    draft.confirm(by=manager, valid_rows_only=True)
    assert [job.custom_name for job in Job.objects.all()] == ["Two"]
    assert (draft.created, draft.rejected) == (1, 1)


def test_a_file_without_one_good_row_imports_nothing(preview, manager):
    draft = preview("vin\nWRONG\n")
    with pytest.raises(MoveRefused) as refused:
        draft.confirm(by=manager, valid_rows_only=True)
    assert refused.value.code == "nothing_to_import"


def test_a_partnership_that_ended_after_the_preview_stops_the_whole_import(
    preview, manager, partnership
):
    draft = preview("custom_name\nA\n", company=partnership.company)
    partnership.end(by=manager)
    with pytest.raises(MoveRefused) as refused:
        draft.confirm(by=manager)
    assert refused.value.code == "not_a_partner"
    assert not Job.objects.exists()


def test_a_unit_that_was_planned_after_the_preview_stops_the_whole_import(preview, manager, fleet):
    unit = UnitFactory(fleet=fleet)
    draft = preview(f"custom_name,planned_unit\nA,{unit.pk}\nB,\n")
    JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    with pytest.raises(MoveRefused) as refused:
        draft.confirm(by=manager)
    assert refused.value.code == "unit_not_available"
    assert Job.objects.count() == 1


@pytest.mark.parametrize("outsider", ["viewer", "outside_manager", "installer"])
def test_only_those_who_write_the_fleets_jobs_import(outsider, preview, manager, request):
    draft = preview(GOOD)
    by = request.getfixturevalue(outsider)
    with pytest.raises(NotAllowed):
        preview(GOOD, by=by)
    with pytest.raises(NotAllowed):
        draft.confirm(by=by)
    assert not Job.objects.exists()


def statements(act) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"][:90] for query in seen if "SAVEPOINT" not in query["sql"]]


@pytest.mark.pg
@pytest.mark.parametrize("rows", [1, 100, 1000])
def test_as_many_statements_for_1000_rows_as_for_one(rows, preview, manager):
    content = "custom_name,vin\n" + "\n".join(
        f"Name {row},WVWZZZ1KZAW{row:06}" for row in range(rows)
    )
    assert len(statements(lambda: preview(content))) == 5
    draft = JobImport.objects.select_related("fleet").get()
    assert len(asked := statements(lambda: draft.confirm(by=manager))) == 6, asked
    assert draft.created == rows


@pytest.mark.pg
@pytest.mark.parametrize("rows", [1, 100, 1000])
def test_partners_units_and_their_notices_are_a_fixed_number_more(
    rows, preview, manager, partnership, company_admin, fleet
):
    units = UnitFactory.create_batch(rows, fleet=fleet)
    content = "custom_name,planned_unit\n" + "\n".join(
        f"Name {unit.pk},{unit.pk}" for unit in units
    )
    draft = preview(content, company=partnership.company)
    assert len(asked := statements(lambda: draft.confirm(by=manager))) == 12, asked
    assert {job.status for job in Job.objects.all()} == {"ASSIGNED"}
    assert Notification.objects.get().count == rows
