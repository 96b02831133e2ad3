"""No list of the admin site fails for a date in its URL: one that cannot be shows no row and says why."""

import pytest
from django.contrib import admin
from django.db.models import DateField
from django.urls import reverse

from jobs.models import Job

DATED = [
    (model, field.name)
    for model in admin.site._registry
    for field in model._meta.fields
    if isinstance(field, DateField) and field.model is model
]
LOOKUPS = [
    ("__lte", "9999-12-31"),
    ("__year", "9999"),
    ("__gte", "0001-01-01T00:00:00"),
    ("", "9999-12-31"),
    ("__gte", "9999-12-31"),
    ("__gte", "9999-12-31 23:59:59"),
    ("__lt", "0001-01-01"),
    ("__in", "2026-11-24,9999-12-31"),
    ("__year", "1"),
    ("__year", "99999999999999999999"),
    ("__year__gte", "9999"),
    ("__year", "x"),
    ("__gte", "tomorrow"),
    ("__gte", "2026-02-30"),
]


@pytest.fixture
def anywhere(operator):
    """The readers west of Greenwich have the last midnight of the calendar behind its end in UTC."""
    operator.time_zone = "America/Los_Angeles"
    operator.save()


def url(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def test_there_are_dates_to_try():
    assert len(DATED) > 30


@pytest.mark.parametrize(("model", "name"), DATED, ids=lambda one: getattr(one, "__name__", one))
def test_an_impossible_date_shows_no_row_and_says_so(operator_client, anywhere, model, name):
    lookups = LOOKUPS if model is Job else LOOKUPS[:3]
    for lookup, value in lookups:
        page = operator_client.get(url(model), {f"{name}{lookup}": value})
        assert page.status_code == 200, (lookup, value)
        assert page.context["cl"].result_count == 0
        told = [str(message) for message in page.context["messages"]]
        assert any("from 2000 to 2100" in text or "valid date" in text for text in told), (
            lookup,
            value,
            told,
        )


@pytest.mark.parametrize(
    "lookup",
    [
        "created_at__gte=2000-01-01T00:00:00Z",
        "created_at__year__lte=2100",
        "created_at__lt=2100-12-31 23:59:59Z",
        "planned_service_date__isnull=True",
    ],
)
def test_a_date_that_can_be_filters(operator_client, anywhere, pending_job, lookup):
    page = operator_client.get(f"/admin/jobs/job/?{lookup}")
    assert [job.pk for job in page.context["cl"].result_list] == [pending_job.pk]
    assert (
        operator_client.get("/admin/jobs/job/?created_at__year=2001").context["cl"].result_count
        == 0
    )
    assert operator_client.get("/admin/jobs/job/?created_at__month=13").status_code == 200


def test_the_export_of_a_list_leaves_such_a_date_out_as_the_list_does(operator_client):
    page = operator_client.get("/admin/telematics/unit/export/?created_at__gte=9999-12-31")
    assert page.status_code == 200
