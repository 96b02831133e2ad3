"""Bulk acts from the pages: preview, one summary, all that match, and large ones by a worker."""

from threading import Thread
from urllib.parse import urlencode

import pytest
from django.db import connection

from jobs.models import BulkRun, HandbackRequest, Job, JobTemplate
from jobs.models import bulk_run as bulk_runs
from jobs.models.job_queryset import JobQuerySet
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
    from fleetcontrol.views import job_bulk, job_bulk_preview, job_create_many

    monkeypatch.setattr(bulk_runs, "BATCH", 2)
    for module in (job_bulk, job_bulk_preview, job_create_many):
        monkeypatch.setattr(module, "BATCH", 2)


def statuses() -> list[str]:
    return sorted(Job.objects.values_list("status", flat=True))


def test_the_preview_says_how_many_can_and_why_the_others_cannot(bulk, jobs, assigned_job):
    page = bulk("delete", [*jobs, assigned_job])
    assert (page.context["able"], page.context["total"]) == (4, 5)
    assert page.context["obstacles"] == {"Assigned": 1}
    assert statuses() == ["ASSIGNED", *["PENDING"] * 4]


@pytest.mark.parametrize("act", ["assign", "edit", "handback", "again", "delete"])
def test_entries_of_a_pasted_list_that_were_not_found_are_named_before_acting(
    act, bulk, fleet, manager
):
    job = JobFactory(by=manager, fleet=fleet, license_plate="PB-A 12")
    query = urlencode({"search": "PB-A 12\nPB-A 13\nP"})
    for selection in ({"all": "1"}, {"select": job.pk}):
        page = bulk(act, query=query, **selection)
        text = page.content.decode()
        assert page.context["total"] == 1
        assert "1 entry was not found: PB-A 13" in text
        assert "Shorter than three characters, so left out: P" in text


def test_deleting_some_ends_in_one_summary(bulk, jobs, assigned_job):
    page = bulk("delete", [*jobs[:2], assigned_job], step="confirmed")
    assert "2 jobs were deleted. Not changed: Assigned: 1." in page.content.decode()
    assert statuses() == ["ASSIGNED", "DELETED", "DELETED", "PENDING", "PENDING"]


def test_assigning_many_asks_for_the_company_and_assigns(bulk, jobs, partnership):
    assert "company" in bulk("assign", jobs, step="confirmed").context["form"].errors
    page = bulk("assign", jobs, step="confirmed", company=partnership.company_id)
    assert "4 jobs were assigned to QuickInstall." in page.content.decode()
    assert statuses() == ["ASSIGNED"] * 4


def test_a_company_that_is_no_partner_cannot_be_chosen(bulk, jobs, other_company):
    page = bulk("assign", jobs, step="confirmed", company=other_company.pk)
    assert "company" in page.context["form"].errors
    assert statuses() == ["PENDING"] * 4


def test_bulk_edit_sets_only_what_is_ticked_after_showing_what_that_is(bulk, jobs, manager):
    jobs[0].edit(by=manager, contact="Max")
    sent = {
        "touch": ["location", "tracking"],
        "location": "Yard",
        "tracking": "true",
        "contact": "Nobody",
    }
    page = bulk("edit", jobs, step="filled", **sent)
    assert page.context["changes"] == [("Location", "Yard"), ("Tracking", "on")]
    assert not Job.objects.filter(location="Yard").exists()

    bulk("edit", jobs, step="confirmed", **dict(page.context["sent"]) | {"touch": sent["touch"]})
    assert set(Job.objects.values_list("location", "tracking")) == {("Yard", True)}
    assert set(Job.objects.values_list("contact", flat=True)) == {"Max", ""}


def test_bulk_edit_without_a_tick_sets_nothing(bulk, jobs):
    assert (
        "Tick what you want to set"
        in bulk("edit", jobs, step="filled", location="Yard").content.decode()
    )


def test_the_preview_of_an_edit_counts_those_whose_model_does_not_support_it(
    bulk, jobs, fleet, manager
):
    plain = JobFactory(
        by=manager, fleet=fleet, vehicle_model=VehicleModelFactory(brand="Fiat", features=[])
    )
    page = bulk(
        "edit", [*jobs, plain], step="filled", touch=["smoke_detection"], smoke_detection="true"
    )
    assert page.context["able"] == 4
    assert "does not support" in next(iter(page.context["obstacles"]))


