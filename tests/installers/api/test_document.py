"""The OpenAPI document is true: every answer that these tests see is held against it (contract.py),
and every operation is seen.
"""

from types import SimpleNamespace

import pytest
from jsonschema import Draft202012Validator

from installers.api.views import vehicles
from jobs.models import Job
from telematics.models import Command
from telematics.tasks import run_command
from tests.factories.jobs import JobFactory
from tests.installers.api import contract
from tests.installers.api.contract import ROOT, document
from tests.pictures import file, picture

# Not all of their members are always there.
OF_CHOICE = {"Position", "Problem", "Signals", "SessionState", "SignInFlow", "SignInError"}


def test_it_is_one_document_of_openapi_3_1_for_everybody_to_read(client):
    read = client.get(f"{ROOT}schema/", headers={"Accept": "application/json"})
    assert (read.status_code, read.json()["openapi"]) == (200, "3.1.0")
    assert read.json()["info"]["title"] == "SmartControl API"
    assert read.json()["servers"] == [{"url": "/"}]


def test_a_page_reads_it_without_a_script_or_style_of_its_own(client):
    page = client.get("/api/docs/smartcontrol/reference/").content.decode()
    assert f'data-url="{ROOT}schema/"' in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")
    assert client.get("/api/docs/nothing/reference/").status_code == 404


def test_every_address_of_the_api_is_in_it():
    from installers.api.urls import urlpatterns

    left_out = {"schema", "nothing"}
    named = [
        pattern.name for pattern in urlpatterns if pattern.name and pattern.name not in left_out
    ]
    ours = [path for path in document()["paths"] if path.startswith(ROOT)]
    assert len(ours) == len(named)


def test_signing_in_and_out_is_in_it():
    others = {path for path in document()["paths"] if not path.startswith(ROOT)}
    assert others == {
        f"/_allauth/app/v1/auth/{end}" for end in ("login", "2fa/authenticate", "session")
    }


def test_making_it_leaves_nothing_unsaid(capsys):
    from installers.api.views.document import SmartControlDocument

    SmartControlDocument.document.__wrapped__(SmartControlDocument)
    assert "Warning" not in capsys.readouterr().err


def test_every_shape_in_it_is_a_schema():
    for shape in document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(shape)


def test_what_is_shown_is_always_there_and_more_may_come():
    shown = {
        name: shape
        for name, shape in document()["components"]["schemas"].items()
        if not name.endswith("Request")
    }
    loose = [
        name
        for name, shape in shown.items()
        if name not in OF_CHOICE
        and "anyOf" not in shape
        and set(shape.get("required", [])) != set(shape.get("properties", []))
    ]
    assert loose == []
    assert [
        name for name, shape in shown.items() if shape.get("additionalProperties") is False
    ] == []


def test_what_is_sent_has_no_unknown_member():
    sent = {
        name: shape
        for name, shape in document()["components"]["schemas"].items()
        if name.endswith("Request")
    }
    assert [
        name for name, shape in sent.items() if shape["additionalProperties"] is not False
    ] == []


def test_an_answer_may_have_a_word_that_the_document_does_not_know_and_a_request_may_not():
    schemas = document()["components"]["schemas"]
    status = schemas["Job"]["properties"]["status"]
    assert status["anyOf"] == [{"$ref": "#/components/schemas/JobStatus"}, {"type": "string"}]
    code = schemas["Problem"]["properties"]["code"]
    assert code["anyOf"] == [{"$ref": "#/components/schemas/ProblemCode"}, {"type": "string"}]
    sent = schemas["OutcomeRequest"]["properties"]["outcome"]
    assert sent == {"$ref": "#/components/schemas/Outcome"}


def test_a_vocabulary_is_one_enum_also_where_it_may_be_null():
    schemas = document()["components"]["schemas"]
    assert schemas["Account"]["properties"]["role"]["anyOf"] == [
        {"$ref": "#/components/schemas/CompanyRole"},
        {"type": "string"},
        {"type": "null"},
    ]
    assert {"Null", "Blank"}.isdisjoint(schemas)
    enums = [tuple(schema["enum"]) for schema in schemas.values() if "enum" in schema]
    assert len(enums) == len(set(enums))
    loose = [
        f"{name}.{member}"
        for name, schema in schemas.items()
        for member, value in schema.get("properties", {}).items()
        if "enum" in value
    ]
    assert loose == []


def test_every_signal_has_a_type():
    from telematics.models.vehicle_state import SIGNALS

    schemas = document()["components"]["schemas"]
    signals = schemas["Signals"]["properties"]
    assert tuple(signals) == SIGNALS
    for signal in signals.values():
        reference = signal.get("$ref") or signal["allOf"][0]["$ref"]
        kind = schemas[reference.removeprefix("#/components/schemas/")]
        assert {"type", "anyOf", "oneOf"} & set(kind["properties"]["value"])


