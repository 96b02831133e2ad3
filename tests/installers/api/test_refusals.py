"""Who may do what, and in which order a request is judged: 401, 404, 403, 409 wrong_status, 409
not_holder, the rest.
"""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from tests.cast.phones import Phone
from tests.factories.accounts import PASSWORD
from tests.installers.api.contract import ROOT

# method, address below the job, a body that would do
READS = [("get", ""), ("get", "tests/")]
MOVES = [
    ("post", "assignment/", None),
    ("delete", "assignment/", None),
    ("post", "handback/", {"reason": "Wrong car."}),
    ("put", "unit/", {"qnr": "00000000000000AA"}),
    ("patch", "fields/", {"brand": "Audi"}),
    ("post", "tests/", {}),
    ("post", "tests/GNSS/confirmation/", {"observed": True}),
    ("post", "access/", None),
    ("post", "outcome/", {"outcome": "FAILED", "comment": "The car has gone."}),
]
OF_HOLDER = [move for move in MOVES if move[1] not in ("assignment/", "handback/")]
NEEDS_KEY = [move for move in MOVES if move[1] not in ("assignment/", "access/", "outcome/")]
JOB_CALLS = [(*read, None) for read in READS] + MOVES


def told(response):
    return response.status_code, response.json()["code"]


def ids(call):
    return f"{call[0]} {call[1]}"


@pytest.mark.parametrize("call", JOB_CALLS, ids=ids)
class TestWhoSeesAJob:
    def ask(self, phone, job, call):
        return getattr(phone, call[0])(f"jobs/{job.pk}/{call[1]}", call[2])

    def test_nobody_who_is_not_signed_in(self, call, running_job, stranger_phone):
        response = self.ask(stranger_phone, running_job, call)
        assert told(response) == (401, "not_authenticated")
        assert response["WWW-Authenticate"] == "X-Session-Token"

    def test_no_other_company(self, call, running_job, outside_installer_phone):
        response = self.ask(outside_installer_phone, running_job, call)
        assert told(response) == (404, "not_found")
        assert running_job.pk not in response.content.decode()

    def test_foreign_and_missing_ones_read_the_same(
        self, call, running_job, outside_installer_phone
    ):
        foreign = self.ask(outside_installer_phone, running_job, call).json()
        missing = self.ask(outside_installer_phone, Job(), call).json()
        assert {**foreign, "flow_id": ""} == {**missing, "flow_id": ""}

    def test_not_the_fleets_own_manager(self, call, running_job, manager_phone):
        assert told(self.ask(manager_phone, running_job, call)) == (404, "not_found")

    def test_no_job_that_is_not_assigned_yet(self, call, pending_job, installer_phone):
        assert told(self.ask(installer_phone, pending_job, call)) == (404, "not_found")

    def test_nobody_who_has_left(self, call, running_job, installer, installer_phone):
        installer.company_memberships.update(ended_at=timezone.now())
        assert told(self.ask(installer_phone, running_job, call)) == (404, "not_found")

    def test_nobody_of_a_suspended_company(self, call, running_job, company, installer_phone):
        company.suspended_at = timezone.now()
        company.save()
        assert told(self.ask(installer_phone, running_job, call)) == (403, "company_suspended")

    def test_nobody_whose_company_has_not_signed(self, call, running_job, company, installer_phone):
        company.signatures.all().delete()
        assert told(self.ask(installer_phone, running_job, call)) == (403, "agreement_missing")

    def test_no_suspended_person(self, call, running_job, installer, installer_phone):
        installer.suspended_at = timezone.now()
        installer.save()
        assert self.ask(installer_phone, running_job, call).status_code == 401


@pytest.mark.parametrize("call", OF_HOLDER, ids=ids)
class TestWhoseJobItIs:
    def ask(self, phone, job, call):
        return getattr(phone, call[0])(f"jobs/{job.pk}/{call[1]}", call[2])

    def test_an_assigned_job_is_nobodys_yet(self, call, assigned_job, installer_phone):
        response = self.ask(installer_phone, assigned_job, call)
        assert told(response) == (409, "wrong_status")
        assert response.json()["job_status"] == "ASSIGNED"

    def test_a_running_job_is_its_holders_alone(self, call, running_job, colleague_phone):
        response = self.ask(colleague_phone, running_job, call)
        assert told(response) == (409, "not_holder")
        assert response.json()["job_status"] == "RUNNING"

    def test_a_finished_job_is_over_for_its_holder_too(
        self, call, running_job, installer, installer_phone
    ):
        running_job.fail(by=installer, comment="Somebody towed it.")
        assert told(self.ask(installer_phone, running_job, call)) == (409, "wrong_status")

    def test_status_and_holder_are_judged_before_key_and_body(
        self, call, running_job, colleague_phone
    ):
        send = getattr(colleague_phone, call[0])
        assert told(send(f"jobs/{running_job.pk}/{call[1]}", {"nonsense": 1}, key=None)) == (
            409,
            "not_holder",
        )


