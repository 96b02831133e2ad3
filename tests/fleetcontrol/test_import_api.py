"""`POST /api/oneapi/v1/job-imports`: one call, exact bodies, a machine's rights."""

import base64
import io
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiClient
from core.models import AnsweredRequest
from core.tasks import forget
from jobs.models import Job, JobImport, JobTemplate
from tests.factories.accounts import CompanyFactory, PartnershipFactory
from tests.jobs.importing.books import book
from tests.threads import race

CASES = Path(__file__).parents[1] / "jobs" / "importing" / "cases"
URL = "/api/oneapi/v1/job-imports"
GOOD = "vin,custom_name\nWVWZZZ1KZAW000001,One\n,Two\n"
BAD = "vin,custom_name\nWRONG,One\n,Two\n"
BAD_VIN = {
    "row": 2,
    "column": "vin",
    "code": "vin_length",
    "value": "WRONG",
    "message": "A VIN has 17 characters.",
    "suggestion": "",
}


@pytest.fixture
def machine(fleet, fleet_admin):
    return ApiClient.objects.issue(
        fleet=fleet, name="sync", scopes=["jobs:read", "jobs:write"], by=fleet_admin
    )


def token_of(machine, client) -> str:
    basic = base64.b64encode(f"{machine[0].client_id}:{machine[1]}".encode()).decode()
    answer = client.post(
        "/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {basic}"},
    )
    return answer.json()["access_token"]


@pytest.fixture
def call(machine, client):
    token = token_of(machine, client)

    numbers = count()

    def post(content, key="", **fields):
        """With a key of its own unless one is given; None is none."""
        file = io.BytesIO(content.encode() if isinstance(content, str) else content)
        file.name = "jobs.csv"
        headers = {"Authorization": f"Bearer {token}"}
        if key is not None:
            headers["Idempotency-Key"] = key or f"call-{next(numbers)}"
        return APIClient().post(URL, {"file": file, **fields}, format="multipart", headers=headers)

    return post


MEMBERS = {"type", "title", "status", "detail", "code", "flow_id"}


def numbers(answer) -> dict:
    """Of an import or of its refusal."""
    return {name: value for name, value in answer.json().items() if name not in MEMBERS | {"id"}}


def test_a_good_file_is_imported(call, fleet, machine):
    answer = call(GOOD)
    assert (answer.status_code, numbers(answer)) == (
        201,
        {"rows": 2, "created": 2, "rejected": 0, "warnings": [], "errors": []},
    )
    assert answer.headers["Content-Type"] == "application/json"
    made = JobImport.objects.get().pk
    assert (answer.json()["id"], answer["Location"]) == (made, f"{URL}/{made}")
    job = Job.objects.order_by("id").first()
    assert (job.fleet, job.created_by, job.job_import.client) == (fleet, None, machine[0])
    event = job.events.get()
    assert (event.actor, event.client, event.channel) == (None, machine[0], "oneapi")


@pytest.mark.parametrize(("content", "created", "errors"), [(GOOD, 2, []), (BAD, 0, [BAD_VIN])])
def test_a_dry_run_always_answers_200_and_writes_nothing(call, content, created, errors):
    answer = call(content, dry_run="true")
    assert (answer.status_code, answer.json()) == (
        200,
        {"rows": 2, "created": created, "rejected": 2 - created, "warnings": [], "errors": errors},
    )
    assert not Job.objects.exists()
    assert not JobImport.objects.exists()


def test_a_dry_run_of_the_valid_rows_only_counts_as_the_import_does(call):
    dry = call(BAD, dry_run="true", valid_rows_only="true").json()
    wet = call(BAD, valid_rows_only="true")
    assert wet.status_code == 201
    assert (
        dry
        == numbers(wet)
        == {"rows": 2, "created": 1, "rejected": 1, "warnings": [], "errors": [BAD_VIN]}
    )


def test_a_query_parameter_is_refused(machine, client):
    headers = {"Authorization": f"Bearer {token_of(machine, client)}", "Idempotency-Key": "once"}
    refused = APIClient().post(f"{URL}?dry_run=true", headers=headers)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"dry_run"}


def test_bad_rows_are_422_with_the_same_body_and_nothing_written(call):
    answer = call(BAD)
    assert (answer.status_code, answer.json()["code"]) == (422, "import_rejected")
    assert (answer["Content-Type"], numbers(answer)) == (
        "application/problem+json",
        {"rows": 2, "created": 0, "rejected": 2, "warnings": [], "errors": [BAD_VIN]},
    )
    assert not Job.objects.exists()
    assert not JobImport.objects.exists()


