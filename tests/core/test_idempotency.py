"""The same request twice happens once, and is answered alike."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from core.models import AnsweredRequest
from core.tasks import forget
from jobs.models import Job
from tests.factories.telematics import UnitFactory
from tests.threads import race

ROOT = "/api/smartcontrol/v1/"
QNR = "00000000000000AA"


@pytest.fixture
def stocked(running_job, fleet):
    UnitFactory(fleet=fleet, qnr=QNR)
    return running_job


def link(api, job, *, key="first", qnr=QNR, **more):
    headers = {"Idempotency-Key": key} if key is not None else {}
    return api.put(
        f"{ROOT}jobs/{job.pk}/unit/", {"qnr": qnr, **more}, headers=headers, format="json"
    )


def links_of(job) -> int:
    return job.events.filter(verb="link_unit").count()


def test_a_repeat_is_answered_alike_and_does_nothing(stocked, installer_api):
    first, again = link(installer_api, stocked), link(installer_api, stocked)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert links_of(stocked) == 1
    assert AnsweredRequest.objects.get().principal == f"user:{stocked.assignee_id}"


def test_a_repeat_after_the_job_has_moved_on_still_meets_its_answer(
    stocked, installer, installer_api
):
    link(installer_api, stocked)
    Job.objects.get(pk=stocked.pk).fail(by=installer, comment="The car has gone.")
    again = link(installer_api, stocked)
    assert (again.status_code, again.json()["status"]) == (200, "FAILED")
    assert link(installer_api, stocked, key="another").json()["code"] == "wrong_status"


def test_another_body_under_the_same_key_is_refused(stocked, installer_api):
    link(installer_api, stocked)
    other = link(installer_api, stocked, qnr="00000000000000BB")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_another_address_under_the_same_key_is_refused(stocked, installer_api):
    link(installer_api, stocked)
    other = installer_api.post(
        f"{ROOT}jobs/{stocked.pk}/access/", headers={"Idempotency-Key": "first"}
    )
    assert other.json()["code"] == "idempotency_key_reused"


def test_the_same_json_written_differently_is_the_same_body(stocked, installer_api):
    url, headers = f"{ROOT}jobs/{stocked.pk}/fields/", {"Idempotency-Key": "first"}
    bodies = ['{"vin": "", "brand": "Audi"}', '{ "brand":"\\u0041udi","vin":""}']
    answers = [
        installer_api.patch(url, body, content_type="application/json", headers=headers)
        for body in bodies
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert stocked.events.filter(verb="fill_in").count() == 1


def test_a_key_is_needed_where_a_repeat_would_do_it_twice(stocked, installer_api):
    refused = link(installer_api, stocked, key=None)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_required")
    assert "Idempotency-Key" in refused.json()["errors"]
    assert links_of(stocked) == 0


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "ümlaut"])
def test_a_key_is_up_to_255_printable_characters(stocked, installer_api, key):
    assert link(installer_api, stocked, key=key).json()["code"] == "invalid"


def test_what_is_refused_is_judged_anew_next_time(stocked, installer_api, fleet):
    assert (
        link(installer_api, stocked, qnr="00000000000000CC").json()["code"] == "unit_not_available"
    )
    UnitFactory(fleet=fleet, qnr="00000000000000CC")
    assert link(installer_api, stocked, qnr="00000000000000CC").status_code == 200


def test_a_key_is_its_owners_alone(assigned_job, installer_api, colleague_api):
    url, headers = f"{ROOT}jobs/{assigned_job.pk}/assignment/", {"Idempotency-Key": "first"}
    assert installer_api.post(url, headers=headers).status_code == 200
    assert colleague_api.post(url, headers=headers).json()["code"] == "wrong_status"


def test_a_repeat_is_authorised_before_it_is_answered(stocked, installer, installer_api, company):
    link(installer_api, stocked)
    company.memberships.filter(user=installer).update(ended_at=timezone.now())
    assert link(installer_api, stocked).status_code == 404
    assert link(APIClient(), stocked).status_code == 401


KEPT = timedelta(days=90)


@pytest.mark.django_db
def test_answers_are_forgotten_after_ninety_days():
    now = timezone.now()
    for key, age in {
        "old": KEPT + timedelta(minutes=1),
        "young": KEPT - timedelta(minutes=1),
    }.items():
        AnsweredRequest.objects.create(
            principal="user:1", key=key, body_hash="", created_at=now - age
        )
    forget()
    assert [row.key for row in AnsweredRequest.objects.all()] == ["young"]


@pytest.mark.django_db(transaction=True)
def test_the_same_request_at_the_same_moment_happens_once_and_is_answered_alike(
    stocked, installer_api
):
    """The second waits for the commit of the first."""
    answers = race(*[lambda: link(twin(installer_api), stocked) for _ in range(6)])
    assert [answer.status_code for answer in answers] == [200] * 6
    assert {answer.json()["version"] for answer in answers} == {answers[0].json()["version"]}
    assert links_of(stocked) == 1
    assert AnsweredRequest.objects.count() == 1


def twin(api) -> APIClient:
    client = APIClient()
    client.defaults.update(api.defaults)
    return client
