"""Every reason to refuse has one shape, and says no more than the caller may know."""

import ast
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import DataError, IntegrityError, InterfaceError, OperationalError, transaction
from django.http import Http404
from django.test import RequestFactory
from redis.exceptions import ResponseError
from rest_framework import exceptions

from core.context import acting
from core.errors import MoveRefused, NotAllowed
from core.refusals import CATALOGUE, register
from core.ulid import new_ulid
from core.web.api.problems import exception_handler, flat
from core.web.collisions import refusal
from core.web.middleware import RefusalMiddleware
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
        (OperationalError("the connection is lost"), 503, "unavailable"),
        (InterfaceError("the connection is closed"), 503, "unavailable"),
        (OperationalError("database or disk is full"), 503, "unavailable"),
        (ResponseError("MISCONF Errors writing to the AOF file"), 503, "unavailable"),
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
    assert answer(OperationalError("database is locked"))["Retry-After"] == "1"
    assert answer(OperationalError("connection refused"))["Retry-After"] == "5"
    assert "Retry-After" not in answer(MoveRefused("reserved"))


def test_what_a_move_and_its_view_know_besides_stands_in_the_problem():
    class View:
        def problem_members(self, exc):
            return {"job_status": "RUNNING"}

    body = json.loads(answer(MoveRefused("incomplete", missing=["unit"]), View()).content)
    assert (body["missing"], body["job_status"], body["status"]) == (["unit"], "RUNNING", 409)


def test_nested_errors_read_as_one_map():
    assert flat({"kinds": {1: ["Unknown."]}, "a": {"b": ["No."]}}) == {
        "kinds.1": ["Unknown."],
        "a.b": ["No."],
    }
    assert flat([{}, {"qnr": ["No."]}]) == {"1.qnr": ["No."]}
    assert flat(["Not a dictionary."]) == {"non_field_errors": ["Not a dictionary."]}


ROOMS = ["core", "accounts", "telematics", "jobs", "fleetcontrol", "installers"]


