"""Bulk acts from the pages: preview, one summary, all that match, and large ones by a worker."""

import pytest

from jobs.models import BulkRun, Job
from jobs.models import bulk_run as bulk_runs
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.factories.telematics import VehicleFactory, VehicleModelFactory


@pytest.fixture
def jobs(fleet, manager):
    return [JobFactory(by=manager, fleet=fleet) for _n in range(4)]


@pytest.fixture
def bulk(manager_client, at):
    """Sends a selection to an act, as the list or its preview does."""

    def send(act, jobs=(), **sent):
        picked = {"select": [job.pk for job in jobs]} if jobs else {}
        return manager_client.post(at(f"jobs/installation/bulk/{act}/"), picked | sent, follow=True)

    return send


@pytest.fixture
def small_batches(monkeypatch):
    """So that four jobs are many."""
    from fleetcontrol.views import job_bulk

    monkeypatch.setattr(bulk_runs, "BATCH", 2)
    monkeypatch.setattr(job_bulk, "BATCH", 2)


def statuses() -> list[str]:
    return sorted(Job.objects.values_list("status", flat=True))


def test_the_preview_says_how_many_can_and_why_the_others_cannot(bulk, jobs, assigned_job):
    page = bulk("delete", [*jobs, assigned_job])
    assert (page.context["able"], page.context["total"]) == (4, 5)
    assert page.context["obstacles"] == {"Assigned": 1}
    assert statuses() == ["ASSIGNED", *["PENDING"] * 4]


def test_deleting_some_ends_in_one_summary(bulk, jobs, assigned_job):
    page = bulk("delete", [*jobs[:2], assigned_job], step="confirmed")
    assert "2 jobs are deleted. Left as they are: Assigned: 1." in page.content.decode()
    assert statuses() == ["ASSIGNED", "DELETED", "DELETED", "PENDING", "PENDING"]


def test_assigning_many_asks_for_the_company_and_assigns(bulk, jobs, partnership):
    assert "company" in bulk("assign", jobs, step="confirmed").context["form"].errors
    page = bulk("assign", jobs, step="confirmed", company=partnership.company_id)
    assert "4 jobs are assigned to QuickInstall." in page.content.decode()
    assert statuses() == ["ASSIGNED"] * 4


def test_a_company_that_is_no_partner_cannot_be_chosen(bulk, jobs, other_company):
    page = bulk("assign", jobs, step="confirmed", company=other_company.pk)
    assert "company" in page.context["form"].errors
    assert statuses() == ["PENDING"] * 4


def test_bulk_edit_sets_only_what_is_ticked_after_showing_what_that_is(bulk, jobs, manager):
    jobs[0].edit(by=manager, contact="Max")
    sent = {"touch": ["location", "tracking"], "location": "Yard", "tracking": "true", "contact": "Nobody"}
    page = bulk("edit", jobs, step="filled", **sent)
    assert page.context["changes"] == [("Location", "Yard"), ("Tracking", "on")]
    assert not Job.objects.filter(location="Yard").exists()

    bulk("edit", jobs, step="confirmed", **dict(page.context["told"]) | {"touch": sent["touch"]})
    assert set(Job.objects.values_list("location", "tracking")) == {("Yard", True)}
    assert set(Job.objects.values_list("contact", flat=True)) == {"Max", ""}


def test_bulk_edit_without_a_tick_sets_nothing(bulk, jobs):
    assert "Tick what you want to set" in bulk("edit", jobs, step="filled", location="Yard").content.decode()


def test_the_preview_of_an_edit_counts_those_whose_model_does_not_support_it(bulk, jobs, fleet, manager):
    plain = JobFactory(by=manager, fleet=fleet, vehicle_model=VehicleModelFactory(brand="Fiat", features=[]))
    page = bulk("edit", [*jobs, plain], step="filled", touch=["smoke_detection"], smoke_detection="true")
    assert page.context["able"] == 4
    assert "does not support" in next(iter(page.context["obstacles"]))


def test_a_bulk_edit_demands_no_test_of_a_model_that_cannot_pass_it(bulk, jobs, fleet, manager):
    plain = JobFactory(by=manager, fleet=fleet, vehicle_model=VehicleModelFactory(brand="Fiat", capabilities=[]))
    sent = {"touch": ["further_tests"], "further_tests": ["KEY_FOB"]}
    page = bulk("edit", [*jobs, plain], step="filled", **sent)
    assert (page.context["able"], list(page.context["obstacles"].values())) == (4, [1])
    bulk("edit", [*jobs, plain], step="confirmed", **sent)
    assert Job.objects.filter(further_tests=["KEY_FOB"]).count() == 4


