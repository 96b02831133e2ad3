"""Every reason to refuse has one shape, and says no more than the caller may know."""

import ast
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, ValidationError
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.http import Http404
from django.test import RequestFactory
from rest_framework import exceptions

from core.context import acting
from core.moves import MoveRefused, NotAllowed
from core.web.collisions import refusal
from core.web.middleware import RefusalMiddleware
from core.web.problem_codes import CODES
from core.web.problems import exception_handler, flat
from jobs.models import Job
from telematics.models import Vehicle
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

SECRET = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def answer(exc, view=None):
    return exception_handler(exc, {"view": view, "request": RequestFactory().get("/")})


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (MoveRefused("reserved", "It is kept for Anna."), 409, "reserved"),
        (MoveRefused("stale"), 412, "stale"),
        (MoveRefused("nobody_listed_this"), 409, "nobody_listed_this"),
        (NotAllowed(), 403, "not_allowed"),
        (PermissionDenied(), 403, "not_allowed"),
        (Http404(f"No Job matches {SECRET}"), 404, "not_found"),
        (Job.DoesNotExist(), 500, "server_error"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "authentication_failed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.ValidationError({"qnr": ["Too long."]}), 400, "invalid"),
        (ValidationError({"qnr": ["Too long."]}), 400, "invalid"),
        (exceptions.Throttled(wait=7.2), 429, "throttled"),
        (RequestDataTooBig(), 413, "too_large"),
        (SuspiciousOperation(SECRET), 400, "parse_error"),
        (RecursionError(), 400, "parse_error"),
        (OverflowError("int too large"), 400, "invalid"),
        (DataError("value too long"), 400, "invalid"),
        (OperationalError("database is locked"), 503, "overloaded"),
        (ZeroDivisionError(SECRET), 500, "server_error"),
        (IntegrityError("NOT NULL constraint failed: jobs_job.fleet_id"), 500, "server_error"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_each_reason_has_its_status_and_code(exc, status, code):
    response = answer(exc)
    body = json.loads(response.content)
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert response["Content-Type"] == "application/problem+json"
    assert body["type"] == f"/problems/{code}"
    assert {"type", "title", "status", "detail", "code", "flow_id"} <= set(body)
    assert ("errors" in body) == (status == 400)
    assert SECRET not in response.content.decode()


def test_a_problem_carries_the_flow_id_of_its_request():
    with acting(request_id="flow-1"):
        assert json.loads(answer(Http404()).content)["flow_id"] == "flow-1"


def test_when_to_try_again_stands_in_a_header_in_whole_seconds():
    assert answer(exceptions.Throttled(wait=7.2))["Retry-After"] == "8"
    assert answer(MoveRefused("command_in_flight", retry_after=2))["Retry-After"] == "2"
    assert answer(OperationalError())["Retry-After"] == "1"
    assert "Retry-After" not in answer(MoveRefused("reserved"))


def test_what_a_move_and_its_view_know_besides_stands_in_the_problem():
    class View:
        def problem_members(self, exc):
            return {"job_status": "RUNNING"}

    body = json.loads(answer(MoveRefused("incomplete", missing=["unit"]), View()).content)
    assert (body["missing"], body["job_status"], body["status"]) == (["unit"], "RUNNING", 409)


def test_nested_errors_read_as_one_map():
    assert flat({"kinds": {1: ["Unknown."]}, "a": {"b": ["No."]}}) == {"kinds.1": ["Unknown."], "a.b": ["No."]}
    assert flat([{}, {"qnr": ["No."]}]) == {"1.qnr": ["No."]}
    assert flat(["Not a dictionary."]) == {"non_field_errors": ["Not a dictionary."]}


def codes_raised(folder: str) -> set[str]:
    """The literal first argument of every MoveRefused(...) in a room."""
    calls = [
        node
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MoveRefused" and node.args
    ]
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("room", ["core", "telematics", "jobs", "installers/api"])
def test_every_code_that_a_room_raises_is_listed(room):
    assert Path(settings.BASE_DIR / room).is_dir()
    assert codes_raised(room) <= set(CODES)


def test_the_search_for_codes_finds_them():
    assert {"reserved", "unit_not_available"} <= codes_raised("jobs")


class TestCollisions:
    """What two transactions may still break together reads like the check before it."""

    def collide(self, act):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        return refusal(caught.value)

    def test_the_same_vin_twice_in_a_fleet(self, fleet):
        first, second = VehicleFactory(fleet=fleet, vin="WVWZZZ1JZXW000001"), VehicleFactory(fleet=fleet)
        collision = self.collide(lambda: Vehicle.objects.filter(pk=second.pk).update(vin=first.vin))
        assert collision.code == "vin_in_fleet"

    def test_one_unit_planned_in_two_open_jobs(self, fleet, manager):
        unit, jobs = UnitFactory(fleet=fleet), [JobFactory(by=manager, fleet=fleet) for _ in range(2)]
        collision = self.collide(lambda: Job.objects.filter(pk__in=[job.pk for job in jobs]).update(planned_unit=unit))
        assert collision.code == "unit_not_available"

    def test_a_uniqueness_without_a_word_of_its_own_is_a_conflict(self, fleet):
        first, second = VehicleFactory(fleet=fleet), VehicleFactory(fleet=fleet)
        collision = self.collide(lambda: Vehicle.objects.filter(pk=second.pk).update(unit=first.unit_id))
        assert collision.code == "conflict"

    def test_what_only_a_bug_can_break_stays_an_error(self, pending_job):
        assert self.collide(lambda: Job.objects.filter(pk=pending_job.pk).update(status="RUNNING")) is None


class TestPages:
    """The same refusals, where a person reads them."""

    def process(self, exc):
        return RefusalMiddleware(lambda request: None).process_exception(RequestFactory().get("/"), exc)

    def test_a_missing_role_takes_djangos_way_to_403(self):
        with pytest.raises(PermissionDenied):
            self.process(NotAllowed())

    def test_anything_else_is_not_ours(self):
        assert self.process(ValueError()) is None
        assert self.process(IntegrityError("NOT NULL constraint failed: jobs_job.fleet_id")) is None

    @pytest.mark.django_db
    def test_a_refused_move_is_a_409_page_that_says_why(self):
        response = self.process(MoveRefused("reserved", "It is kept for Anna."))
        assert response.status_code == 409
        assert "It is kept for Anna." in response.content.decode()

    @pytest.mark.django_db
    def test_each_problem_has_its_page_and_one_lists_them_all(self, client):
        page = client.get("/problems/").content.decode()
        assert all(f"/problems/{code}" in page for code in CODES)
        assert client.get("/problems/reserved").status_code == 200
        assert client.get("/problems/never_heard_of").status_code == 404
