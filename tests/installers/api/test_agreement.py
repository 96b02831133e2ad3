"""A company that has signed nothing sees no job, and is told so instead of being shown an empty list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AgreementSignature
from tests.factories.accounts import AgreementFactory


def told(response):
    return response.status_code, response.json()["code"]


@pytest.fixture
def unsigned(company):
    AgreementSignature.objects.filter(company=company).delete()


@pytest.mark.parametrize(
    "path",
    [
        "jobs/",
        "jobs/?category=available",
        "jobs/counts/",
        "jobs/{job}/",
        "jobs/{job}/tests/",
        "vehicles/{vehicle}/state/",
    ],
)
def test_lists_and_sheets_say_that_the_agreement_is_missing(
    path, linked_job, unsigned, installer_phone
):
    url = path.format(job=linked_job.pk, vehicle=linked_job.vehicle_id)
    assert told(installer_phone.get(url)) == (403, "agreement_missing")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "jobs/{job}/assignment/", None),
        ("post", "jobs/{job}/access/", None),
        ("post", "jobs/{job}/handback/", {"reason": "No."}),
    ],
)
def test_so_do_moves(method, path, body, linked_job, unsigned, installer_phone):
    answer = getattr(installer_phone, method)(path.format(job=linked_job.pk), body)
    assert told(answer) == (403, "agreement_missing")


def test_a_job_of_another_company_is_not_found(assigned_job, outside_installer_phone):
    assert told(outside_installer_phone.get(f"jobs/{assigned_job.pk}/")) == (404, "not_found")


def test_me_says_what_is_signed(company, installer_phone):
    assert installer_phone.get("me/").json()["agreement"] | {"binding_from": None} == {
        "version": 1,
        "signed": True,
        "newest_signed": True,
        "binding_from": None,
    }


def test_me_says_that_nothing_is_signed(unsigned, installer_phone):
    agreement = installer_phone.get("me/").json()["agreement"]
    assert (agreement["signed"], agreement["newest_signed"]) == (False, False)


def test_me_says_from_when_the_newest_version_is_needed(company, installer_phone):
    published = timezone.now() - timedelta(days=1)
    AgreementFactory(version=2, published_at=published)
    agreement = installer_phone.get("me/").json()["agreement"]
    assert (agreement["version"], agreement["signed"], agreement["newest_signed"]) == (
        2,
        True,
        False,
    )
    due = published + timedelta(days=14)
    assert agreement["binding_from"][:16] == due.isoformat()[:16]


def test_me_says_whether_a_second_factor_is_missing(company, installer_phone):
    assert installer_phone.get("me/").json()["second_factor"] == {
        "required": False,
        "set_up": False,
    }
    company.require_second_factor = True
    company.save()
    assert installer_phone.get("me/").json()["second_factor"] == {
        "required": True,
        "set_up": False,
    }


def test_me_of_a_person_without_a_company_has_no_agreement(manager_phone):
    account = manager_phone.get("me/").json()
    assert (account["agreement"], account["second_factor"]["required"]) == (None, False)
