"""The main job, by the API alone."""

from tests.cast.work import run_tests


def test_an_installer_takes_a_job_proves_that_it_works_and_finishes_it(
    assigned_job, unit, installer_phone
):
    phone, job = installer_phone, f"jobs/{assigned_job.pk}/"

    taken = phone.post(f"{job}assignment/")
    assert (taken.status_code, taken.json()["status"], taken.json()["assignee"]["name"]) == (
        200,
        "RUNNING",
        "Installer",
    )

    linked = phone.put(f"{job}unit/", {"qnr": unit.pk}).json()
    assert linked["unit"] == {"qnr": unit.pk}
    assert linked["access"]["open"] is True
    assert linked["configuration"]["status"] == "PENDING"
    vehicle = linked["vehicle"]["vehicle_id"]

    filled = phone.patch(f"{job}fields/", {"license_plate": "B QX 2041", "tracking": True}).json()
    assert {field["name"]: field["value"] for field in filled["fields"]}[
        "license_plate"
    ] == "B QX 2041"

    assigned_job.refresh_from_db()
    assigned_job.proof.latest_configuration.push()
    asked = phone.post(f"{job}tests/", {})
    assert asked.status_code == 202
    assert {test["status"] for test in asked.json()} == {"QUEUED"}
    run_tests(assigned_job)

    assert phone.get(f"vehicles/{vehicle}/state/").json()["central_lock"]["value"] == "locked"
    done = phone.post(f"{job}outcome/", {"outcome": "SUCCEEDED"})
    assert (done.status_code, done.json()["status"], done.json()["vehicle"]) == (
        200,
        "SUCCEEDED",
        None,
    )
    assert done.json()["access"]["open"] is False
    assert phone.get(f"vehicles/{vehicle}/state/").status_code == 404
