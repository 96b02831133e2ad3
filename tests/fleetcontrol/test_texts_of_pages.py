"""What pages say: messages name the job, empty tabs and refused pages lead on, dates read the same everywhere."""

import pytest
from django import forms
from django.utils import timezone

from core.values import shown
from jobs.models import Job, JobImport


def text(answer) -> str:
    return answer.content.decode()


# --- messages ---------------------------------------------------------------------------------------------------------
def said(answer) -> str:
    [message] = [str(message) for message in answer.context["messages"]]
    return message


def test_each_message_of_the_fleet_names_the_job(manager_client, at, assigned_job, installer):
    send = lambda name, **sent: manager_client.post(  # noqa: E731
        at(f"jobs/{assigned_job.pk}/{name}/"), sent, follow=True
    )
    assert (
        said(send("handback", reason="Wrong car")) == "The partner was asked to hand back Blue One."
    )
    assigned_job.refresh_from_db()
    assigned_job.take(by=installer)
    assert (
        said(send("access/stop", reason="Wrong car"))
        == "Access to the vehicle of Blue One was stopped."
    )
    assert said(send("access/allow")) == "Access to the vehicle of Blue One is allowed again."


def test_a_message_about_a_job_without_a_name_has_no_id(manager_client, at, assigned_job):
    Job.objects.update(custom_name="")
    url = at(f"jobs/{assigned_job.pk}/handback/")
    answer = manager_client.post(url, {"reason": "Wrong car"}, follow=True)
    assert said(answer) == "The partner was asked to hand back a job without a name."


@pytest.mark.parametrize(
    ("name", "sent", "message"),
    [
        ("reservation", {"user": ""}, "The reservation of Blue One was saved."),
        ("handback/refuse", {"reason": "Ours"}, "The fleet was notified that you keep Blue One."),
        ("handback", {"reason": "Take it"}, "Handed back: Blue One."),
    ],
)
def test_each_message_of_the_company_names_the_job(
    name, sent, message, company_admin_client, assigned_job, manager
):
    assigned_job.request_handback(by=manager, reason="Wrong car")
    url = f"/installers/jobs/{assigned_job.pk}/{name}/"
    assert "Blue One" in company_admin_client.get(url).context["title"]
    assert said(company_admin_client.post(url, sent, follow=True)) == message


def test_a_withdrawn_job_is_named(company_admin_client, running_job):
    url = f"/installers/jobs/{running_job.pk}/withdraw/"
    answer = company_admin_client.post(url, {"reason": ""}, follow=True)
    assert said(answer) == "Withdrawn: Blue One is available again."


# --- labels -----------------------------------------------------------------------------------------------------------
def test_every_choice_of_a_company_is_called_service_partner():
    """As the guide calls it, in the form of a job, of many and of an import."""
    labels = {
        form.__name__: str(form.base_fields["company"].label)
        for form in descendants(forms.Form, forms.ModelForm)
        if form.__module__.startswith("fleetcontrol.") and "company" in form.base_fields
    }
    assert {"JobForm", "MaintenanceJobForm", "AssignForm", "CreateManyForm"} <= set(labels)
    assert {"BulkAssignForm", "UploadForm", "PreviewForm"} <= set(labels)
    assert set(labels.values()) == {"Service Partner"}


def descendants(*bases):
    for base in bases:
        for form in base.__subclasses__():
            yield form
            yield from descendants(form)


# --- Enter ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["jobs/new/", "vehicles/new/", "templates/new/"])
def test_the_first_button_of_a_long_form_saves_nothing_also_without_scripts(
    path, manager_client, at
):
    page = text(manager_client.get(at(path)))
    form = page[page.index('class="wide-form') :]
    first = form[form.index("<button") :].partition(">")[0]
    assert 'name="enter"' in first
    name = {"name": "Golf"} if path.startswith("templates") else {}
    shown = manager_client.post(at(path), {"brand": "Audi", "enter": "1"} | name)
    assert shown.status_code == 200
    assert shown.context["form"]["brand"].value() == "Audi"


# --- empty tabs -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("jobs/installation/?status=PENDING", "No pending jobs"),
        ("jobs/installation/?status=ASSIGNED", "No assigned jobs"),
        ("jobs/maintenance/?status=RUNNING", "No running jobs"),
        ("jobs/installation/?status=SUCCEEDED", "No succeeded jobs yet"),
        ("jobs/installation/?status=FAILED", "No failed jobs"),
        ("vehicles/?status=WITHOUT_UNIT", "Every vehicle has a unit"),
        ("vehicles/?status=ARCHIVED", "No archived vehicles"),
        ("partners/?status=PENDING", "No open invitations"),
        ("partners/?status=DECLINED", "No declined invitations"),
    ],
)
def test_an_empty_tab_has_a_sentence_of_its_own_and_a_next_step(path, sentence, manager_client, at):
    page = manager_client.get(at(path))
    assert sentence in text(page)
    assert "Search for something else" not in text(page)
    assert "Show all" in text(page)


def test_an_empty_search_in_a_tab_still_speaks_of_the_search(manager_client, at):
    page = text(manager_client.get(at("jobs/installation/?status=FAILED&search=nowhere")))
    assert "No job matches" in page
    assert "No failed jobs" not in page


# --- refused pages ----------------------------------------------------------------------------------------------------
def test_a_refused_page_of_the_fleet_has_its_navigation(viewer_client, at, fleet):
    page = viewer_client.get(at("jobs/new/"))
    assert page.status_code == 403
    assert "You may not do this" in text(page)
    for path in ("jobs/installation/", "vehicles/", "partners/"):
        assert f'href="{at(path)}"' in text(page)


def test_a_refused_page_of_the_company_has_its_frame(installer_client, company):
    page = installer_client.get("/installers/users/")
    assert page.status_code == 403
    assert company.name in text(page)
    assert 'href="/installers/"' in text(page)


# --- dates and old addresses ------------------------------------------------------------------------------------------
def test_past_imports_show_times_as_every_other_page(manager_client, at, manager, fleet):
    draft = JobImport.objects.preview(
        manager, fleet=fleet, name="a.csv", content=b"custom_name\nA\n"
    )
    page = text(manager_client.get(at("jobs/import/past/")))
    with timezone.override(manager.time_zone):
        assert shown.moment(draft.created_at).partition(",")[0] in page
    assert "a.m." not in page
    assert "p.m." not in page


@pytest.mark.parametrize("old", ["notice/", "notice/?verb=assign", "noticepreference/"])
def test_an_old_bookmark_of_the_notifications_leads_to_them(old, operator_client):
    moved = operator_client.get(f"/admin/jobs/{old}")
    assert moved.url == f"/admin/jobs/{old.replace('notice', 'notification')}"
    assert operator_client.get(moved.url).status_code == 200
