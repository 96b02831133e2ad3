"""*OneAPI integration guide*: what a machine of the provider can do by HTTP, and what people do for it beside."""

import base64
import io

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import ApiClient
from jobs.models import Job
from telematics.models import Command, Vehicle
from telematics.tasks import run_command
from telematics.verbs import VERBS
from tests.factories.telematics import UnitFactory, VehicleFactory

IMPORTS = "/api/oneapi/v1/job-imports"
VEHICLES = "/api/oneapi/v1/vehicles"
BOTH_RIGHTS = ["jobs:read", "jobs:write"]
OF_VEHICLES = ["vehicles:read", "vehicles:write"]


class Machine:
    """A program of the provider with its own client ID and secret."""

    def __init__(self, client_id: str, secret: str):
        self.pair = f"{client_id}:{secret}"
        self.http = Client()

    def ask_for_token(self):
        basic = base64.b64encode(self.pair.encode()).decode()
        form = {"grant_type": "client_credentials"}
        return self.http.post("/oauth/token", form, headers={"Authorization": f"Basic {basic}"})

    def call(self, method: str, path: str, body: dict | None = None):
        token = self.ask_for_token().json()["access_token"]
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": f"{method} {path} {body}"[:200].replace(" ", "_"),
        }
        call = getattr(self.http, method)
        if method == "get":
            return call(f"{VEHICLES}{path}", body or {}, headers=headers)
        return call(
            f"{VEHICLES}{path}", body or {}, content_type="application/json", headers=headers
        )

    def import_jobs(self, text: str, key: str = "first"):
        file = io.BytesIO(text.encode())
        file.name = "jobs.csv"
        token = self.ask_for_token().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        return self.http.post(IMPORTS, {"file": file}, headers=headers)


@pytest.fixture
def issue(fleet, fleet_admin):
    """`issue("sync")`: a machine that may read and import jobs."""

    def with_rights(name: str, rights: list[str] = BOTH_RIGHTS) -> Machine:
        issued, secret = ApiClient.objects.issue(
            fleet=fleet, name=name, scopes=rights, by=fleet_admin
        )
        return Machine(issued.client_id, secret)

    return with_rights


def test_120_oneapi_serves_the_vehicles_with_a_cloudboxx(issue, unit):
    answer = issue("sync").import_jobs(f"custom_name,planned_unit\nOne,{unit.pk}\n")
    assert (answer.status_code, answer.json()["created"]) == (201, 1)
    assert Job.objects.get().planned_unit == unit
    assert "CloudConnect" not in Client().get("/api/oneapi/v1/schema").content.decode()


def test_121_oneapi_has_an_area_for_each_task_and_a_reference(page: Page, db):
    page.goto("/api/docs/")
    oneapi = page.locator("section", has_text="OneAPI is for a provider")
    oneapi.get_by_role("link", name="Guide").click()
    for task in ("Add vehicles", "Commands", "Jobs", "Messages"):
        expect(page.get_by_role("heading", name=task, exact=True)).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Reference").first.click()
    for area in ("vehicles", "commands", "jobs", "messages"):
        expect(page.locator(f"#operations-tag-{area}")).to_be_visible()


def test_124_one_set_of_credentials_serves_the_rest_api(issue):
    machine = issue("sync")
    for number in (1, 2):
        answer = machine.import_jobs(f"custom_name\nCar {number}\n", key=f"call-{number}")
        assert answer.status_code == 201
    document = Client().get("/api/oneapi/v1/schema").json()
    assert list(document["components"]["securitySchemes"]) == ["clientCredentials"]


def test_126_the_client_credentials_come_from_support(
    page: Page, sign_in, operator, fleet, console_errors
):
    sign_in(operator)
    page.goto("/admin/accounts/apiclient/add/")
    page.get_by_label("Name").fill("Booking")
    page.get_by_label("Fleet").fill("Berlin")
    page.get_by_label("Create and change jobs").check()
    page.get_by_role("button", name="Save", exact=True).click()
    client_id = page.locator("#client-id").inner_text()
    machine = Machine(client_id, page.locator("#client-secret").inner_text())
    assert machine.ask_for_token().status_code == 200
    assert ApiClient.objects.get().fleet == fleet
    console_errors.clear()  # the admin site has no icon, which Chromium complains of