@pytest.mark.parametrize("call", OF_HOLDER, ids=ids)
class TestBeforeTheKeyAndTheBody:
    """Whoever may not, learns that first, however broken the rest of the request is."""

    def ask(self, phone, job, call, key="k", **headers):
        url = f"{ROOT}jobs/{job.pk}/{call[1]}"
        headers = {"Idempotency-Key": key, **headers}
        return getattr(phone.client, call[0])(url, call[2], headers=headers, format="json")

    def test_a_key_that_is_none(self, call, running_job, colleague_phone, installer_phone):
        assert told(self.ask(colleague_phone, running_job, call, key="two words")) == (
            409,
            "not_holder",
        )
        assert told(self.ask(installer_phone, running_job, call, key="two words")) == (
            400,
            "invalid",
        )

    def test_a_body_of_another_kind(self, call, running_job, colleague_phone):
        assert told(
            getattr(colleague_phone.client, call[0])(
                f"{ROOT}jobs/{running_job.pk}/{call[1]}",
                {"a": "b"},
                headers={"Idempotency-Key": "k"},
                format="multipart",
            )
        ) == (409, "not_holder")

    def test_a_body_that_is_too_large(self, call, running_job, colleague_phone, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1
        call = (*call[:2], {"a": "long enough"})
        assert told(self.ask(colleague_phone, running_job, call)) == (409, "not_holder")


@pytest.mark.parametrize("call", NEEDS_KEY, ids=ids)
def test_a_key_is_required_where_a_repeat_would_do_it_twice(
    call, running_job, assigned_job, installer_phone, company_admin_phone
):
    phone, job = installer_phone, running_job
    if call[1] == "handback/":
        Job.objects.get(pk=job.pk).withdraw(by=job.assignee)
        phone = company_admin_phone
    response = getattr(phone, call[0])(f"jobs/{job.pk}/{call[1]}", call[2], key=None)
    assert told(response) == (400, "idempotency_key_required")


@pytest.mark.parametrize("call", MOVES, ids=ids)
def test_every_surplus_field_is_named(
    call, assigned_job, installer, company_admin_phone, installer_phone
):
    phone = installer_phone
    if call[1] == "handback/":
        phone = company_admin_phone
    elif call[:2] != ("post", "assignment/"):
        assigned_job.take(by=installer)
    response = getattr(phone, call[0])(
        f"jobs/{assigned_job.pk}/{call[1]}", {**(call[2] or {}), "status": "SUCCEEDED", "id": 1}
    )
    assert told(response) == (400, "invalid")
    assert {"status", "id"} <= set(response.json()["errors"])


class TestHandBack:
    def test_an_installer_may_not_hand_back_what_he_sees(self, assigned_job, installer_phone):
        response = installer_phone.post(
            f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
        )
        assert told(response) == (403, "not_allowed")

    def test_the_role_is_judged_before_the_status(self, running_job, installer_phone):
        assert told(installer_phone.post(f"jobs/{running_job.pk}/handback/", {})) == (
            403,
            "not_allowed",
        )

    def test_an_admin_hands_back_and_the_job_is_gone(self, assigned_job, company_admin_phone):
        url, body = f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
        handed = company_admin_phone.post(url, body, key="once")
        assert (handed.status_code, handed.json()["status"], handed.json()["vehicle"]) == (
            200,
            "PENDING",
            None,
        )
        assigned_job.refresh_from_db()
        assert (assigned_job.status, assigned_job.company) == ("PENDING", None)
        assert company_admin_phone.get(f"jobs/{assigned_job.pk}/").status_code == 404

    def test_a_repeat_is_told_that_it_was_done_and_anything_else_finds_no_job(
        self, assigned_job, partnership, manager, company_admin_phone, outside_installer_phone
    ):
        url, body = f"jobs/{assigned_job.pk}/handback/", {"reason": "Wrong car."}
        assert company_admin_phone.post(url, body, key="once").status_code == 200
        repeat = company_admin_phone.post(url, body, key="once")
        assert told(repeat) == (410, "done_before")
        assert told(company_admin_phone.post(url, body, key="twice")) == (404, "not_found")
        assert told(company_admin_phone.post(url, {"reason": "Too far."}, key="once")) == (
            422,
            "idempotency_key_reused",
        )
        assert told(outside_installer_phone.post(url, body, key="once")) == (404, "not_found")

        assigned_job.refresh_from_db()
        assigned_job.edit(by=manager, instructions="For nobody but us.")
        assert told(company_admin_phone.post(url, body, key="once")) == (410, "done_before")
        assigned_job.assign(partnership.company, by=manager)
        assert company_admin_phone.post(url, body, key="once").json()["status"] == "ASSIGNED"

    def test_a_running_job_has_to_be_withdrawn_first(self, running_job, company_admin_phone):
        assert told(
            company_admin_phone.post(f"jobs/{running_job.pk}/handback/", {"reason": "x"})
        ) == (
            409,
            "wrong_status",
        )


class TestBeforeAnyJob:
    @pytest.mark.parametrize("path", ["jobs/", "jobs/counts/"])
    def test_lists_are_for_people_of_a_company(self, path, manager_phone, stranger_phone):
        assert told(manager_phone.get(path)) == (403, "not_allowed")
        assert told(stranger_phone.get(path)) == (401, "not_authenticated")

    @pytest.mark.parametrize("path", ["me/", "vehicle-models/"])
    def test_what_everybody_may_read_still_needs_signing_in(
        self, path, manager_phone, stranger_phone
    ):
        assert manager_phone.get(path).status_code == 200
        assert told(stranger_phone.get(path)) == (401, "not_authenticated")

    def test_a_token_is_what_signing_in_gives_and_dies_with_its_session(self, client, installer):
        body = {"email": installer.email, "password": PASSWORD}
        signed_in = client.post(
            "/_allauth/app/v1/auth/login", body, content_type="application/json"
        ).json()
        phone = Phone(APIClient(headers={"X-Session-Token": signed_in["meta"]["session_token"]}))
        assert phone.get("me/").json()["person"]["email"] == installer.email
        installer.end_sessions()
        assert told(phone.get("me/")) == (401, "authentication_failed")

    @pytest.mark.parametrize(
        "path", ["nothing/", "jobs/123/", "jobs/counts/more/", "vehicles/x/state/"]
    )
    def test_an_address_that_is_none_is_a_problem_too(self, path, installer_phone, stranger_phone):
        assert told(installer_phone.get(path)) == (404, "not_found")
        assert told(stranger_phone.get(path))[0] == 401

    def test_a_method_that_an_address_does_not_know(self, assigned_job, installer_phone):
        assert told(installer_phone.put(f"jobs/{assigned_job.pk}/", {})) == (
            405,
            "method_not_allowed",
        )

    @pytest.mark.parametrize("method", ["put", "delete", "options"])
    def test_whether_an_address_knows_a_method_does_not_depend_on_what_is_found(
        self, method, assigned_job, outside_installer_phone
    ):
        answer = getattr(outside_installer_phone, method)(f"jobs/{assigned_job.pk}/outcome/")
        assert told(answer) == (405, "method_not_allowed")

    def test_every_answer_is_kept_by_nobody_and_names_its_flow(
        self, installer_phone, stranger_phone
    ):
        for phone in (installer_phone, stranger_phone):
            response = phone.get("me/")
            assert response["Cache-Control"] == "no-store"
            assert response["X-Flow-ID"]


def test_every_route_of_the_api_is_told_here():
    from installers.api.urls import urlpatterns

    told_here = {
        "assignment",
        "handback",
        "unit",
        "fields",
        "tests",
        "confirmation",
        "access",
        "outcome",
        "job",
    }
    told_here |= {"me", "vehicle-models", "jobs", "counts", "schema"}
    beside = {"state", "command", "nothing"}  # test_vehicles.py; whatever else is asked for
    # test_document.py brings each of these to its refusals.
    beside |= {"clients", "index", "photo", "photos", "test", "unit-check"}
    assert {pattern.name for pattern in urlpatterns if pattern.name} == told_here | beside