def test_a_bulk_edit_demands_no_test_of_a_model_that_cannot_pass_it(bulk, jobs, fleet, manager):
    plain = JobFactory(by=manager, fleet=fleet, vehicle_model=VehicleModelFactory(brand="Fiat"))
    sent = {"touch": ["further_tests"], "further_tests": ["KEY_FOB"]}
    page = bulk("edit", [*jobs, plain], step="filled", **sent)
    assert (page.context["able"], list(page.context["obstacles"].values())) == (4, [1])
    bulk("edit", [*jobs, plain], step="confirmed", **sent)
    assert Job.objects.filter(further_tests=["KEY_FOB"]).count() == 4


def test_the_preview_of_a_large_edit_counts_them_too(
    small_batches, bulk, jobs, fleet, manager, statements
):
    plain = VehicleModelFactory(brand="Fiat", features=[])
    more = [JobFactory(by=manager, fleet=fleet, vehicle_model=plain) for _n in range(3)]
    sent = {"step": "filled", "touch": ["smoke_detection"], "smoke_detection": "true"}
    page = bulk("edit", [*jobs, *more], **sent)
    assert (page.context["able"], list(page.context["obstacles"].values())) == (4, [3])
    bulk("edit", [*jobs, *more], **sent | {"step": "confirmed"})
    BulkRun.objects.get().go()
    assert (BulkRun.objects.get().done, BulkRun.objects.get().refused) == (
        4,
        page.context["obstacles"],
    )


def test_all_that_match_are_those_of_the_filter_and_none_that_came_later(
    bulk, jobs, fleet, manager
):
    named = [JobFactory(by=manager, fleet=fleet, custom_name=f"Blue {n}") for n in range(3)]
    page = bulk("delete", all="1", query="search=blue")
    assert page.context["total"] == 3
    later = JobFactory(by=manager, fleet=fleet, custom_name="Blue later")
    seen = {name: page.context[name] for name in ("until", "movable")}
    bulk("delete", all="1", query="search=blue", step="confirmed", **seen)
    assert {job.status for job in Job.objects.filter(pk__in=[job.pk for job in named])} == {
        "DELETED"
    }
    later.refresh_from_db()
    assert later.status == "PENDING"


def test_nothing_selected_offers_all_that_match(bulk, jobs):
    assert bulk("delete").context["matching"] == 4


def test_taking_all_that_match_asks_before_it_acts(bulk, jobs):
    empty = bulk("delete")
    assert 'name="step" value=""' in empty.content.decode()
    page = bulk("delete", all="1", step="")
    assert (page.context["able"], statuses()) == (4, ["PENDING"] * 4)


def test_after_signing_in_again_selection_and_input_are_shown_and_not_acted_on(
    bulk, jobs, manager_client, at
):
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


@pytest.mark.parametrize("act", ["assign", "edit", "delete", "handback", "again"])
def test_nobody_else_acts_on_many(act, outsiders, at, jobs):
    for client, expected in outsiders.items():
        sent = {
            "select": [job.pk for job in jobs],
            "step": "confirmed",
            "touch": "location",
            "location": "Hacked",
            "reason": "Hacked",
        }
        assert client.post(at(f"jobs/installation/bulk/{act}/"), sent).status_code == expected
    assert statuses() == ["PENDING"] * 4
    assert not Job.objects.filter(location="Hacked").exists()


def test_an_act_that_does_not_exist_is_not_found(bulk, jobs):
    assert bulk("explode", jobs).status_code == 404
    assert bulk("delete", select="nonsense").status_code == 404


# --- asking back and creating again -----------------------------------------------------------------------------------
@pytest.fixture
def assigned_jobs(jobs, partnership, manager):
    Job.objects.all().assign_all(partnership.company, fleet=partnership.fleet, by=manager)
    return jobs


def test_jobs_of_the_wrong_partner_are_asked_back_in_one_go(bulk, assigned_jobs, company_admin):
    preview = bulk("handback", assigned_jobs)
    assert "4 of 4 selected jobs can be asked back." in preview.content.decode()
    assert "reason" in bulk("handback", assigned_jobs, step="filled").context["form"].errors
    page = bulk("handback", assigned_jobs, step="filled", reason="Wrong partner")
    assert "4 jobs were asked back." in page.content.decode()
    assert HandbackRequest.objects.open().count() == 4
    assert statuses() == ["ASSIGNED"] * 4
    told = company_admin.notifications.filter(verb="request_handback")
    assert list(told.values_list("count", flat=True)) == [4]