def test_127_each_application_has_a_client_of_its_own(issue, fleet, fleet_admin):
    booking, service = issue("Booking"), issue("Field service")
    fleet.api_clients.get(name="Booking").revoke(by=fleet_admin)
    assert booking.ask_for_token().status_code == 401
    assert service.import_jobs("custom_name\nOne\n").status_code == 201
    assert Job.objects.get().job_import.client.name == "Field service"


def test_128_a_client_is_restricted_to_its_rights(issue, fleet):
    refused = issue("Dashboard", ["jobs:read"]).import_jobs("custom_name\nOne\n")
    assert refused.status_code == 403
    assert not Job.objects.exists()
    without_commands = issue("sync", [*OF_VEHICLES, "jobs:write", "commands:read"])
    path = f"/{VehicleFactory(fleet=fleet).pk}/commands/unlock-central-lock"
    assert without_commands.call("post", path).status_code == 403
    assert not Command.objects.exists()


def test_122_each_command_has_an_endpoint(issue, fleet, monkeypatch):
    monkeypatch.setattr("fleetcontrol.api.commands.WAIT", 0)
    vehicle = VehicleFactory(fleet=fleet)
    machine = issue("sync", ["commands:write"])
    for name in VERBS:
        answer = machine.call("post", f"/{vehicle.pk}/commands/{name}")
        assert (answer.status_code, answer.json()["name"]) == (202, name)


def test_132_a_command_is_sent_by_the_id_of_the_vehicle(issue, configured_job, monkeypatch):
    monkeypatch.setattr(Command, "nudge", lambda command: run_command(command.pk))
    machine = issue("sync", ["commands:write"])
    path = f"/{configured_job.vehicle_id}/commands/unlock-central-lock"
    answer = machine.call("post", path)
    assert (answer.status_code, answer.json()["status"]) == (200, "DONE")
    assert answer.json()["state"]["central_lock"]["value"] == "unlocked"


def test_129_access_is_by_oauth_with_basic_and_tokens_for_15_minutes(issue):
    answer = issue("sync").ask_for_token()
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 15 * 60)
    assert Client().post(IMPORTS).status_code == 401


def test_123_vehicles_are_viewed_and_managed(issue, fleet):
    machine, vehicle = issue("sync", OF_VEHICLES), VehicleFactory(fleet=fleet)
    assert machine.call("get", f"/{vehicle.pk}").json()["vehicle_id"] == vehicle.pk
    assert machine.call("delete", f"/{vehicle.pk}").status_code == 204
    assert machine.call("post", f"/{vehicle.pk}/restore").json()["status"] == "OPEN"


def test_130_vehicles_are_added_with_the_properties_that_are_known(issue, fleet, vehicle_model):
    unit = UnitFactory(fleet=fleet)
    body = {
        "telematics_unit_id": unit.pk,
        "vehicle_model_id": vehicle_model.pk,
        "master_data": {"license_plate": "B NEW 1"},
        "custom_fields": {"depot": "Mitte"},
        "tags": ["winter"],
        "operation_status": "OPERATING",
    }
    answer = issue("sync", OF_VEHICLES).call("post", "", body)
    assert answer.status_code == 201
    assert Vehicle.objects.get(pk=answer.json()["vehicle_id"]).unit == unit


def test_131_vehicles_are_added_within_fleetcontrol_directly(desk, vehicle_model):
    page = desk("vehicles/")
    page.get_by_role("link", name="New Vehicle").first.click()
    page.get_by_label("Licence plate").fill("B NEW 1")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B NEW 1 was created.")).to_be_visible()
    assert Vehicle.objects.get().vehicle_model == vehicle_model


def test_133_what_the_api_stores_is_visible_in_fleetcontrol(issue, desk, fleet):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B OLD 1")
    path = f"/{vehicle.pk}/master-data"
    issue("sync", OF_VEHICLES).call("patch", path, {"license_plate": "B NEW 1"})
    page = desk("vehicles/")
    expect(page.get_by_text("B NEW 1").first).to_be_visible()