def test_the_preview_of_a_large_edit_counts_them_too(small_batches, bulk, jobs, fleet, manager, statements):
    plain = VehicleModelFactory(brand="Fiat", features=[])
    more = [JobFactory(by=manager, fleet=fleet, vehicle_model=plain) for _n in range(3)]
    sent = {"step": "filled", "touch": ["smoke_detection"], "smoke_detection": "true"}
    page = bulk("edit", [*jobs, *more], **sent)
    assert (page.context["able"], list(page.context["obstacles"].values())) == (4, [3])
    bulk("edit", [*jobs, *more], **sent | {"step": "confirmed"})
    BulkRun.objects.get().go()
    assert (BulkRun.objects.get().done, BulkRun.objects.get().refused) == (4, page.context["obstacles"])


def test_all_that_match_are_those_of_the_filter_and_none_that_came_later(bulk, jobs, fleet, manager):
    named = [JobFactory(by=manager, fleet=fleet, custom_name=f"Blue {n}") for n in range(3)]
    page = bulk("delete", all="1", query="search=blue")
    assert page.context["total"] == 3
    later = JobFactory(by=manager, fleet=fleet, custom_name="Blue later")
    bulk("delete", all="1", query="search=blue", until=page.context["until"], step="confirmed")
    assert {job.status for job in Job.objects.filter(pk__in=[job.pk for job in named])} == {"DELETED"}
    later.refresh_from_db()
    assert later.status == "PENDING"


def test_nothing_selected_offers_all_that_match(bulk, jobs):
    assert bulk("delete").context["matching"] == 4


def test_taking_all_that_match_asks_before_it_acts(bulk, jobs):
    empty = bulk("delete")
    assert 'name="step" value=""' in empty.content.decode()
    page = bulk("delete", all="1", step="")
    assert (page.context["able"], statuses()) == (4, ["PENDING"] * 4)


def test_after_signing_in_again_selection_and_input_are_shown_and_not_acted_on(bulk, jobs, manager_client, at):
    assert "data-resend" in manager_client.get(at("jobs/installation/bulk/edit/")).content.decode()
    sent = {"touch": ["location"], "location": "Yard", "step": "confirmed", "again": "1"}
    page = bulk("edit", jobs, **sent)
    assert (page.context["total"], page.context["form"]["location"].value()) == (4, "Yard")
    bulk("delete", jobs, step="confirmed", again="1")
    assert set(Job.objects.values_list("status", "location")) == {("PENDING", "")}


def test_jobs_of_another_fleet_are_not_in_a_selection(bulk, jobs, other_fleet, outside_manager):
    foreign = JobFactory(by=outside_manager, fleet=other_fleet)
    bulk("delete", [foreign, jobs[0]], step="confirmed")
    foreign.refresh_from_db()
    assert foreign.status == "PENDING"


@pytest.mark.parametrize("act", ["assign", "edit", "delete"])
def test_nobody_else_acts_on_many(act, outsiders, at, jobs):
    for client, expected in outsiders.items():
        sent = {"select": [job.pk for job in jobs], "step": "confirmed", "touch": "location", "location": "Hacked"}
        assert client.post(at(f"jobs/installation/bulk/{act}/"), sent).status_code == expected
    assert statuses() == ["PENDING"] * 4
    assert not Job.objects.filter(location="Hacked").exists()


def test_an_act_that_does_not_exist_is_not_found(bulk, jobs):
    assert bulk("explode", jobs).status_code == 404
    assert bulk("delete", select="nonsense").status_code == 404


# --- by a worker ----------------------------------------------------------------------------------------------------
def test_a_large_act_goes_to_a_worker_and_shows_its_progress(
    bulk, jobs, assigned_job, partnership, small_batches, manager_client
):
    page = bulk("assign", [*jobs, assigned_job], step="confirmed", company=partnership.company_id)
    run = BulkRun.objects.get()
    assert "0 of 5" in page.content.decode()
    assert run.step()
    bar = manager_client.get(page.request["PATH_INFO"], headers={"HX-Request": "true"}).content.decode()
    assert "2 of 5" in bar
    run.go()
    run.refresh_from_db()
    assert (run.done, run.refused) == (4, {"Assigned": 1})
    assert "4 jobs are assigned to QuickInstall." in manager_client.get(page.request["PATH_INFO"]).content.decode()


