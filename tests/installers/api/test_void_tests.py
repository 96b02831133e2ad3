"""A test that no longer proves its job is VOIDED to the phone, with the reason."""

import pytest
from django.utils import translation

from jobs.models.choices import VoidReason
from tests.installers.api.contract import document

SETUP = "The configuration was changed after this test."


@pytest.mark.parametrize("path", ["tests/", "tests/?attempts=all", ""])
def test_the_api_says_void_and_why(path, void_job, installer_phone):
    answer = installer_phone.get(f"jobs/{void_job.pk}/{path}").json()

    tests = answer if path else answer["tests"]
    assert {test["kind"] for test in tests} >= set(void_job.proof.required_tests())
    for test in tests:
        assert (test["status"], test["void_reason"], test["hint"]) == (
            "VOIDED",
            "CONFIGURATION_CHANGED",
            SETUP,
        )
        assert test["voided_at"]
        assert test["evidence"]


def test_the_api_says_it_in_german(void_job, installer, installer_phone):
    installer.language = "de"
    installer.save()
    (test, *_more) = installer_phone.get(f"jobs/{void_job.pk}/tests/").json()

    with translation.override("de"):
        expected = str(VoidReason.CONFIGURATION_CHANGED.label)
    assert test["hint"] == expected != SETUP


def test_a_valid_pass_names_no_reason(proven_job, installer_phone):
    (test, *_more) = installer_phone.get(f"jobs/{proven_job.pk}/tests/").json()

    assert (test["status"], test["voided_at"], test["void_reason"], test["hint"]) == (
        "PASSED",
        None,
        None,
        None,
    )


def test_the_document_lists_the_status_and_the_reasons():
    schemas = str(document()["components"]["schemas"])
    assert "VOIDED" in schemas
    assert all(reason in schemas for reason in VoidReason.values)
