"""A job of a car that is in the fleet already, as the phone sees it from the assignment to the record."""

import pytest

from tests.cast.work import run_tests
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory
from tests.jobs.test_maintenance import prove

VIN = "WVWZZZ1KZAW000077"


@pytest.fixture
def vehicle(fleet, unit, vehicle_model):
    names = {"vin": VIN, "license_plate": "B QX 2041", "custom_name": "Old Blue"}
    return VehicleFactory(
        fleet=fleet, unit=unit, vehicle_model=vehicle_model, tracking=True, **names
    )


@pytest.fixture
def assigned(vehicle, manager, partnership):
    def assigned(kind="MAINTENANCE", task="INSPECTION", **fields):
        notes = {
            "contact": "Front desk",
            "external_reference": "T-1",
            "instructions": "Look twice.",
            **fields,
        }
        job = JobFactory(
            by=manager,
            fleet=vehicle.fleet,
            vehicle=vehicle,
            kind=kind,
            task=task,
            custom_name="",
            **notes,
        )
        job.assign(partnership.company, by=manager)
        return job

    return assigned


def row_of(phone) -> dict:
    [row] = phone.get("jobs/").json()["results"]
    return row


def told(phone, job) -> dict:
    """Row and detail, which tell the same."""
    row, detail = row_of(phone), phone.get(f"jobs/{job.pk}/").json()
    assert row == {name: detail[name] for name in row}
    return detail


def names(told: dict) -> tuple:
    return tuple(told[name] for name in ("vin", "license_plate", "custom_name"))


@pytest.mark.parametrize("status", ["ASSIGNED", "RUNNING", "SUCCEEDED", "FAILED"])
def test_it_names_its_vehicle_in_every_status(
    status, assigned, installer, installer_phone, vehicle_model
):
    job = assigned()
    if status != "ASSIGNED":
        job.take(by=installer)
    if status == "SUCCEEDED":
        prove(job)
        job.succeed(by=installer)
    if status == "FAILED":
        job.fail(by=installer, comment="The car is not there.")

    seen = told(installer_phone, job)
    assert (seen["kind"], seen["status"], seen["task"]) == ("MAINTENANCE", status, "INSPECTION")
    assert names(seen) == (VIN, "B QX 2041", "Old Blue")
    assert seen["vehicle_model"]["id"] == vehicle_model.pk
    assert (seen["contact"], seen["external_reference"], seen["instructions"]) == (
        "Front desk",
        "T-1",
        "Look twice.",
    )
    assert seen["required_tests"] == ["CONNECTIVITY"]


@pytest.mark.parametrize("text", ["000077", "b qx-2041", "old blue"])
def test_it_is_found_by_what_its_vehicle_is_called(text, assigned, installer_phone):
    job = assigned()
    assert [
        row["id"] for row in installer_phone.get("jobs/", {"search": text}).json()["results"]
    ] == [job.pk]


def test_its_fields_are_the_vehicles_and_none_is_open(assigned, installer, installer_phone):
    job = assigned()
    job.take(by=installer)
    fields = {
        field["name"]: field for field in installer_phone.get(f"jobs/{job.pk}/").json()["fields"]
    }
    assert (fields["license_plate"]["value"], fields["tracking"]["value"]) == ("B QX 2041", True)
    assert {field["locked"] for field in fields.values()} == {True}
    assert {field["reason"] for field in fields.values()} == {"As the fleet has the vehicle."}


@pytest.mark.parametrize(("kind", "task"), [("MAINTENANCE", "INSPECTION"), ("INSTALLATION", "")])
def test_the_unit_in_the_vehicle_is_the_unit(
    kind, task, assigned, installer, installer_phone, unit, vehicle
):
    job = assigned(kind, task)
    assert told(installer_phone, job)["unit"] == {"qnr": unit.pk}
    job.take(by=installer)
    assert told(installer_phone, job)["vehicle"]["vehicle_id"] == vehicle.pk
    if kind == "INSTALLATION":
        linked = installer_phone.put(f"jobs/{job.pk}/unit/", {"qnr": unit.pk})
        assert (linked.status_code, linked.json()["unit"]) == (200, {"qnr": unit.pk})


def test_a_replaced_unit_is_the_new_one(assigned, installer, installer_phone, fleet):
    job, new = assigned(task="REPLACE_UNIT"), UnitFactory(fleet=fleet)
    job.take(by=installer)
    job.link_unit(new.pk, by=installer)
    assert told(installer_phone, job)["unit"] == {"qnr": new.pk}