def refusals_in(folder: str) -> list[ast.Call]:
    """Every MoveRefused(...) and NotAllowed(...) with arguments in a room."""
    return [
        node
        for path in sorted((settings.BASE_DIR / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("MoveRefused", "NotAllowed")
        and node.args
    ]


def codes_raised(folder: str) -> set[str]:
    """The literal first argument of every refusal in a room."""
    codes = [call.args[0] for call in refusals_in(folder)]
    return {code.value for code in codes if isinstance(code, ast.Constant)}


def own_sentences(folder: str) -> list[str]:
    """The refusals of a room that write or translate a sentence where they are raised."""
    found = []
    for call in refusals_in(folder):
        for node in (part for message in call.args[1:] for part in ast.walk(message)):
            name = getattr(getattr(node, "func", None), "id", "")
            if name in ("_", "gettext", "gettext_lazy") or isinstance(node, ast.Constant):
                found.append(ast.unparse(call))
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_every_code_that_a_room_raises_is_in_the_catalogue(room):
    assert Path(settings.BASE_DIR / room).is_dir()
    assert codes_raised(room) <= set(CATALOGUE)


@pytest.mark.parametrize("room", ROOMS)
def test_the_sentences_of_refusals_are_in_the_catalogues(room):
    joined = {
        # The name of the fleet comes first, where one of several refuses.
        "MoveRefused(refused.code, f'{fleet}: {refused}')",
        # The units are filled into the sentence.
        "MoveRefused('unit_not_available', UNITS_IN_FILE_TAKEN % {'units': units})",
        "MoveRefused('unit_not_available', UNITS_TAKEN % {'units': units})",
        # The reason is filled into the sentence.
        "MoveRefused('unreadable', FILE_UNREADABLE % {'reason': refused})",
    }
    assert set(own_sentences(room)) <= joined


def test_the_search_for_codes_finds_them():
    assert {"reserved", "unit_not_available"} <= codes_raised("jobs")


class TestCollisions:
    """What two transactions may still break together reads like the check before it."""

    def collide(self, act):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            act()
        return refusal(caught.value)

    def test_the_same_vin_twice_in_a_fleet(self, fleet):
        first, second = (
            VehicleFactory(fleet=fleet, vin="WVWZZZ1JZXW000001"),
            VehicleFactory(fleet=fleet),
        )
        collision = self.collide(lambda: Vehicle.objects.filter(pk=second.pk).update(vin=first.vin))
        assert collision.code == "vin_in_fleet"

    def test_one_unit_planned_in_two_open_jobs(self, fleet, manager):
        unit, jobs = (
            UnitFactory(fleet=fleet),
            [JobFactory(by=manager, fleet=fleet) for _ in range(2)],
        )
        collision = self.collide(
            lambda: Job.objects.filter(pk__in=[job.pk for job in jobs]).update(planned_unit=unit)
        )
        assert collision.code == "unit_not_available"

    def test_a_uniqueness_without_a_word_of_its_own_is_a_conflict(self, fleet):
        first, second = VehicleFactory(fleet=fleet), VehicleFactory(fleet=fleet)
        collision = self.collide(
            lambda: Vehicle.objects.filter(pk=second.pk).update(unit=first.unit_id)
        )
        assert collision.code == "conflict"

    def test_what_only_a_bug_can_break_stays_an_error(self, pending_job):
        assert (
            self.collide(lambda: Job.objects.filter(pk=pending_job.pk).update(status="RUNNING"))
            is None
        )


@pytest.mark.django_db(transaction=True)  # the key is checked at the commit
def test_what_was_chosen_and_is_gone_at_the_commit_reads_so(pending_job):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        Job.objects.filter(pk=pending_job.pk).update(template_id=new_ulid())
    refused = refusal(caught.value)
    assert refused
    assert refused.code == "gone"


class TestPages:
    """The same refusals, where a person reads them."""

    def process(self, exc):
        return RefusalMiddleware(lambda request: None).process_exception(
            RequestFactory().get("/"), exc
        )

    def test_a_missing_role_takes_djangos_way_to_403(self):
        with pytest.raises(PermissionDenied):
            self.process(NotAllowed())

    def test_anything_else_is_not_ours(self):
        assert self.process(ValueError()) is None
        assert self.process(IntegrityError("NOT NULL constraint failed: jobs_job.fleet_id")) is None

    def test_a_locked_database_is_a_503_page_that_says_when_to_come_back(self):
        response = self.process(OperationalError("database is locked"))
        assert (response.status_code, response["Retry-After"]) == (503, "5")
        assert "Too much is going on right now" in response.content.decode()

    @pytest.mark.django_db
    def test_a_refused_move_is_a_409_page_that_says_why(self):
        response = self.process(MoveRefused("reserved", "It is kept for Anna."))
        assert response.status_code == 409
        assert "It is kept for Anna." in response.content.decode()

    @pytest.mark.django_db
    def test_each_problem_has_its_page_and_one_lists_them_all(self, client):
        page = client.get("/problems/").content.decode()
        assert all(f"/problems/{code}" in page for code in CATALOGUE)
        assert client.get("/problems/reserved").status_code == 200
        assert client.get("/problems/never_heard_of").status_code == 404


class TestCatalogue:
    """One refusal has one sentence: a page's message and an API's title are the same."""

    def test_a_move_that_gives_no_message_is_refused_with_the_sentence_of_its_code(self):
        body = json.loads(answer(MoveRefused("reserved")).content)
        assert (
            body["title"]
            == body["detail"]
            == str(MoveRefused("reserved"))
            == "This job is reserved for a colleague."
        )
        assert str(NotAllowed()) == "Your role does not allow this."

    def test_a_code_means_one_thing_in_the_whole_product(self):
        with pytest.raises(ValueError, match="reserved is registered twice"):
            register({"reserved": CATALOGUE["conflict"]})

    def test_each_room_registers_its_own_codes(self):
        for room, code in {
            "accounts": "last_admin",
            "telematics": "no_key",
            "jobs": "not_holder",
        }.items():
            assert f'"{code}"' in (settings.BASE_DIR / room / "refusals.py").read_text()
            assert CATALOGUE[code].status == 409