def test_the_preview_counts_those_that_were_asked_back_before(bulk, assigned_jobs, manager):
    asked = Job.objects.get(pk=assigned_jobs[0].pk)
    asked.request_handback(by=manager, reason="Wrong car")
    page = bulk("handback", assigned_jobs)
    assert (page.context["able"], page.context["obstacles"]) == (3, {"asked back already": 1})


def test_asked_back_jobs_are_marked_in_the_list_and_found_by_a_filter(
    manager_client, list_url, assigned_jobs, manager
):
    asked = Job.objects.get(pk=assigned_jobs[0].pk)
    asked.request_handback(by=manager, reason="Wrong car")
    assert manager_client.get(list_url).content.decode().count('data-status="ASKED_BACK"') == 1
    found = manager_client.get(list_url, {"asked_back": "on"})
    assert [line.id for line in found.context["table"].lines] == [asked.pk]


def test_failed_jobs_are_created_again_in_one_go(bulk, assigned_jobs, installer):
    for job in Job.objects.all()[:3]:
        job.take(by=installer)
        job.fail(by=installer, comment="No car there")
    page = bulk("again", assigned_jobs)
    assert (page.context["able"], page.context["obstacles"]) == (3, {"Assigned": 1})
    done = bulk("again", assigned_jobs, step="filled")
    assert "3 jobs were created. Not changed: Assigned: 1." in done.content.decode()
    assert statuses() == ["ASSIGNED", *["FAILED"] * 3, *["PENDING"] * 3]
    assert bulk("again", assigned_jobs).context["able"] == 0


def test_failed_jobs_are_created_again_for_a_day(bulk, assigned_jobs):
    Job.objects.update(status="FAILED", comment="No", planned_service_date="2031-01-01")
    wrong = bulk("again", assigned_jobs, step="filled", planned_service_date="2031-02-30")
    assert "planned_service_date" in wrong.context["form"].errors
    assert Job.objects.count() == 4
    bulk("again", assigned_jobs, step="filled", planned_service_date="2031-02-28")
    new = Job.objects.filter(status="PENDING")
    assert {f"{job.planned_service_date}" for job in new} == {"2031-02-28"}
    assert new.count() == 4


def test_a_worker_creates_many_again_for_the_same_day(bulk, assigned_jobs, small_batches):
    Job.objects.update(status="FAILED", comment="No")
    bulk("again", assigned_jobs, step="filled", planned_service_date="2031-02-28")
    BulkRun.objects.get().go()
    new = Job.objects.filter(status="PENDING")
    assert [f"{job.planned_service_date}" for job in new] == ["2031-02-28"] * 4


def test_a_link_leads_to_the_question_with_its_selection(
    manager_client, viewer_client, outside_manager_client, at, assigned_jobs, partnership, bulk
):
    waiting = urlencode({"company": partnership.company_id, "status": "ASSIGNED"})
    url = at("jobs/installation/bulk/handback/") + "?" + urlencode({"all": 1, "query": waiting})
    page = manager_client.get(url)
    assert "4 of 4 selected jobs can be asked back." in page.content.decode()
    assert HandbackRequest.objects.count() == 0
    sent = {name: page.context[name] for name in ("until", "movable", "step")}
    done = bulk("handback", query=waiting, all="1", reason="Wrong partner", **sent)
    assert "4 jobs were asked back." in done.content.decode()
    assert viewer_client.get(url).status_code == 403
    assert outside_manager_client.get(url).status_code == 404


@pytest.mark.parametrize("act", ["handback", "again"])
def test_a_large_one_of_these_is_done_by_a_worker_with_one_notification(
    act, bulk, assigned_jobs, small_batches, company_admin, manager
):
    if act == "again":
        Job.objects.update(status="FAILED", comment="No")
    reason = {"reason": "Wrong partner"} if act == "handback" else {}
    bulk(act, assigned_jobs, step="filled", **reason)
    BulkRun.objects.get().go()
    run = BulkRun.objects.get()
    assert (run.done, run.refused, run.error) == (4, {}, "")
    told = company_admin.notifications.filter(verb="request_handback")
    assert list(told.values_list("count", flat=True)) == {"handback": [4], "again": []}[act]
    assert manager.notifications.get(verb=f"bulk_{act}").count == 4