@pytest.mark.parametrize(("dry_run", "status"), [("true", 200), ("false", 422)])
def test_an_unreadable_file_is_the_same_body(call, dry_run, status):
    answer = call(b"\x89PNG\0", dry_run=dry_run)
    assert answer.status_code == status
    body = numbers(answer)
    [error] = body.pop("errors")
    assert body == {"rows": 0, "created": 0, "rejected": 0, "warnings": []}
    assert (error["row"], error["code"]) == (None, "not_a_text_file")


def test_the_same_file_again_is_said_first(call):
    call(GOOD)
    warnings = call(GOOD, dry_run="true").json()["warnings"]
    assert [one["code"] for one in warnings] == ["imported_before", "job_open"]


def test_a_repeat_with_the_same_key_creates_nothing_twice(call):
    first, again = call(GOOD, key="k1"), call(GOOD, key="k1")
    assert (
        (first.status_code, first.json())
        == (again.status_code, again.json())
        == (201, first.json())
    )
    assert Job.objects.count() == 2
    other = call(BAD, key="k1")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_refused_import_leaves_its_key_free(call):
    assert call(BAD, key="k2").status_code == 422
    assert call(GOOD, key="k2").status_code == 201


def test_template_and_company_for_all_rows(call, fleet, partnership):
    template = JobTemplate.objects.create(fleet=fleet, name="Sharing", brand="Audi", tracking=True)
    about = {"template_id": template.pk, "assigned_installer_company_id": partnership.company.pk}
    answer = call("custom_name,brand\nA,BMW\n", prefer_template_data="true", **about)
    assert [
        (one["code"], one["value"], one["suggestion"]) for one in answer.json()["warnings"]
    ] == [("template_differs", "BMW", "Audi")]
    job = Job.objects.get()
    assert (job.brand, job.tracking, job.status, job.company) == (
        "Audi",
        True,
        "ASSIGNED",
        partnership.company,
    )


@pytest.mark.parametrize(("dry_run", "status"), [("true", 200), ("false", 422)])
def test_what_is_not_this_fleets_reads_the_same(
    call, fleet, other_fleet, other_company, manager, dry_run, status
):
    theirs = JobTemplate.objects.create(fleet=other_fleet, name="Theirs").pk
    PartnershipFactory(fleet=other_fleet, company=other_company)
    pending = PartnershipFactory(fleet=fleet, company=CompanyFactory(), status="PENDING").company_id
    told = []
    for template, company in [
        (theirs, other_company.pk),
        ("0" * 26, "ZZZZZ"),
        ("nonsense" * 9, pending),
    ]:
        about = {
            "template_id": template,
            "assigned_installer_company_id": company,
            "valid_rows_only": "true",
        }
        answer = call(GOOD, dry_run=dry_run, **about)
        assert answer.status_code == status
        body = answer.json()
        assert (body["rows"], body["created"], body["rejected"]) == (2, 0, 2)
        told.append(
            [(one["row"], one["column"], one["code"], one["message"]) for one in body["errors"]]
        )
    assert told[0] == told[1] == told[2]
    assert [one[:3] for one in told[0]] == [
        (None, "template_id", "template_unknown"),
        (None, "assigned_installer_company_id", "not_a_partner"),
    ]
    assert not Job.objects.exists()


def test_a_bad_file_with_a_bad_template_tells_of_both(call):
    errors = call(b"\x89PNG\0", template_id="x", dry_run="true").json()["errors"]
    assert [one["code"] for one in errors] == ["template_unknown", "not_a_text_file"]


def test_writing_needs_a_key_and_a_dry_run_none(call):
    assert call(GOOD, key=None, dry_run="true").status_code == 200
    answer = call(GOOD, key=None)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert not JobImport.objects.exists()