@pytest.mark.parametrize("kind", ["MAINTENANCE", "INSTALLATION"])
def test_after_the_end_the_record_is_left_and_the_vehicle_is_gone(
    kind, assigned, installer, installer_phone, unit, vehicle
):
    job = assigned(kind, "INSPECTION" if kind == "MAINTENANCE" else "")
    job.take(by=installer)
    job.fail(by=installer, comment="The car is not there.")
    vehicle.unmount()
    vehicle.change(reason="MASTER_DATA_CHANGED", license_plate="S ZZ 9", custom_name="")

    seen = told(installer_phone, job)
    assert (seen["vehicle"], seen["unit"]) == (None, {"qnr": unit.pk})
    assert names(seen) == (VIN, "B QX 2041", "Old Blue")
    assert vehicle.pk not in str(seen)
    assert installer_phone.get("jobs/", {"search": "SZZ9"}).json()["results"] == []


def test_an_open_installation_in_a_car_of_the_fleet_is_called_as_the_car(
    assigned, installer_phone, vehicle, vehicle_model
):
    job = assigned("INSTALLATION", "")
    seen = told(installer_phone, job)
    assert names(seen) == (VIN, "B QX 2041", "Old Blue")
    assert (seen["task"], seen["vehicle_model"]["id"]) == (None, vehicle_model.pk)
    assert {field["name"]: field["value"] for field in seen["fields"]}["license_plate"] is None


@pytest.mark.parametrize("name", ["category", "search", "provider", "fleet", "cursor", "page_size"])
def test_a_blank_filter_is_as_good_as_none(name, assigned, installer_phone):
    job = assigned()
    assert [row["id"] for row in installer_phone.get(f"jobs/?{name}=").json()["results"]] == [
        job.pk
    ]


def test_an_unknown_filter_is_refused_even_blank(assigned, installer_phone):
    assert installer_phone.get("jobs/?colour=").status_code == 400


def test_a_replacement_names_the_unit_that_is_taken_out(
    assigned, installer, installer_phone, fleet, unit, settings
):
    job, new = assigned(task="REPLACE_UNIT"), UnitFactory(fleet=fleet)
    job.take(by=installer)
    url = f"jobs/{job.pk}/unit/"
    left_out = installer_phone.put(url, {"qnr": new.pk})
    assert (left_out.status_code, list(left_out.json()["errors"])) == (400, ["removed_qnr"])
    wrong = installer_phone.put(url, {"qnr": new.pk, "removed_qnr": new.pk})
    assert (wrong.status_code, wrong.json()["code"]) == (409, "other_unit_mounted")
    # One vehicle, which each method that changes it locks again.
    settings.ZEAL_NPLUSONE_THRESHOLD = 10
    linked = installer_phone.put(url, {"qnr": new.pk, "removed_qnr": f"QNR:{unit.pk}"})
    assert (linked.status_code, linked.json()["unit"]) == (200, {"qnr": new.pk})
    again = installer_phone.put(url, {"qnr": new.pk, "removed_qnr": unit.pk})
    assert again.status_code == 200


def test_a_removal_is_guided_from_the_unit_to_the_outcome(
    assigned, installer, installer_phone, unit
):
    job = assigned(task="REMOVE_UNIT")
    job.take(by=installer)
    url = f"jobs/{job.pk}/"
    before = told(installer_phone, job)
    assert before["steps"][-1]["missing"] == ["unit", "test:REMOVAL"]
    assert before["required_tests"] == ["REMOVAL"]
    assert before["can"]["link_unit"]["allowed"]
    wrong = installer_phone.put(f"{url}unit/", {"qnr": "F" * 16})
    assert wrong.json()["code"] == "other_unit_mounted"
    refused = installer_phone.put(f"{url}unit/", {"qnr": unit.pk, "removed_qnr": unit.pk})
    assert list(refused.json()["errors"]) == ["removed_qnr"]
    linked = installer_phone.put(f"{url}unit/", {"qnr": unit.pk}).json()
    steps = [(step["name"], step["status"]) for step in linked["steps"]]
    assert steps[-3:] == [("TESTS", "OPEN"), ("PHOTOS", "DONE"), ("OUTCOME", "BLOCKED")]
    job.request_tests(by=installer)
    run_tests(job)
    ended = installer_phone.post(f"{url}outcome/", {"outcome": "SUCCEEDED"})
    assert ended.status_code == 200