def test_a_large_act_tells_the_partner_once(bulk, jobs, partnership, small_batches, company_admin):
    bulk("assign", jobs, step="confirmed", company=partnership.company_id)
    BulkRun.objects.get().go()
    assert list(company_admin.notices.values_list("verb", "count")) == [("assign", 4)]


def test_a_run_that_is_started_twice_does_everything_once(bulk, jobs, small_batches):
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    run, again = BulkRun.objects.get(), BulkRun.objects.get()
    run.go()
    again.go()
    assert BulkRun.objects.get().done == 4
    assert all(job.events.count() == 2 for job in jobs)


def test_a_run_whose_partner_has_gone_says_so_and_stops(bulk, jobs, partnership, small_batches, company_admin):
    bulk("assign", jobs, step="confirmed", company=partnership.company_id)
    partnership.end(by=company_admin)
    run = BulkRun.objects.get()
    run.go()
    assert run.refused == {run.error: 4}
    assert "not a partner" in run.error
    assert statuses() == ["PENDING"] * 4


@pytest.mark.parametrize("spoil", ["deleted", "refused"])
def test_a_run_that_can_never_be_carried_out_ends_and_says_why(spoil, bulk, jobs, small_batches, manager):
    model = VehicleModelFactory()
    bulk("edit", jobs, step="confirmed", touch="vehicle_model", vehicle_model=model.pk)
    if spoil == "deleted":
        model.delete()
    else:
        BulkRun.objects.update(changes={"location": "x" * 500})
    BulkRun.objects.get().go()
    run = BulkRun.objects.get()
    assert run.finished_at
    assert run.refused == {run.error: 4}
    assert {"deleted": "does not exist any more", "refused": "at most 200"}[spoil] in run.error
    assert not run.jobs.exists()
    assert list(manager.notices.values_list("verb", "count")) == [("bulk_edit", 0)]


def test_whoever_began_a_large_act_finds_it_above_the_list_and_hears_once_of_its_end(
    bulk, jobs, small_batches, manager, manager_client, fleet_admin, list_url
):
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    run = BulkRun.objects.get()
    assert "0 of 4" in manager_client.get(list_url).content.decode()
    line = f"/jobs/bulk/{run.pk}/?line=1"
    assert line in manager_client.get(list_url).content.decode()
    run.go()
    page = manager_client.get(list_url).content.decode()
    assert "4 jobs are changed." in page
    assert line not in page
    assert "4 jobs are changed." not in manager_client.get(list_url).content.decode()
    notice = manager.notices.get()
    assert (notice.sentence, notice.path, notice.mail_due) == ("Bulk Edit is done: 4 jobs are changed", run.path, False)
    assert manager_client.get(notice.path).status_code == 200
    assert not fleet_admin.notices.exists()


def test_a_list_asks_for_a_large_act_only_if_there_is_one(
    bulk, jobs, small_batches, manager_client, list_url, statements
):
    before = statements(lambda: manager_client.get(list_url))
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    assert statements(lambda: manager_client.get(list_url)) == before + 1


def test_the_progress_leads_back_to_the_list_of_its_kind(bulk, fleet, manager, manager_client, at, small_batches):
    vehicle = VehicleFactory(fleet=fleet)
    jobs = [JobFactory(by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle) for _n in range(3)]
    sent = {"select": [job.pk for job in jobs], "step": "confirmed"}
    page = manager_client.post(at("jobs/maintenance/bulk/delete/"), sent, follow=True)
    assert page.context["list_url"] == at("jobs/maintenance/")


def test_the_progress_of_another_fleet_is_not_found(bulk, jobs, small_batches, outside_manager_client, at):
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    assert outside_manager_client.get(at(f"jobs/bulk/{BulkRun.objects.get().pk}/")).status_code == 404


# --- create multiple ------------------------------------------------------------------------------------------------
def test_creating_many_of_a_template(manager_client, at, fleet, vehicle_model, partnership):
    template = JobTemplateFactory(fleet=fleet, vehicle_model=vehicle_model)
    page = manager_client.post(
        at("jobs/new/many/"), {"template": template.pk, "number": 5, "company": partnership.company_id}, follow=True
    )
    assert "5 jobs are created and assigned to QuickInstall." in page.content.decode()
    assert set(Job.objects.values_list("status", "vehicle_model", "vin")) == {("ASSIGNED", vehicle_model.pk, "")}


