"""The further tests of templates and jobs are words of a closed vocabulary, at every door and in rows from before."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from jobs.models import ConfigurationPreset, Job, JobTemplate
from tests.factories.jobs import JobFactory, JobTemplateFactory
from tests.old_rows import store, unchecked
from tests.test_hostile_admin import NONSENSE

WRONG = ["5", "null", '"x"', "[[]]", "{}", "[null]", '["LOCK"]', '["IGNITION", "X"]']
ADD = {name: reverse(f"admin:jobs_{name}_add") for name in ("jobtemplate", "configurationpreset")}


@pytest.fixture
def template(fleet, vehicle_model):
    return JobTemplateFactory(
        fleet=fleet, name="City", vehicle_model=vehicle_model, further_tests=["IGNITION"]
    )


def test_the_database_refuses_a_wrong_value(template):
    for wrong in WRONG:
        with pytest.raises(IntegrityError), transaction.atomic():
            store(template, further_tests=wrong)


def test_a_template_and_a_job_name_the_field_of_a_wrong_value(template, fleet, manager):
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=template.vehicle_model)
    for row in (template, job):
        for text in WRONG:
            row.further_tests = json.loads(text)
            with pytest.raises(ValidationError) as refused:
                row.full_clean()
            assert list(refused.value.message_dict) == ["further_tests"]
            with pytest.raises(ValidationError), transaction.atomic():
                row.save()
    with pytest.raises(ValidationError), transaction.atomic():
        Job.objects.update(further_tests=["LOCK"])


def test_the_form_of_operators_names_the_field_of_a_wrong_value(
    operator_client, fleet, vehicle_model
):
    about = {"fleet": fleet.pk, "name": "City", "vehicle_model": vehicle_model.pk}
    for wrong in NONSENSE:
        page = operator_client.post(ADD["jobtemplate"], about | {"further_tests": wrong})
        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == ["further_tests"]
    assert (
        operator_client.post(
            ADD["jobtemplate"], about | {"further_tests": ["IGNITION"]}
        ).status_code
        == 302
    )
    assert JobTemplate.objects.get().further_tests == ["IGNITION"]


@pytest.mark.parametrize("name", ADD)
def test_a_feature_is_on_off_or_open_and_nothing_else(operator_client, fleet, name):
    about = {"fleet": fleet.pk, "name": "City"}
    for wrong in NONSENSE:
        page = operator_client.post(ADD[name], about | {"tracking": wrong})
        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == ["tracking"]
    assert (
        operator_client.post(
            ADD[name], about | {"tracking": "false", "smoke_detection": ""}
        ).status_code
        == 302
    )
    row = (JobTemplate if name == "jobtemplate" else ConfigurationPreset).objects.get()
    assert (row.tracking, row.smoke_detection) == (False, None)


@pytest.mark.parametrize("path", ["jobs/new/", "templates/new/", "presets/new/"])
def test_a_managers_form_takes_no_nonsense_for_a_feature(manager_client, fleet, path):
    form = {} if path.startswith("jobs/") else {"name": "City"}
    for wrong in NONSENSE:
        page = manager_client.post(f"/fleetcontrol/{fleet.pk}/{path}", form | {"tracking": wrong})
        assert page.status_code == 200
        assert "tracking" in page.context["form"].errors


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_word_in_an_old_row_takes_no_test_away_and_fails_no_page(
    manager_client, operator_client, installer_api, template, linked_job, wrong
):
    needed = linked_job.proof.required_tests()
    with unchecked(JobTemplate):
        store(template, further_tests=wrong)
    store(linked_job, further_tests=wrong)
    job = Job.objects.get(pk=linked_job.pk)
    assert job.proof.required_tests() == needed
    at = f"/fleetcontrol/{job.fleet_id}/"
    for path in (
        "jobs/installation/",
        f"jobs/{job.pk}/",
        "templates/",
        f"templates/{template.pk}/edit/",
    ):
        assert manager_client.get(at + path).status_code == 200, path
    assert installer_api.get(f"/api/smartcontrol/v1/jobs/{job.pk}/").status_code == 200
    assert operator_client.get(reverse("admin:jobs_job_change", args=[job.pk])).status_code == 200


def test_operators_see_which_templates_are_wrong_and_correct_them_by_saving(
    operator_client, template
):
    with unchecked(JobTemplate):
        store(template, further_tests='["IGNITION", "LOCK"]')
    url = reverse("admin:jobs_jobtemplate_change", args=[template.pk])
    listed = operator_client.get(reverse("admin:jobs_jobtemplate_changelist")).content.decode()
    assert "Further required tests: Unknown: LOCK. Allowed: CONNECTIVITY, " in listed
    page = operator_client.get(url)
    warned = [str(message) for message in page.context["messages"]]
    assert len(warned) == 1
    assert warned[0].startswith("Further required tests: Unknown: LOCK.")
    form = page.context["adminform"].form
    assert form["further_tests"].value() == ["IGNITION"]
    sent = {"fleet": template.fleet_id, "name": "City", "further_tests": ["IGNITION"]}
    assert operator_client.post(url, sent).status_code == 302
    assert type(JobTemplate.objects.get().further_tests) is list