def test_a_key_is_asked_for_where_one_is_required():
    asked = {
        operation["operationId"]: parameter.get("required", False)
        for operations in document()["paths"].values()
        for operation in operations.values()
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "Idempotency-Key"
    }
    assert asked == {
        "take_job": False, "withdraw_job": False, "hand_back_job": True, "link_unit": True, "fill_in": True,
        "request_tests": True, "cancel_test": False,
        "confirm_test": True, "renew_access": False, "finish_job": False, "send_command": True,
        "add_photo": True, "delete_photo": False,
    }  # fmt: skip


def operations() -> dict[str, dict]:
    return {
        operation["operationId"]: operation
        for name, path in document()["paths"].items()
        if name.startswith(ROOT)
        for operation in path.values()
    }


# What each operation can come to, beside 401; what the server itself refuses (413, 415, 5xx) is
# told in test_hostile.py.
OUTCOMES = {
    "list_clients": {200, 403}, "check_unit": {200, 400, 404, 409}, "cancel_test": {200, 404, 409, 422},
    "show_account": {200}, "list_vehicle_models": {200, 400}, "list_jobs": {200, 400, 403}, "count_jobs": {200, 403},
    "list_job_tags": {200, 304, 403}, "show_job": {200, 304, 404}, "list_tests": {200, 400, 404},
    "take_job": {200, 400, 404, 409, 422}, "withdraw_job": {200, 404, 409, 422},
    "hand_back_job": {200, 400, 403, 404, 409, 422}, "link_unit": {200, 400, 404, 409, 422},
    "fill_in": {200, 400, 404, 409, 412, 422}, "request_tests": {202, 400, 404, 409, 422},
    "confirm_test": {200, 400, 404, 409, 422}, "renew_access": {200, 400, 404, 409, 422},
    "finish_job": {200, 400, 404, 409, 422}, "show_vehicle_state": {200, 404, 409},
    "send_command": {200, 202, 400, 404, 409, 422}, "show_command": {200, 404, 409},
    "list_photos": {200, 404}, "show_photo": {200, 304, 404}, "add_photo": {201, 400, 404, 409, 422},
    "delete_photo": {204, 404, 409, 422},
}  # fmt: skip


@pytest.fixture
def everybody(
    installer_phone,
    colleague_phone,
    company_admin_phone,
    outside_installer_phone,
    stranger_phone,
    manager_phone,
):
    return SimpleNamespace(
        mine=installer_phone, colleague=colleague_phone, admin=company_admin_phone, outsider=outside_installer_phone,
        stranger=stranger_phone, manager=manager_phone,
    )  # fmt: skip


def refuse(everybody, method: str, url: str, bad: dict | None, *, by=None) -> None:
    """Not signed in, another company's, a body that is none."""
    getattr(everybody.stranger, method)(url)
    getattr(everybody.outsider, method)(url)
    if bad is not None:
        getattr(by or everybody.mine, method)(url, bad)


def do(everybody, method: str, url: str, good: dict, *, by=None) -> None:
    """Once; and the same key for something else."""
    for body in (good, {**good, "x": 1}):
        getattr(by or everybody.mine, method)(url, body, key=f"only-{method}-{url[-20:]}")


def read(everybody, job: str) -> None:
    for path in (
        "me/",
        "vehicle-models/",
        "jobs/",
        "jobs/counts/",
        "jobs/index/",
        job,
        f"{job}tests/",
    ):
        everybody.mine.get(path)
        everybody.stranger.get(path)
    for path in ("jobs/index/", job):
        everybody.mine.get(path, **{"If-None-Match": everybody.mine.get(path)["ETag"]})
    for path in ("jobs/", "jobs/counts/", "jobs/index/", "clients/"):
        everybody.manager.get(path)
    everybody.mine.get("clients/")
    everybody.stranger.get("clients/")
    for path in (job, f"{job}tests/"):
        everybody.outsider.get(path)
    for path in ("vehicle-models/?x=1", "jobs/?cursor=x", f"{job}tests/?attempts=x"):
        everybody.mine.get(path)


def photograph(everybody, job: str) -> None:
    """A photo is added, listed, shown and deleted, by its holder alone."""
    photos = f"{job}photos/"
    content = picture()

    def add(phone, **more):
        data = {"kind": "PLATE", "file": file(content), **more.pop("data", {})}
        return phone.post(photos, data, form="multipart", **more)

    added = add(everybody.mine, key="photo").json()
    photo = f"{photos}{added['id']}/"
    add(everybody.mine, key="photo", data={"kind": "OTHER"})
    add(everybody.mine, data={"kind": ""})
    for phone in (everybody.colleague, everybody.outsider, everybody.stranger):
        add(phone)
        phone.delete(photo)
        phone.get(photos)
        b"".join(phone.get(photo))
    everybody.mine.get(photo, **{"If-None-Match": everybody.mine.get(photo)["ETag"]})
    do(everybody, "delete", photo, {})


