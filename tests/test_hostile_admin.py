"""Every form of the operators' pages takes nonsense as an error at its field, never as a failure of the page."""

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse

from core.vocabulary import WordsField
from core.web.admin import ReadOnlyAdmin
from telematics.simulator.models import SimulatedUnit
from tests.factories.jobs import ConfigurationPresetFactory, JobTemplateFactory
from tests.factories.telematics import PlaceFactory

NONSENSE = ["5", "null", '"x"', "[[]]", "{}", "x" * 300, "\u0000"]
WRITABLE = [page for page in admin.site._registry.values() if not isinstance(page, ReadOnlyAdmin)]
ONLY_ADDED = ("accounts.ApiClient", "accounts.Invitation")
ONLY_CHANGED = ("accounts.Company",)
ADDED = [page for page in WRITABLE if page.model._meta.label not in ONLY_CHANGED]
CHANGED = [page for page in WRITABLE if page.model._meta.label not in ONLY_ADDED]
# What is chosen from a list, or read as more than a text.
CHOSEN = (
    forms.ChoiceField,
    forms.MultipleChoiceField,
    forms.ModelChoiceField,
    forms.NullBooleanField,
)


# Lists of networks, which have no vocabulary: the field that reads them knows what one is.
OF_ADDRESSES = ("allowed_addresses",)


def name_of(page):
    return page.model._meta.label


def send(client, url, value):
    """The page after `value` was sent in every field; None where all of it was taken."""
    form = client.get(url).context["adminform"].form
    nonsense = dict.fromkeys(form.fields, value)
    response = client.post(url, nonsense)
    assert response.status_code in (200, 302), (url, value)
    return None if response.status_code == 302 else response.context["adminform"].form


def assert_named(form, value):
    for name, field in form.fields.items():
        if isinstance(field, CHOSEN) and not (
            value == "5" and isinstance(field, forms.ModelChoiceField)
        ):
            assert name in form.errors, (name, value)


@pytest.mark.parametrize("page", ADDED, ids=name_of)
def test_a_new_row_of_nonsense_has_an_error_at_each_field_with_a_choice(operator_client, page):
    meta = page.model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_add")
    for value in NONSENSE:
        form = send(operator_client, url, value)
        if form is not None:
            assert_named(form, value)


@pytest.fixture
def rows(linked_job, operator):
    """Some row for every page."""
    ConfigurationPresetFactory(fleet=linked_job.fleet)
    JobTemplateFactory(fleet=linked_job.fleet)
    PlaceFactory(fleet=linked_job.fleet)
    Group.objects.all().delete()  # roles are only read
    Group.objects.create(name="Helpers")
    SimulatedUnit.objects.get_or_create(unit=linked_job.unit)


@pytest.mark.parametrize("page", CHANGED, ids=name_of)
def test_a_row_changed_to_nonsense_has_an_error_at_each_field_with_a_choice(
    operator_client, rows, page
):
    row = page.model._default_manager.first()
    meta = page.model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    for value in NONSENSE:
        form = send(operator_client, url, value)
        if form is not None:
            assert_named(form, value)


def test_no_form_of_the_operators_takes_free_json(rf, operator):
    request = rf.get("/")
    request.user = operator
    for page in WRITABLE:
        for name, field in page.get_form(request).base_fields.items():
            assert not isinstance(field, forms.JSONField), (page, name)


def test_every_list_of_words_that_operators_write_has_a_closed_vocabulary(rf, operator):
    request = rf.get("/")
    request.user = operator
    columns = [
        page.model._meta.get_field(name)
        for page in WRITABLE
        for name in page.get_form(request).base_fields
        if name in {field.name for field in page.model._meta.concrete_fields}
    ]
    lists = [column for column in columns if isinstance(column, models.JSONField)]
    assert [column.name for column in lists if column.name in OF_ADDRESSES] == [*OF_ADDRESSES]
    lists = [column for column in lists if column.name not in OF_ADDRESSES]
    assert len(lists) == 6  # four of a vehicle model, two of a template
    assert all(isinstance(column, WordsField) and column.words for column in lists)