def test_134_all_vehicles_are_listed_in_pages_searched_and_filtered(issue, fleet):
    machine = issue("sync", OF_VEHICLES)
    for number in range(3):
        VehicleFactory(fleet=fleet, license_plate=f"B QX {number}", tags=[f"row {number}"])
    first = machine.call("get", "", {"limit": 2}).json()
    rest = machine.call("get", "", {"limit": 2, "cursor": first["next"]}).json()
    assert len(first["results"]) + len(rest["results"]) == 3
    for query in ({"search": "B QX 1"}, {"tag": "row 1"}):
        (found,) = machine.call("get", "", query).json()["results"]
        assert found["master_data"]["license_plate"] == "B QX 1"


def test_135_master_data_custom_fields_and_operation_status_are_altered(issue, fleet):
    machine, vehicle = issue("sync", OF_VEHICLES), VehicleFactory(fleet=fleet)
    for method, part, body in (
        ("patch", "master-data", {"brand": "Opel"}),
        ("patch", "custom-fields", {"depot": "Mitte"}),
        ("put", "operation-status", {"operation_status": "GARAGE"}),
    ):
        assert machine.call(method, f"/{vehicle.pk}/{part}", body).status_code == 200
    vehicle.refresh_from_db()
    assert (vehicle.brand, vehicle.operation_status) == ("Opel", "GARAGE")
    assert vehicle.custom_fields == {"depot": "Mitte"}


@pytest.mark.parametrize(
    "part", ["master-data", "custom-fields", "state", "capabilities", "telematics-unit", ""]
)
def test_136_each_part_of_a_vehicle_is_retrieved(part, issue, fleet):
    vehicle = VehicleFactory(fleet=fleet)
    path = f"/{vehicle.pk}/{part}".rstrip("/")
    assert issue("sync", OF_VEHICLES).call("get", path).status_code == 200


def test_137_custom_fields_of_many_vehicles_are_set_at_once(issue, fleet):
    vehicles = [VehicleFactory(fleet=fleet) for _ in range(3)]
    body = {"vehicle_ids": [vehicle.pk for vehicle in vehicles], "set": {"depot": "Mitte"}}
    answer = issue("sync", OF_VEHICLES).call("patch", "/custom-fields", body)
    assert answer.json() == {"changed": 3, "unchanged": 0}
    assert Vehicle.objects.filter(custom_fields__depot="Mitte").count() == 3


def test_139_the_api_and_fleetcontrol_read_the_same_data_at_once(issue, fleet, manager):
    machine, vehicle = issue("sync", OF_VEHICLES), VehicleFactory(fleet=fleet)
    vehicle.edits(manager).set_master_data(license_plate="B NEW 1")
    found = machine.call("get", f"/{vehicle.pk}/master-data").json()
    assert found["license_plate"] == "B NEW 1"


def test_140_a_program_updates_the_vehicles_that_have_changed(issue, fleet, manager):
    machine, vehicle = issue("sync", OF_VEHICLES), VehicleFactory(fleet=fleet)
    since = machine.call("get", "", {"changed_after": "2026-01-01T00:00:00Z"}).json()
    vehicle.edits(manager).set_operation_status("BROKEN")
    changed = machine.call("get", "", {"changed_after": since["next_changed_after"]}).json()
    (found,) = changed["results"]
    assert (found["operation_status"]["value"], found["version"]) == ("BROKEN", 2)


def test_138_almost_no_property_is_mandatory(issue):
    assert issue("all", OF_VEHICLES).call("post", "").status_code == 201
    answer = issue("sync").import_jobs("brand\nOpel\n")
    assert (answer.status_code, answer.json()["created"]) == (201, 1)
    assert Job.objects.get().brand == "Opel"


def test_146_a_state_has_the_same_format_everywhere_by_the_vehicles_capabilities(
    configured_job, installer_phone, issue
):
    signals = installer_phone.get(f"vehicles/{configured_job.vehicle_id}/state/").json()
    path = f"/{configured_job.vehicle_id}/state"
    assert issue("sync", OF_VEHICLES).call("get", path).json() == signals
    assert {"central_lock", "cellular_signal_quality"} <= set(signals)
    assert set(signals) <= set(configured_job.vehicle_model.capabilities)
    assert all(set(signal) == {"value", "timestamp"} for signal in signals.values())
