"""What the phone needs to guide through a job: how fields are entered, the steps, and what the caller can do."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agreement
from jobs.models import Job
from tests.cast.work import OTHER_VIN, read_vin, run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory

VERBS = {
    "take", "withdraw", "hand_back", "link_unit", "fill_in", "request_tests", "renew", "add_photo", "delete_photo",
    "succeed", "fail",
}  # fmt: skip


def sheet(phone, job) -> dict:
    return phone.get(f"jobs/{job.pk}/").json()


def fields(phone, job) -> dict:
    return {field["name"]: field for field in sheet(phone, job)["fields"]}


def values(field: dict) -> list:
    return [choice["value"] for choice in field["choices"]]


def steps(phone, job) -> dict:
    return {step["name"]: step["status"] for step in sheet(phone, job)["steps"]}


def refusals(phone, job) -> dict:
    """The code of each move that the caller cannot make."""
    can = sheet(phone, job)["can"]
    assert set(can) == VERBS
    assert all(permit["allowed"] == (permit["code"] is None) for permit in can.values())
    return {verb: permit["code"] for verb, permit in can.items() if permit["code"]}


# --- fields -----------------------------------------------------------------------------------------------------------
def test_each_field_says_how_it_is_entered(running_job, installer_phone):
    found = fields(installer_phone, running_job)
    types = {name: field["type"] for name, field in found.items()}
    assert types["vin"] == types["brand"] == "text"
    assert types["fuel_type"] == types["vehicle_model_id"] == "choice"
    assert types["tracking"] == "flag"
    assert found["vin"]["max_length"] == 17
    year = found["year_of_production"]
    assert (year["type"], year["min"], year["max"]) == ("number", 1980, timezone.now().year + 1)
    assert [name for name, field in found.items() if field["required"]] == ["vehicle_model_id"]


def test_only_what_the_vehicle_model_supports_can_be_chosen(
    running_job, vehicle_model, installer_phone
):
    vehicle_model.installation_variants = ["OBD"]
    vehicle_model.features = ["tracking"]
    vehicle_model.save()
    found = fields(installer_phone, running_job)
    assert values(found["installation_variant"]) == ["OBD"]
    assert values(found["tracking"]) == [True, False]
    assert values(found["smoke_detection"]) == [False]
    assert found["vehicle_model_id"]["choices"] is None


def test_without_a_vehicle_model_everything_can_be_chosen(
    fleet, partnership, manager, installer_phone
):
    job = JobFactory(by=manager, fleet=fleet)
    job.assign(partnership.company, by=manager)
    found = fields(installer_phone, job)
    assert values(found["installation_variant"]) == ["WIRED", "OBD"]
    assert values(found["smoke_detection"]) == [True, False]


def test_a_choice_that_is_offered_is_taken_and_another_one_is_refused(
    running_job, vehicle_model, installer_phone
):
    vehicle_model.installation_variants = ["OBD"]
    vehicle_model.save()
    url = f"jobs/{running_job.pk}/fields/"
    assert installer_phone.patch(url, {"installation_variant": "OBD"}).status_code == 200
    assert installer_phone.patch(url, {"installation_variant": "WIRED"}).status_code == 400


# --- steps ------------------------------------------------------------------------------------------------------------
def test_an_installation_is_done_step_by_step(running_job, unit, installer, installer_phone):
    names = ["UNIT", "VEHICLE_DATA", "CONFIGURATION", "TESTS", "PHOTOS", "OUTCOME"]
    before = steps(installer_phone, running_job)
    assert list(before) == names
    assert list(before.values()) == ["OPEN", "DONE", "BLOCKED", "BLOCKED", "DONE", "BLOCKED"]

    running_job.link_unit(unit.pk, by=installer)
    linked = steps(installer_phone, running_job)
    assert list(linked.values()) == ["DONE", "DONE", "OPEN", "BLOCKED", "DONE", "BLOCKED"]

    running_job.proof.latest_configuration.push()
    assert list(steps(installer_phone, running_job).values())[2:4] == ["DONE", "OPEN"]

    running_job.request_tests(by=installer)
    run_tests(running_job)
    assert list(steps(installer_phone, running_job).values())[3:] == ["DONE", "DONE", "OPEN"]

    running_job.succeed(by=installer)
    assert set(steps(installer_phone, running_job).values()) == {"DONE"}


@pytest.mark.parametrize(
    "job", ["running_job", "linked_job", "configured_job", "proven_job", "changed_job", "old_job"]
)
def test_the_steps_lack_exactly_what_keeps_the_job_from_success(job, request, installer_phone):
    job = request.getfixturevalue(job)
    found = sheet(installer_phone, job)["steps"]
    *parts, outcome = found
    missing = job.proof.missing()
    assert outcome["missing"] == missing
    assert sorted(part for step in parts for part in step["missing"]) == sorted(missing)


@pytest.mark.parametrize(
    ("task", "names"),
    [
        ("INSPECTION", ["VEHICLE_DATA", "TESTS", "PHOTOS", "OUTCOME"]),
        ("REPLACE_UNIT", ["VEHICLE_DATA", "UNIT", "CONFIGURATION", "TESTS", "PHOTOS", "OUTCOME"]),
        ("REMOVE_UNIT", ["VEHICLE_DATA", "UNIT", "TESTS", "PHOTOS", "OUTCOME"]),
    ],
)
def test_maintenance_goes_by_its_task(task, names, fleet, partnership, manager, installer_phone):
    vehicle = VehicleFactory(
        fleet=fleet, unit=UnitFactory(fleet=fleet), vehicle_model=VehicleModelFactory()
    )
    job = JobFactory(by=manager, fleet=fleet, kind="MAINTENANCE", task=task, vehicle=vehicle)
    job.assign(partnership.company, by=manager)
    assert list(steps(installer_phone, job)) == names


# --- what the caller can do -------------------------------------------------------------------------------------------
def test_a_job_to_take_can_be_taken_and_nothing_else(
    assigned_job, installer_phone, company_admin_phone
):
    others = VERBS - {"take", "hand_back"}
    assert refusals(installer_phone, assigned_job) == {
        "hand_back": "not_allowed",
        **dict.fromkeys(others, "wrong_status"),
    }
    assert set(refusals(company_admin_phone, assigned_job)) == others


def test_a_reserved_job_is_for_its_installer_and_for_admins(
    assigned_job, installer, company_admin, installer_phone, colleague_phone, company_admin_phone
):
    assigned_job.reserve(installer, by=company_admin)
    assert "take" not in refusals(installer_phone, assigned_job)
    assert refusals(colleague_phone, assigned_job)["take"] == "reserved"
    assert "take" not in refusals(company_admin_phone, assigned_job)


def test_nobody_takes_a_job_before_the_binding_agreement_is_accepted(assigned_job, installer_phone):
    Agreement.objects.create(
        version=99, text="New.", published_at=timezone.now() - timedelta(days=15)
    )
    assert refusals(installer_phone, assigned_job)["take"] == "agreement_required"


def test_a_colleague_reads_who_is_working(running_job, colleague_phone):
    assert refusals(colleague_phone, running_job)["succeed"] == "not_holder"
    text = sheet(colleague_phone, running_job)["can"]["succeed"]["text"]
    assert text == "Installer is working on this job."
    assert "withdraw" not in refusals(colleague_phone, running_job)


def test_the_holder_of_a_bare_job_still_has_to_link_a_unit(running_job, installer_phone):
    assert refusals(installer_phone, running_job) == {
        "take": "wrong_status",
        "hand_back": "not_allowed",
        "request_tests": "no_unit",
        "renew": "no_vehicle",
        "succeed": "incomplete",
    }


def test_a_proven_job_can_succeed_unless_a_command_is_in_flight(
    proven_job, installer, installer_phone
):
    assert "succeed" not in refusals(installer_phone, proven_job)
    command = proven_job.access.current().command("draw-attention", by=installer, announced=False)
    assert command._hand_over()
    in_flight = dict.fromkeys(("succeed", "fail", "withdraw"), "command_in_flight")
    assert refusals(installer_phone, proven_job).items() >= in_flight.items()


def test_a_stopped_access_stops_what_needs_it(configured_job, manager, installer_phone):
    configured_job.stop_access(by=manager)
    stopped = dict.fromkeys(("link_unit", "request_tests", "renew"), "access_stopped")
    assert refusals(installer_phone, configured_job).items() >= stopped.items()


def test_a_suspended_client_stops_the_work_and_not_its_return(
    configured_job, fleet, operator, installer_phone
):
    fleet.suspend(by=operator)
    found = refusals(installer_phone, configured_job)
    assert {found[verb] for verb in ("fill_in", "succeed", "fail")} == {"fleet_suspended"}
    assert "withdraw" not in found


@pytest.mark.parametrize("verb", ["succeed", "request_tests"])
def test_what_is_said_to_be_refused_is_refused_with_the_same_code(
    verb, running_job, installer_phone
):
    said = refusals(installer_phone, running_job)[verb]
    url, body = {
        "succeed": ("outcome/", {"outcome": "SUCCEEDED"}),
        "request_tests": ("tests/", {}),
    }[verb]
    refused = installer_phone.post(f"jobs/{running_job.pk}/{url}", body)
    assert refused.json()["code"] == said


# --- assignment and deadlines -----------------------------------------------------------------------------------------
def test_each_take_is_another_assignment(assigned_job, installer, colleague, installer_phone):
    assert sheet(installer_phone, assigned_job)["assignment"] is None
    assigned_job.take(by=installer)
    first = sheet(installer_phone, assigned_job)["assignment"]
    assert first["id"] == assigned_job.version
    assert first["holder"]["id"] == installer.pk
    assigned_job.withdraw(by=installer)
    assert sheet(installer_phone, assigned_job)["assignment"] is None
    assigned_job.take(by=colleague)
    second = sheet(installer_phone, assigned_job)["assignment"]
    assert second["id"] > first["id"]
    assert second["holder"]["id"] == colleague.pk


def test_a_job_that_was_edited_meanwhile_keeps_its_assignment(
    running_job, installer, installer_phone
):
    before = sheet(installer_phone, running_job)["assignment"]
    running_job.fill_in(by=installer, brand="Audi")
    assert sheet(installer_phone, running_job)["assignment"] == before


def test_a_finished_job_has_no_assignment_under_way(running_job, installer, installer_phone):
    running_job.fail(by=installer, comment="The car has gone.")
    assert sheet(installer_phone, running_job)["assignment"] is None


def test_a_prompt_says_until_when_it_waits(configured_job, installer, installer_phone):
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    configured_job.tests.get().run()
    tests = {test["kind"]: test for test in sheet(installer_phone, configured_job)["tests"]}
    prompt = tests["CENTRAL_LOCK"]["prompt"]
    until = Job.objects.get(pk=configured_job.pk).tests.get().prompt_until
    assert prompt["expires_at"] == until.isoformat().replace("+00:00", "Z")


# --- what `succeed` refuses, `can` foresees ---------------------------------------------------------------------------
VIN = "WVWZZZ1KZAW000123"


def take_vin(job, **_people):
    VehicleFactory(fleet=job.fleet, vin=VIN)
    Job.objects.filter(pk=job.pk).update(vin=VIN)


def read_other_vin(job, **_people):
    model = job.vehicle_model
    model.capabilities = [*model.capabilities, "vin"]
    model.save()
    Job.objects.filter(pk=job.pk).update(vin=VIN)
    read_vin(job, OTHER_VIN)


def send_command(job, *, holder, **_people):
    command = job.access.current().command("draw-attention", by=holder, announced=False)
    assert command._hand_over()


def suspend_fleet(job, **_people):
    type(job.fleet).objects.filter(pk=job.fleet_id).update(suspended_at=timezone.now())


def hand_over(job, *, holder, colleague):
    job.withdraw(by=holder)
    job.take(by=colleague)


def end(job, *, holder, **_people):
    job.fail(by=holder, comment="Nobody had the keys.")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (None, None),
        (take_vin, "vin_in_fleet"),
        (read_other_vin, "vin_differs"),
        (send_command, "command_in_flight"),
        (suspend_fleet, "fleet_suspended"),
        (hand_over, "not_holder"),
        (end, "wrong_status"),
    ],
)
def test_the_sheet_foresees_each_refusal_of_succeed(
    spoil, code, proven_job, installer, colleague, installer_phone
):
    if spoil:
        spoil(proven_job, holder=installer, colleague=colleague)
    assert refusals(installer_phone, proven_job).get("succeed") == code
    done = installer_phone.post(f"jobs/{proven_job.pk}/outcome/", {"outcome": "SUCCEEDED"})
    assert done.json().get("code") == code


def test_a_vin_of_another_fleet_is_free(proven_job, installer_phone):
    """Nobody learns from a refusal what is in a fleet that is not their client."""
    VehicleFactory(vin=VIN)
    Job.objects.filter(pk=proven_job.pk).update(vin=VIN)
    assert "succeed" not in refusals(installer_phone, proven_job)