# --- by a worker ----------------------------------------------------------------------------------------------------
def test_a_large_act_goes_to_a_worker_and_shows_its_progress(
    bulk, jobs, assigned_job, partnership, small_batches, manager_client
):
    page = bulk("assign", [*jobs, assigned_job], step="confirmed", company=partnership.company_id)
    run = BulkRun.objects.get()
    assert "0 of 5" in page.content.decode()
    assert run.step()
    bar = manager_client.get(
        page.request["PATH_INFO"], headers={"HX-Request": "true"}
    ).content.decode()
    assert "2 of 5" in bar
    run.go()
    run.refresh_from_db()
    assert (run.done, run.refused) == (4, {"Assigned": 1})
    assert (
        "4 jobs were assigned to QuickInstall."
        in manager_client.get(page.request["PATH_INFO"]).content.decode()
    )


def test_a_large_act_tells_the_partner_once(bulk, jobs, partnership, small_batches, company_admin):
    bulk("assign", jobs, step="confirmed", company=partnership.company_id)
    BulkRun.objects.get().go()
    assert list(company_admin.notifications.values_list("verb", "count")) == [("assign", 4)]


def test_a_run_that_is_started_twice_does_everything_once(bulk, jobs, small_batches):
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    run, again = BulkRun.objects.get(), BulkRun.objects.get()
    run.go()
    again.go()
    assert BulkRun.objects.get().done == 4
    assert all(job.events.count() == 2 for job in jobs)


def test_a_run_whose_partner_has_gone_says_so_and_stops(
    bulk, jobs, partnership, small_batches, company_admin
):
    bulk("assign", jobs, step="confirmed", company=partnership.company_id)
    partnership.end(by=company_admin)
    run = BulkRun.objects.get()
    run.go()
    assert run.refused == {run.error: 4}
    assert "not a partner" in run.error
    assert statuses() == ["PENDING"] * 4


@pytest.mark.parametrize("spoil", ["deleted", "refused"])
def test_a_run_that_can_never_be_carried_out_ends_and_says_why(
    spoil, bulk, jobs, small_batches, manager
):
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
    assert {"deleted": "no longer exists", "refused": "at most 200"}[spoil] in run.error
    assert not run.jobs.exists()
    assert list(manager.notifications.values_list("verb", "count")) == [("bulk_edit", 0)]


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
    assert "4 jobs were changed." in page
    assert line not in page
    assert "4 jobs were changed." not in manager_client.get(list_url).content.decode()
    notification = manager.notifications.get()
    assert (notification.sentence, notification.path, notification.mail_due) == (
        "Bulk Edit is done: 4 jobs are changed",
        run.path,
        False,
    )
    assert manager_client.get(notification.path).status_code == 200
    assert not fleet_admin.notifications.exists()


def test_a_list_asks_for_a_large_act_only_if_there_is_one(
    bulk, jobs, small_batches, manager_client, list_url, statements
):
    before = statements(lambda: manager_client.get(list_url))
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    assert statements(lambda: manager_client.get(list_url)) == before + 1


def test_the_progress_leads_back_to_the_list_of_its_kind(
    bulk, fleet, manager, manager_client, at, small_batches
):
    vehicle = VehicleFactory(fleet=fleet)
    jobs = [
        JobFactory(by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle)
        for _n in range(3)
    ]
    sent = {"select": [job.pk for job in jobs], "step": "confirmed"}
    page = manager_client.post(at("jobs/maintenance/bulk/delete/"), sent, follow=True)
    assert page.context["list_url"] == at("jobs/maintenance/")


def test_the_progress_of_another_fleet_is_not_found(
    bulk, jobs, small_batches, outside_manager_client, at
):
    bulk("edit", jobs, step="confirmed", touch="location", location="Yard")
    assert (
        outside_manager_client.get(at(f"jobs/bulk/{BulkRun.objects.get().pk}/")).status_code == 404
    )