def test_what_only_the_lock_finds_is_an_error_of_the_import(
    call, unit, fleet, manager, monkeypatch
):
    """Here the other job is gone again with the transaction, so that no row is to blame any more."""

    def taken_first(self, *args, **kwargs):
        monkeypatch.undo()
        Job.objects.create_by(manager, fleet=fleet, planned_unit=unit)
        return self.confirm(*args, **kwargs)

    monkeypatch.setattr(JobImport, "confirm", taken_first)
    answer = call(f"custom_name,planned_unit\nA,{unit.pk}\nB,\n", valid_rows_only="true")
    assert (answer.status_code, answer.json()["created"]) == (422, 0)
    assert [(one["row"], one["code"]) for one in answer.json()["errors"]] == [
        (None, "unit_not_available")
    ]
    assert not JobImport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_same_call_twice_at_once_creates_everything_once(call):
    answers = race(*[lambda: call(GOOD, key="same")] * 2)
    assert [(one.status_code, one.json()["created"]) for one in answers] == [(201, 2)] * 2
    assert (Job.objects.count(), JobImport.objects.count()) == (2, 1)
    assert [one.status_code for one in race(*[lambda: call(GOOD, key=None)] * 2)] == [400, 400]
    assert Job.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_that_plan_the_same_unit_leave_one_job_and_name_the_row(call, unit):
    content = f"custom_name,planned_unit\nA,{unit.pk}\n"
    answers = race(*[lambda key=key: call(content, key=key) for key in ("one", "other")])
    won, lost = sorted(answers, key=lambda one: one.status_code)
    assert (won.status_code, lost.status_code) == (201, 422)
    assert [(one["row"], one["code"]) for one in lost.json()["errors"]] == [
        (2, "unit_not_available")
    ]
    assert (Job.objects.count(), JobImport.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("fields", "name"),
    [({"colour": "red"}, "colour"), ({"dry_run": "maybe"}, "dry_run"), ({"file": ""}, "file")],
)
def test_a_wrong_form_is_a_problem(call, fields, name):
    answer = call(GOOD, **fields)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert set(answer.json()["errors"]) == {name}


def test_other_bodies_methods_and_addresses_are_problems(machine, client):
    headers = {"Authorization": f"Bearer {token_of(machine, client)}"}
    api = APIClient(headers=headers)
    for answer, status in [
        (api.post(URL, {"file": "x"}, format="json"), 415),
        (api.get(URL), 405),
        (api.get("/api/oneapi/v1/nothing"), 404),
        (api.post(URL + "/", {}), 404),
    ]:
        assert (answer.status_code, answer.headers["Content-Type"]) == (
            status,
            "application/problem+json",
        )
        assert answer.headers["X-Flow-ID"] == answer.json()["flow_id"]


