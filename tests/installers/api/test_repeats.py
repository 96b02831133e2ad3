"""A repeat with its old key is authorised like a first call, whatever has become of the job."""

from datetime import datetime

import pytest
from django.utils import timezone

from core.models import AnsweredRequest
from installers.api.views import vehicles
from jobs.models import Job
from tests.factories.accounts import CompanyMembershipFactory
from tests.factories.telematics import UnitFactory

QNR = "00000000000000AA"
# Method, path behind the job's id, body, the status of its first answer.
CALLS = {
    "take": ("post", "assignment/", None, 200),
    "withdraw": ("delete", "assignment/", None, 200),
    "link_unit": ("put", "unit/", {"qnr": QNR}, 200),
    "fill_in": ("patch", "fields/", {"brand": "Audi"}, 200),
    "tests": ("post", "tests/", {"kinds": ["CONNECTIVITY"]}, 202),
    "renew": ("post", "access/", None, 200),
    "outcome": ("post", "outcome/", {"outcome": "FAILED", "comment": "No car."}, 200),
}


def told(response):
    return response.status_code, response.json().get("code")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(vehicles, "WAIT", 0)


@pytest.fixture
def call(request, assigned_job, installer, installer_phone, fleet):
    """Send the same request with the same key, as often as wanted."""
    name = request.param
    job = assigned_job
    if name != "take":
        job.take(by=installer)
    if name in ("tests", "renew"):
        job.link_unit(UnitFactory(fleet=fleet).pk, by=installer)
        job.proof.latest_configuration.push()
    UnitFactory(fleet=fleet, qnr=QNR)
    method, path, body, status = CALLS[name]

    def send():
        return getattr(installer_phone, method)(f"jobs/{job.pk}/{path}", body, key="once")

    assert send().status_code == status
    job.refresh_from_db()
    return send


@pytest.fixture
def gone(assigned_job, partnership, manager):
    """The job is no longer the company's: the partnership has ended."""

    def leave():
        partnership.end(by=manager)
        Job.objects.filter(pk=assigned_job.pk, status="FAILED").update(company=None)

    return leave


every_call = pytest.mark.parametrize("call", CALLS, indirect=True)


@every_call
def test_a_repeat_about_a_job_that_left_the_company_is_told_that_it_was_done(call, gone):
    first = AnsweredRequest.objects.get()
    gone()
    repeat = call()
    assert told(repeat) == (410, "done_before")
    assert repeat.json()["done_status"] == first.status
    assert datetime.fromisoformat(repeat.json()["done_at"]) == first.created_at
    assert repeat.json()["done_at"].endswith("Z")
    assert "job_status" not in repeat.json()


@every_call
def test_a_repeat_by_somebody_who_left_the_company_finds_no_job(call, company, installer):
    company.memberships.filter(user=installer).update(ended_at=timezone.now())
    assert told(call()) == (404, "not_found")


@every_call
def test_a_repeat_by_a_member_of_another_company_finds_no_job(
    call, company, other_company, installer
):
    company.memberships.filter(user=installer).update(ended_at=timezone.now())
    CompanyMembershipFactory(company=other_company, user=installer)
    assert told(call()) == (404, "not_found")


def test_a_former_admin_gets_nothing_of_the_job_they_handed_back(
    assigned_job, company, company_admin, company_admin_phone
):
    CompanyMembershipFactory(company=company, role="ADMIN")
    url, body = f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
    assert company_admin_phone.post(url, body, key="once").status_code == 200
    company.remove_member(company_admin.company_membership, by=company_admin)
    answer = company_admin_phone.post(url, body, key="once")
    assert answer.status_code in (401, 404)
    assert "vin" not in answer.json()


def test_a_hand_back_is_repeated_by_admins_alone(
    assigned_job, partnership, manager, company, company_admin, company_admin_phone
):
    CompanyMembershipFactory(company=company, role="ADMIN")
    url, body = f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
    company_admin_phone.post(url, body, key="once")
    assigned_job.refresh_from_db()
    assigned_job.assign(partnership.company, by=manager)
    assert company_admin_phone.post(url, body, key="once").status_code == 200
    company.memberships.filter(user=company_admin).update(role="INSTALLER")
    assert told(company_admin_phone.post(url, body, key="once")) == (403, "not_allowed")


def test_a_repeat_without_the_required_second_factor_is_refused(
    assigned_job, company, company_admin_phone
):
    url, body = f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
    company_admin_phone.post(url, body, key="once")
    type(company).objects.update(require_second_factor=True)
    answer = company_admin_phone.post(url, body, key="once")
    assert told(answer) == (403, "second_factor_required")


def test_a_key_of_a_colleague_tells_nothing(assigned_job, company, company_admin_phone, gone):
    other = CompanyMembershipFactory(company=company, role="ADMIN").user
    url, body = f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
    company_admin_phone.post(url, body, key="once")
    from rest_framework.test import APIClient

    from tests.cast.phones import Phone

    client = APIClient()
    client.force_authenticate(other)
    assert told(Phone(client).post(url, body, key="once")) == (404, "not_found")


def test_a_repeated_command_to_a_vehicle_of_a_job_that_is_gone_was_done(
    configured_job, installer_phone, gone
):
    url = f"vehicles/{configured_job.vehicle_id}/commands/lock-central-lock/"
    assert installer_phone.post(url, key="once").status_code == 202
    gone()
    assert told(installer_phone.post(url, key="once")) == (410, "done_before")
    assert told(installer_phone.post(url, key="another")) == (404, "not_found")


def test_a_repeated_confirmation_about_a_job_that_is_gone_was_done(
    configured_job, installer, installer_phone, gone, monkeypatch
):
    url = f"jobs/{configured_job.pk}/tests/CENTRAL_LOCK/confirmation/"
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    configured_job.tests.get().run()
    body = {"observed": True}
    assert installer_phone.post(url, body, key="once").status_code == 200
    gone()
    assert told(installer_phone.post(url, body, key="once")) == (410, "done_before")


def test_reading_with_an_old_key_tells_nothing(assigned_job, installer_phone, gone):
    installer_phone.post(f"jobs/{assigned_job.pk}/assignment/", key="once")
    gone()
    answer = installer_phone.get(f"jobs/{assigned_job.pk}/", **{"Idempotency-Key": "once"})
    assert told(answer) == (404, "not_found")


def test_a_repeated_take_names_the_assignment_that_it_began(
    assigned_job, installer, colleague, installer_phone
):
    url = f"jobs/{assigned_job.pk}/assignment/"
    first = installer_phone.post(url, key="once")
    began = first.json()["assignment"]["id"]
    assert first.headers["Assignment"] == str(began)
    assigned_job.refresh_from_db()
    assigned_job.withdraw(by=colleague)
    assigned_job.take(by=installer)

    repeat = installer_phone.post(url, key="once")
    assert repeat.json()["assignment"]["id"] > began
    assert repeat.headers["Assignment"] == str(began)