def drive(everybody, job: Job, manager, monkeypatch) -> None:
    """State and commands, in time and late, and after the access was stopped."""
    lock = f"vehicles/{job.vehicle_id}/commands/lock-central-lock/"
    sent = everybody.mine.post(lock, key="lock").json()["id"]
    with monkeypatch.context() as patch:
        patch.setattr(Command, "nudge", lambda command: run_command(command.pk))
        everybody.mine.post(lock)
    run_command(sent)
    everybody.mine.post(f"vehicles/{job.vehicle_id}/commands/draw-attention/", key="lock")
    reads = [f"vehicles/{job.vehicle_id}/state/", f"vehicles/{job.vehicle_id}/commands/{sent}/"]
    refuse(everybody, "post", lock, {"x": 1})
    for url in reads:
        everybody.mine.get(url)
        refuse(everybody, "get", url, None)
    job.stop_access(by=manager)
    everybody.mine.post(lock)
    for url in reads:
        everybody.mine.get(url)
    job.allow_access(by=manager)


@pytest.mark.slow
def test_every_operation_comes_to_each_of_its_outcomes_as_the_document_tells(
    assigned_job, pending_job, unit, manager, everybody, partnership, monkeypatch
):
    contract.SEEN.clear()
    monkeypatch.setattr(vehicles, "WAIT", 0)
    job = f"jobs/{assigned_job.pk}/"
    read(everybody, job)

    refuse(everybody, "delete", f"{job}assignment/", None)
    everybody.mine.delete(f"{job}assignment/")
    steps = [
        ("put", f"{job}unit/", {"qnr": unit.pk}, {}),
        ("patch", f"{job}fields/", {"brand": "Audi"}, {"brand": 1}),
        ("post", f"{job}tests/", {"kinds": ["CENTRAL_LOCK"]}, {"kinds": []}),
        ("post", f"{job}tests/CENTRAL_LOCK/confirmation/", {"observed": True}, {}),
        ("post", f"{job}access/", {}, {"x": 1}),
        ("post", f"{job}outcome/", {"outcome": "FAILED", "comment": "No car."}, {}),
    ]
    for method, url, good, _ in steps:
        getattr(everybody.mine, method)(url, good)  # nobody's yet
    refuse(everybody, "post", f"{job}assignment/", {"x": 1})
    do(everybody, "post", f"{job}assignment/", {})
    everybody.colleague.post(f"{job}assignment/")
    everybody.mine.patch(f"{job}fields/", {"brand": "Audi"}, **{"If-Match": "0"})
    check = f"units/{unit.pk}/?job={assigned_job.pk}"
    for phone in (everybody.mine, everybody.colleague, everybody.outsider, everybody.stranger):
        phone.get(check)
    everybody.mine.get(f"units/x/?job={assigned_job.pk}")
    for method, url, good, bad in steps:
        if url.endswith("confirmation/"):
            assigned_job.tests.get().run()
        if url.endswith("access/"):
            cancel = f"{job}tests/CENTRAL_LOCK/"
            refuse(everybody, "delete", cancel, None)
            everybody.colleague.delete(cancel)
            do(everybody, "delete", cancel, {})
        if url.endswith("outcome/"):
            photograph(everybody, job)
            drive(everybody, Job.objects.get(pk=assigned_job.pk), manager, monkeypatch)
        refuse(everybody, method, url, bad)
        do(everybody, method, url, good)
        if url.endswith("unit/"):
            assigned_job.proof.latest_configuration.push()

    other = JobFactory(by=manager, fleet=assigned_job.fleet)
    other.assign(partnership.company, by=manager)
    hand, take = f"jobs/{other.pk}/handback/", f"jobs/{other.pk}/assignment/"
    everybody.mine.post(take)
    everybody.admin.post(hand, {"reason": "Wrong car."})
    do(everybody, "delete", take, {})
    everybody.mine.post(hand, {"reason": "I may not."})
    refuse(everybody, "post", hand, {}, by=everybody.admin)
    everybody.admin.delete(take, key="used")
    everybody.admin.post(hand, {"reason": "Wrong car."}, key="used-up")
    third = JobFactory(by=manager, fleet=assigned_job.fleet)
    third.assign(partnership.company, by=manager)
    everybody.admin.post(f"jobs/{third.pk}/handback/", {"reason": "Wrong car."}, key="used-up")

    wanted = {(name, status) for name, statuses in OUTCOMES.items() for status in statuses | {401}}
    assert wanted - contract.SEEN == set()
    assert set(OUTCOMES) == set(operations())
