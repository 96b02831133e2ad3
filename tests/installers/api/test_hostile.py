"""What no app would send: always a clear refusal, never a 500."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.models import Job
from tests.installers.api.contract import ROOT, accepts

JSON = "application/json"
DEEP = "[" * 100_000 + "]" * 100_000
WRITES = [
    ("put", "unit/"),
    ("patch", "fields/"),
    ("post", "tests/"),
    ("post", "tests/GNSS/confirmation/"),
    ("post", "access/"),
    ("post", "outcome/"),
]


def send(api, job, call, body, media=JSON, **headers):
    method, path = call
    url = f"{ROOT}jobs/{job.pk}/{path}"
    return getattr(api, method)(
        url, body, content_type=media, headers={"Idempotency-Key": "k" * 40, **headers}
    )


@pytest.mark.parametrize("call", WRITES, ids=lambda call: call[1])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("{", "parse_error"),
        (DEEP, "parse_error"),
        (b"\xff\xfe\x00", "parse_error"),
        ('{"a": NaN}', "parse_error"),
        (f'{{"a": {"9" * 5000}}}', "parse_error"),
        ("[]", "invalid"),
        ("null", "invalid"),
        ('"text"', "invalid"),
        ("7", "invalid"),
        ('{"\\u0000": 1}', "invalid"),
        ('{"\\ud800": "\\ud800"}', "invalid"),
    ],
    ids=[
        "open",
        "deep",
        "bytes",
        "nan",
        "digits",
        "list",
        "null",
        "text",
        "number",
        "nul",
        "surrogate",
    ],
)
def test_a_body_that_is_none_of_ours(call, body, code, running_job, installer_api):
    response = send(installer_api, running_job, call, body)
    assert (response.status_code, response.json()["code"]) == (400, code)
    assert isinstance(response.json()["errors"], dict)


@pytest.mark.parametrize(
    "values",
    [
        {"brand": "a\x00b"},
        {"brand": "\ud800"},
        {"brand": "x" * 101},
        {"vin": "x" * 100_000},
        {"year_of_production": 10**400},
        {"year_of_production": -1},
        {"year_of_production": 2024.5},
        {"year_of_production": True},
        {"year_of_production": 9000},
        {"tracking": "true"},
        {"tracking": 1},
        {"tracking": []},
        {"fuel_type": ["PETROL"]},
        {"fuel_type": {"PETROL": 1}},
        {"vehicle_model_id": "not-an-id"},
        {"vehicle_model_id": "8" * 26},
        {"vehicle_model_id": 7},
        {"license_plate": {"nested": "x"}},
    ],
    ids=lambda values: f"{next(iter(values))} {str(next(iter(values.values())))[:12]!r}",
)
def test_a_value_that_no_field_has(values, running_job, installer_api):
    response = send(installer_api, running_job, ("patch", "fields/"), json.dumps(values))
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert set(response.json()["errors"]) == set(values)


@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_body_of_another_kind(media, running_job, installer_api):
    response = send(installer_api, running_job, ("put", "unit/"), "qnr=1", media)
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_an_answer_in_another_kind(installer_api):
    response = installer_api.get(f"{ROOT}me/", headers={"Accept": "text/html"})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


def test_more_than_is_read_at_once(running_job, installer_api):
    response = send(
        installer_api, running_job, ("patch", "fields/"), json.dumps({"brand": "x" * 3_000_000})
    )
    assert (response.status_code, response.json()["code"]) == (413, "too_large")


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
NAMES = st.sampled_from(
    ["qnr", "kinds", "prompt", "observed", "outcome", "comment", "reason", "vin", "tracking"]
)


@pytest.mark.parametrize("call", WRITES, ids=lambda call: call[1])
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.dictionaries(NAMES | st.text(max_size=8), ANYTHING, max_size=4))
def test_whatever_is_sent_is_answered_and_what_the_document_forbids_is_refused(
    call, body, running_job, installer_api
):
    response = installer_api_call(installer_api, running_job, call, body)
    assert response.status_code in (200, 202, 400, 409)
    if not accepts(call[0], f"{ROOT}jobs/{running_job.pk}/{call[1]}", body):
        assert response.status_code == 400


def installer_api_call(api, job, call, body):
    method, path = call
    assert Job.objects.filter(pk=job.pk).exists()
    key = {"Idempotency-Key": f"{abs(hash(json.dumps(body))):x}"}
    return getattr(api, method)(
        f"{ROOT}jobs/{job.pk}/{path}", json.dumps(body), content_type=JSON, headers=key
    )


@pytest.mark.parametrize(
    ("body", "twice"),
    [
        ('{"outcome": "FAILED", "outcome": "SUCCEEDED", "comment": "x"}', {"outcome"}),
        ('{"outcome": "FAILED", "comment": "x", "\\u0063omment": "x"}', {"comment"}),
        ('{"outcome": "FAILED", "comment": {"a": 1, "a": 1}}', {"a"}),
        ('[{"a": 1, "b": 2, "a": 1, "b": 2}]', {"a", "b"}),
    ],
    ids=["two values", "escaped", "nested", "in a list"],
)
def test_a_name_that_comes_twice_in_an_object_is_refused_at_that_name(
    linked_job, installer_api, body, twice
):
    answer = send(installer_api, linked_job, ("post", "outcome/"), body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert set(answer.json()["errors"]) == twice
    linked_job.refresh_from_db()
    assert linked_job.status == "RUNNING"
