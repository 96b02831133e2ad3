"""A form that is sent twice acts once, and is answered alike; sent again with something changed it acts again."""

import re

import pytest

from jobs.models import BulkRun, ConfigurationPreset, Job, JobTemplate
from tests.factories.jobs import JobFactory, JobTemplateFactory


def shown(page) -> dict[str, str]:
    return {
        "shown_as": re.search(r'name="shown_as" value="(\w{26})"', page.content.decode()).group(1)
    }


@pytest.fixture
def new(manager_client, at):
    return at("jobs/new/"), shown(manager_client.get(at("jobs/new/"))) | {"location": "Yard"}


def test_a_new_job_is_one_job(manager_client, new):
    once, twice = [manager_client.post(*new) for _n in range(2)]
    assert (once.url, twice.status_code) == (twice.url, 302)
    assert Job.objects.count() == 1


def test_whoever_goes_back_and_changes_something_means_another_job(manager_client, new):
    url, sent = new
    manager_client.post(url, sent)
    manager_client.post(url, sent | {"location": "Garage"})
    assert Job.objects.count() == 2


def test_what_was_refused_may_be_sent_again(manager_client, new, partnership, company):
    url, sent = new
    partnership.status = "PENDING"
    partnership.save()
    sent |= {"company": company.pk, "confirmed": "1"}
    assert manager_client.post(url, sent).status_code == 200
    partnership.status = "ACCEPTED"
    partnership.save()
    assert manager_client.post(url, sent).status_code == 302
    assert Job.objects.get().status == Job.Status.ASSIGNED


def test_the_template_that_it_is_kept_as_does_not_stand_in_its_own_way(manager_client, new):
    url, sent = new
    sent |= {"save_as_template": "on", "template_name": "Golf"}
    assert [manager_client.post(url, sent).status_code for _n in range(2)] == [302, 302]
    assert (Job.objects.count(), JobTemplate.objects.count()) == (1, 1)


def test_job_and_template_are_saved_both_or_not_at_all(manager_client, new, monkeypatch, fleet):
    """Somebody else has saved a template of this name since the form was looked at."""
    url, sent = new
    monkeypatch.setattr(
        "fleetcontrol.forms.job.JobForm._check_template_name", lambda form, name: None
    )
    JobTemplateFactory(fleet=fleet, name="Golf")
    page = manager_client.post(url, sent | {"save_as_template": "on", "template_name": "Golf"})
    assert page.context["form"]["location"].value() == "Yard"
    assert "This conflicts with something that exists already." in page.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("confirmed", [{}, {"confirmed": "1"}])
def test_an_edit_is_no_conflict_with_itself(
    confirmed, manager_client, at, manager, fleet, partnership, company
):
    job = JobFactory(by=manager, fleet=fleet)
    url = at(f"jobs/{job.pk}/edit/")
    sent = (
        shown(manager_client.get(url))
        | {"expected_version": job.fields_version, "location": "Yard"}
        | confirmed
    )
    sent |= {"company": company.pk} if confirmed else {}
    assert [manager_client.post(url, sent).status_code for _n in range(2)] == [302, 302]
    job.refresh_from_db()
    assert (job.location, job.status) == ("Yard", "ASSIGNED" if confirmed else "PENDING")


@pytest.mark.parametrize("number", [3, 1001])
def test_many_jobs_are_created_once(number, manager_client, at, fleet):
    template = JobTemplateFactory(fleet=fleet)
    sent = shown(manager_client.get(at("jobs/new/many/"))) | {
        "template": template.pk,
        "number": number,
    }
    once, twice = [manager_client.post(at("jobs/new/many/"), sent) for _n in range(2)]
    assert once.url == twice.url
    assert (Job.objects.count(), BulkRun.objects.count()) == ((3, 0) if number == 3 else (0, 1))


def test_many_jobs_are_assigned_once(manager_client, at, fleet, company, partnership):
    template = JobTemplateFactory(fleet=fleet)
    sent = shown(manager_client.get(at("jobs/new/many/"))) | {"template": template.pk, "number": 3}
    asked = manager_client.post(at("jobs/new/many/"), sent | {"company": company.pk})
    confirmed = dict(asked.context["sent"]) | {"confirmed": "1"}
    once, twice = [manager_client.post(at("jobs/new/many/"), confirmed) for _n in range(2)]
    assert once.url == twice.url
    assert list(Job.objects.values_list("status", flat=True)) == ["ASSIGNED"] * 3


@pytest.mark.parametrize(
    ("act", "told"), [("edit", "1 job was changed."), ("delete", "1 job was deleted.")]
)
def test_a_bulk_act_tells_its_outcome_once_more(act, told, manager_client, at, manager, fleet):
    job = JobFactory(by=manager, fleet=fleet)
    url = at(f"jobs/installation/bulk/{act}/")
    fields = {"touch": "location", "location": "Yard"} if act == "edit" else {}
    sent = {"select": job.pk} | fields
    sent |= shown(manager_client.post(url, sent)) | {"step": "confirmed"}
    for _n in range(2):
        assert told in manager_client.post(url, sent, follow=True).content.decode()
    assert job.events.filter(verb=act).count() == 1


@pytest.mark.parametrize(
    ("noun", "model"), [("templates", JobTemplate), ("presets", ConfigurationPreset)]
)
def test_what_is_saved_for_jobs_is_saved_once(noun, model, manager_client, at):
    sent = shown(manager_client.get(at(f"{noun}/new/"))) | {"name": "Golf"}
    assert [manager_client.post(at(f"{noun}/new/"), sent).status_code for _n in range(2)] == [
        302,
        302,
    ]
    assert model.objects.count() == 1


def test_a_made_up_mark_is_none(manager_client, at):
    for mark in ("", "x", "a\x00b", "9" * 5_000):
        manager_client.post(at("jobs/new/"), {"shown_as": mark})
    assert Job.objects.count() == 4