def test_the_preview_of_an_assignment_lists_what_becomes_locked(
    bulk, jobs, fleet, manager, unit, partnership
):
    Job.objects.filter(pk=jobs[0].pk).update(planned_unit=unit, license_plate="B QX 2041")
    Job.objects.filter(pk=jobs[1].pk).update(license_plate="B QX 2042", tracking=False)
    Job.objects.filter(pk=jobs[2].pk).update(license_plate="B QX 2043", status="DELETED")

    page = bulk("assign", jobs)

    assert {str(label): number for label, number in page.context["locked"]} == {
        "Licence plate": 2,
        "Custom name": 3,
        "Tracking": 1,
        "Planned unit": 1,
    }
    assert "in 2 jobs" in text_of(page)
    assert statuses() == ["DELETED"] + ["PENDING"] * 3


def test_the_preview_of_assigning_maintenance_lists_vehicle_and_task(
    manager_client, at, fleet, manager
):
    vehicle = VehicleFactory(fleet=fleet)
    job = JobFactory(
        by=manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=vehicle, task=Job.Task.REPAIR
    )

    page = manager_client.post(at("jobs/maintenance/bulk/assign/"), {"select": job.pk})

    assert [(str(label).lower(), number) for label, number in page.context["locked"]] == [
        ("vehicle", 1),
        ("task", 1),
    ]


# --- create multiple ------------------------------------------------------------------------------------------------
@pytest.fixture
def many(fleet, vehicle_model, partnership):
    """What the form of *Create Multiple Jobs* sends for five jobs and a partner."""
    template = JobTemplateFactory(fleet=fleet, vehicle_model=vehicle_model)
    return {"template": template.pk, "number": 5, "company": partnership.company_id}


def text_of(page) -> str:
    return " ".join(page.content.decode().split())


@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_jobs_from_a_template_that_is_deleted_at_that_moment_are_refused(
    manager_client, at, many, monkeypatch
):
    create = JobQuerySet.create_many

    def delete() -> None:
        JobTemplate.objects.all().delete()
        connection.close()

    def overtaken(*args, **kwargs):
        """Somebody else deletes it before the jobs are committed."""
        created = create(*args, **kwargs)
        other = Thread(target=delete)
        other.start()
        other.join(10)
        return created

    monkeypatch.setattr(JobQuerySet, "create_many", overtaken)

    refused = manager_client.post(at("jobs/new/many/"), many | {"company": ""})

    assert refused.status_code == 409
    assert "Something that was chosen here no longer exists." in text_of(refused)
    assert not Job.objects.exists()


def test_creating_many_of_a_template(manager_client, at, many):
    page = manager_client.post(at("jobs/new/many/"), many | {"company": ""}, follow=True)

    assert "5 jobs were created." in page.content.decode()
    assert set(Job.objects.values_list("status", "vehicle_model", "vin")) == {
        ("PENDING", JobTemplate.objects.get().vehicle_model_id, "")
    }


def test_the_form_has_the_labels_of_the_guide(manager_client, at, many):
    page = text_of(manager_client.get(at("jobs/new/many/")))

    assert all(label in page for label in ("Service Partner", "Number of Jobs to Create"))
    assert all(f'type="submit">{label}</button>' in page for label in ("Save", "Save & Assign"))


@pytest.mark.parametrize("number", [5, 10_000])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_nothing_is_assigned_before_the_question_is_answered(
    number, headers, manager_client, at, many
):
    page = manager_client.post(at("jobs/new/many/"), many | {"number": number}, headers=headers)

    assert page.status_code == 200
    asked = text_of(page)
    assert f"Assign {number:,} jobs to QuickInstall?" in asked
    assert f"{number:,} jobs will be locked" in asked
    assert "VIN and licence plate stay open for the installer." in asked
    assert str(JobTemplate.objects.get().vehicle_model) in asked
    assert ("<html" in asked) == (not headers)
    assert not Job.objects.exists()
    assert not BulkRun.objects.exists()


def test_the_answered_question_creates_and_assigns(manager_client, at, many, vehicle_model):
    asked = manager_client.post(at("jobs/new/many/"), many)
    sent = dict(asked.context["sent"]) | {"confirmed": "1"}

    page = manager_client.post(asked.context["action"], sent, follow=True)

    assert "5 jobs were created and assigned to QuickInstall." in page.content.decode()
    assert set(Job.objects.values_list("status", "vehicle_model", "vin")) == {
        ("ASSIGNED", vehicle_model.pk, "")
    }


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_the_way_back_from_the_question_leads_to_the_filled_form(headers, manager_client, at, many):
    page = manager_client.post(at("jobs/new/many/"), many | {"back": "1"}, headers=headers)

    assert {name: str(page.context["form"][name].value()) for name in many} == {
        name: str(value) for name, value in many.items()
    }
    assert not Job.objects.exists()