def test_very_many_are_created_by_a_worker(manager_client, at, fleet, small_batches):
    template = JobTemplateFactory(fleet=fleet)
    manager_client.post(at("jobs/new/many/"), {"template": template.pk, "number": 5})
    assert not Job.objects.exists()
    BulkRun.objects.get().go()
    assert Job.objects.count() == 5


@pytest.mark.parametrize("sent", [{"number": 0}, {"number": 10_001}, {"template": ""}])
def test_a_template_and_a_number_up_to_ten_thousand_are_needed(sent, manager_client, at, fleet):
    template = JobTemplateFactory(fleet=fleet)
    page = manager_client.post(at("jobs/new/many/"), {"template": template.pk, "number": 5} | sent)
    assert page.context["form"].errors
    assert not Job.objects.exists()


def test_a_template_of_another_fleet_cannot_be_chosen(manager_client, at, other_fleet):
    template = JobTemplateFactory(fleet=other_fleet)
    assert manager_client.post(at("jobs/new/many/"), {"template": template.pk, "number": 5}).context["form"].errors
    assert template.name not in manager_client.get(at("jobs/new/from-template/")).content.decode()


def test_a_job_that_others_have_made_match_meanwhile_is_not_moved_unseen(bulk, jobs, assigned_job, company_admin):
    page = bulk("delete", all="1")
    seen = {name: page.context[name] for name in ("until", "movable")}
    assigned_job.hand_back(by=company_admin, reason="Not ours")
    page = bulk("delete", all="1", step="confirmed", **seen)
    assert "By now these are more jobs than when you looked." in page.content.decode()
    assert (page.context["able"], statuses()) == (5, ["PENDING"] * 5)
    bulk("delete", all="1", step="confirmed", until=seen["until"], movable=page.context["movable"])
    assert statuses() == ["DELETED"] * 5


# --- only what is ticked --------------------------------------------------------------------------------------------
def test_what_is_filled_in_and_not_ticked_counts_for_nothing_and_stays(bulk, jobs, vehicle_model):
    odd = {"year_of_production": "1850", "installation_variant": "NONE", "vehicle_model": vehicle_model.pk}
    page = bulk("edit", jobs, step="filled", touch=["location"], location="Yard", **odd)
    assert page.context["changes"] == [("Location", "Yard")]
    page = bulk("edit", jobs, step="filled", touch=["year_of_production"], location="Yard", **odd)
    assert set(page.context["form"].errors) == {"year_of_production"}
    assert page.context["form"]["location"].value() == "Yard"


def test_from_the_preview_of_a_bulk_edit_one_goes_back_to_what_one_filled_in(bulk, jobs):
    sent = {"touch": ["location", "tracking"], "location": "Yard", "tracking": "true"}
    assert 'name="again"' in bulk("edit", jobs, step="filled", **sent).content.decode()
    page = bulk("edit", jobs, step="confirmed", again="1", **sent)
    ticked = {field.name: field.value() for field, is_ticked in page.context["form"].offered if is_ticked}
    assert ticked == {"location": "Yard", "tracking": True}
    assert page.context["step"] == "filled"
    assert not Job.objects.filter(location="Yard").exists()


def test_the_preview_counts_what_is_so_already_and_the_summary_alike(bulk, jobs, manager):
    jobs[0].edit(by=manager, location="Yard")
    page = bulk("edit", jobs, step="filled", touch=["location"], location="Yard")
    assert (page.context["able"], page.context["obstacles"]) == (3, {"already so": 1})
    page = bulk("edit", jobs, step="confirmed", touch=["location"], location="Yard")
    assert "3 jobs are changed. Left as they are: already so: 1." in page.content.decode()


def test_a_vehicle_model_fills_in_what_it_knows_and_ticks_it(bulk, jobs):
    model = VehicleModelFactory(brand="Fiat", features=[])
    sent = {"touch": ["tracking", "location"], "tracking": "true", "location": "Yard"}
    form = bulk("edit", jobs, step="filled", follow="vehicle_model", vehicle_model=model.pk, **sent).context["form"]
    assert form["brand"].value() == "Fiat"
    ticked = {field.name for field, is_ticked in form.offered if is_ticked}
    assert ticked == {"vehicle_model", "brand", "model", "fuel_type", "vehicle_type", "location"}
    form = bulk("edit", jobs, step="filled", follow="vehicle_model", **sent).context["form"]
    assert {field.name for field, is_ticked in form.offered if is_ticked} == set(sent["touch"])