def test_without_a_token_or_its_right_nothing_is_imported(
    machine, client, fleet, fleet_admin, manager_api
):
    reader = ApiClient.objects.issue(
        fleet=fleet, name="reader", scopes=["jobs:read"], by=fleet_admin
    )
    file = {"file": io.BytesIO(GOOD.encode())}
    assert APIClient().post(URL, file, format="multipart").status_code == 401
    forged = APIClient(headers={"Authorization": "Bearer nonsense"})
    assert forged.post(URL, file, format="multipart").status_code == 401
    read_only = APIClient(headers={"Authorization": f"Bearer {token_of(reader, client)}"})
    answer = read_only.post(URL, file, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (403, "missing_permissions")
    writer = APIClient(headers={"Authorization": f"Bearer {token_of(machine, client)}"})
    machine[0].client.set_scopes(["jobs:read"])
    machine[0].client.save()
    assert writer.post(URL, file, format="multipart").status_code == 403
    machine[0].revoke(by=fleet_admin)
    assert writer.post(URL, file, format="multipart").status_code == 401
    assert not Job.objects.exists()


def test_the_document_describes_the_call(client, db):
    answer = client.get("/api/oneapi/v1/schema")
    assert answer.status_code == 200
    operation = answer.json()["paths"]["/job-imports"]["post"]
    assert set(operation["responses"]) >= {"200", "201", "400", "401", "403", "422"}
    assert set(operation["responses"]["422"]["content"]) == {"application/problem+json"}
    fields = operation["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"].rsplit(
        "/", 1
    )[1]
    assert set(answer.json()["components"]["schemas"][fields]["properties"]) == {
        "file",
        "template_id",
        "assigned_installer_company_id",
        "prefer_template_data",
        "valid_rows_only",
        "dry_run",
        "header_row",
        "hidden_rows",
        "encoding",
        "columns",
    }


def test_an_answer_is_kept_for_48_hours(call):
    first = call(GOOD, key="once")
    with time_machine.travel(timezone.now() + timedelta(hours=47), tick=True):
        kept = AnsweredRequest.objects.expired().count()
    with time_machine.travel(timezone.now() + timedelta(hours=49), tick=True):
        assert (kept, AnsweredRequest.objects.expired().count()) == (0, 1)
        forget()
    assert call(GOOD, key="once").status_code == 201
    assert Job.objects.count() == 2 * first.json()["created"]


def test_a_key_is_free_again_as_soon_as_its_answer_is_too_old(call):
    call(GOOD, key="once")
    AnsweredRequest.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert call(BAD, key="once").json()["errors"], "judged anew, and not as another body"


# --- what was created ---------------------------------------------------------------------------------------------
@pytest.fixture
def api(machine, client):
    return APIClient(headers={"Authorization": f"Bearer {token_of(machine, client)}"})


def test_an_import_names_the_job_of_each_row(call, api, manager):
    made = call(f"vin,custom_name\n,One\n{BAD.splitlines()[1]}\n,Two\n", valid_rows_only="true")
    answer = api.get(f"{URL}/{made.json()['id']}")
    jobs = {job.custom_name: job for job in Job.objects.all()}
    assert answer.json()["jobs"] == [
        {"row": 2, "job_id": jobs["One"].pk},
        {"row": 4, "job_id": jobs["Two"].pk},
    ]
    assert numbers(made).items() <= answer.json().items()
    jobs["One"].delete_by(by=manager)
    left = api.get(f"{URL}/{made.json()['id']}").json()["jobs"]
    assert left == [{"row": 4, "job_id": jobs["Two"].pk}]


def test_an_import_of_another_fleet_or_a_preview_is_not_found(api, fleet, manager, other_fleet):
    preview = JobImport.objects.preview(manager, fleet=fleet, name="a.csv", content=GOOD.encode())
    assert api.get(f"{URL}/{preview.pk}").status_code == 404
    preview.confirm(by=manager)
    assert api.get(f"{URL}/{preview.pk}").status_code == 200
    JobImport.objects.update(fleet=other_fleet)
    assert api.get(f"{URL}/{preview.pk}").status_code == 404


# --- what the page would ask ------------------------------------------------------------------------------------------
def refusals(answer):
    return [error["code"] for error in answer.json()["errors"]]


def test_hidden_rows_are_refused_until_the_call_says_which_rows(call):
    sheet = (CASES / "pb21-filtered-rows.xlsx").read_bytes()
    refused = call(sheet)
    assert (refused.status_code, refusals(refused)) == (422, ["hidden_rows"])
    assert "3 of 6 rows are hidden." in refused.content.decode()
    assert call(sheet, hidden_rows="visible").json()["created"] == 3
    assert call(sheet, hidden_rows="all", dry_run="true").json()["created"] == 6
    assert call(sheet, hidden_rows="some").status_code == 400


def test_a_list_without_headings_is_refused_until_the_call_names_its_columns(call):
    content = "B-QX 1;WVWZZZ1KZAW000001;Hall 3\nB-QX 2;WVWZZZ1KZAW000002;Hall 4\n"
    assert "no_header" in refusals(call(content))
    told = {"header_row": "0", "columns": "license_plate,vin,location"}
    assert call(content, **told).json()["created"] == 2
    assert sorted(Job.objects.values_list("license_plate", flat=True)) == ["B-QX 1", "B-QX 2"]
    wrong = call(content, header_row="0", columns="license_plate,colour")
    assert (wrong.status_code, set(wrong.json()["errors"])) == (400, {"columns"})


def test_an_encoding_that_the_letters_do_not_show_is_refused_until_the_call_names_it(call):
    content = "license_plate,location\nB-QX 1,Tromsø\n".encode("cp1252")
    refused = call(content)
    assert refusals(refused) == ["encoding_unclear"]
    assert "Windows-1252 (Tromsø)" in refused.json()["errors"][0]["message"]
    assert call(content, encoding="windows-1252").status_code == 201
    assert Job.objects.get().location == "Tromsø"


def test_the_same_rows_in_another_form_are_the_same_file(call):
    call("custom_name,location\nOne,Hall\nTwo,Hof\n")
    for content in (
        b"custom_name,location\r\nOne,Hall\r\nTwo,Hof\r\n",
        "custom_name;location\nOne;Hall\nTwo;Hof".encode("utf-16"),
        book(["custom_name", "location"], ["One", "Hall"], ["Two", "Hof"]),
    ):
        answer = call(content, dry_run="true")
        assert [one["code"] for one in answer.json()["warnings"]] == ["imported_before"]
    other = call("custom_name,location\nOne,Hall\nThree,Hof\n", dry_run="true")
    assert other.json()["warnings"] == []