def test_what_is_wrong_is_said_before_the_question(manager_client, at, many):
    page = manager_client.post(
        at("jobs/new/many/"), many | {"number": 10_001}, headers={"HX-Request": "true"}
    )

    assert page.context["form"].errors
    assert "<html" not in page.content.decode()


def test_a_partner_who_left_meanwhile_is_assigned_nothing(
    manager_client, at, many, partnership, manager
):
    partnership.end(by=manager)

    page = manager_client.post(at("jobs/new/many/"), many | {"confirmed": "1"})

    assert page.context["form"].errors["company"]
    assert not Job.objects.exists()


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
    assert (
        manager_client.post(at("jobs/new/many/"), {"template": template.pk, "number": 5})
        .context["form"]
        .errors
    )
    assert template.name not in manager_client.get(at("jobs/new/from-template/")).content.decode()


def test_a_job_that_others_have_made_match_meanwhile_is_not_moved_unseen(
    bulk, jobs, assigned_job, company_admin
):
    page = bulk("delete", all="1")
    seen = {name: page.context[name] for name in ("until", "movable")}
    assigned_job.hand_back(by=company_admin, reason="Not ours")
    page = bulk("delete", all="1", step="confirmed", **seen)
    assert "More jobs match now than in your preview." in page.content.decode()
    assert (page.context["able"], statuses()) == (5, ["PENDING"] * 5)
    bulk("delete", all="1", step="confirmed", until=seen["until"], movable=page.context["movable"])
    assert statuses() == ["DELETED"] * 5


# --- only what is ticked --------------------------------------------------------------------------------------------
def test_what_is_filled_in_and_not_ticked_counts_for_nothing_and_stays(bulk, jobs, vehicle_model):
    odd = {
        "year_of_production": "1850",
        "installation_variant": "NONE",
        "vehicle_model": vehicle_model.pk,
    }
    page = bulk("edit", jobs, step="filled", touch=["location"], location="Yard", **odd)
    assert page.context["changes"] == [("Location", "Yard")]
    page = bulk("edit", jobs, step="filled", touch=["year_of_production"], location="Yard", **odd)
    assert set(page.context["form"].errors) == {"year_of_production"}
    assert page.context["form"]["location"].value() == "Yard"


def test_from_the_preview_of_a_bulk_edit_one_goes_back_to_what_one_filled_in(bulk, jobs):
    sent = {"touch": ["location", "tracking"], "location": "Yard", "tracking": "true"}
    assert 'name="again"' in bulk("edit", jobs, step="filled", **sent).content.decode()
    page = bulk("edit", jobs, step="confirmed", again="1", **sent)
    ticked = {
        field.name: field.value() for field, is_ticked in page.context["form"].offered if is_ticked
    }
    assert ticked == {"location": "Yard", "tracking": True}
    assert page.context["step"] == "filled"
    assert not Job.objects.filter(location="Yard").exists()


def test_the_preview_counts_what_is_so_already_and_the_summary_alike(bulk, jobs, manager):
    jobs[0].edit(by=manager, location="Yard")
    page = bulk("edit", jobs, step="filled", touch=["location"], location="Yard")
    assert (page.context["able"], page.context["obstacles"]) == (3, {"already so": 1})
    page = bulk("edit", jobs, step="confirmed", touch=["location"], location="Yard")
    assert "3 jobs were changed. Not changed: already so: 1." in page.content.decode()


def test_a_vehicle_model_fills_in_what_it_knows_and_ticks_it(bulk, jobs):
    model = VehicleModelFactory(brand="Fiat", features=[])
    sent = {"touch": ["tracking", "location"], "tracking": "true", "location": "Yard"}
    form = bulk(
        "edit", jobs, step="filled", follow="vehicle_model", vehicle_model=model.pk, **sent
    ).context["form"]
    assert form["brand"].value() == "Fiat"
    ticked = {field.name for field, is_ticked in form.offered if is_ticked}
    assert ticked == {"vehicle_model", "brand", "model", "fuel_type", "vehicle_type", "location"}
    form = bulk("edit", jobs, step="filled", follow="vehicle_model", **sent).context["form"]
    assert {field.name for field, is_ticked in form.offered if is_ticked} == set(sent["touch"])
