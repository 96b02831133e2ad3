"""*OneAPI integration guide*: what a machine of the provider can do by HTTP, and what people do for it beside."""

import base64
import io

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import ApiClient
from jobs.models import Job
from telematics.models import Vehicle
from tests.factories.telematics import UnitFactory
from tests.guides.steps import dialog_of

IMPORTS = "/api/oneapi/v1/job-imports"
BOTH_RIGHTS = ["jobs:read", "jobs:write"]


class Machine:
    """A program of the provider with its own client ID and secret."""

    def __init__(self, client_id: str, secret: str):
        self.pair = f"{client_id}:{secret}"
        self.http = Client()

    def ask_for_token(self):
        basic = base64.b64encode(self.pair.encode()).decode()
        form = {"grant_type": "client_credentials"}
        return self.http.post("/oauth/token", form, headers={"Authorization": f"Basic {basic}"})

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
    page.locator(".select2-selection").click()
    page.locator(".select2-search__field").fill("Berlin")
    page.get_by_role("option", name="Berlin").click()
    page.get_by_label("Import jobs").check()
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


def test_128_a_client_is_restricted_to_its_rights(issue):
    refused = issue("Dashboard", ["jobs:read"]).import_jobs("custom_name\nOne\n")
    assert refused.status_code == 403
    assert not Job.objects.exists()


def test_129_access_is_by_oauth_with_basic_and_tokens_for_15_minutes(issue):
    answer = issue("sync").ask_for_token()
    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 15 * 60)
    assert Client().post(IMPORTS).status_code == 401


def test_131_vehicles_are_added_within_fleetcontrol_directly(desk, vehicle_model):
    page = desk("vehicles/")
    page.get_by_role("link", name="New Vehicle").first.click()
    page.get_by_label("Licence plate").fill("B NEW 1")
    page.get_by_label("Vehicle model").select_option(vehicle_model.pk)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B NEW 1 was created.")).to_be_visible()
    assert Vehicle.objects.get().vehicle_model == vehicle_model


def test_138_almost_no_property_is_mandatory(issue):
    answer = issue("sync").import_jobs("brand\nOpel\n")
    assert (answer.status_code, answer.json()["created"]) == (201, 1)
    assert Job.objects.get().brand == "Opel"


def test_142_a_vehicle_begins_in_fleetcontrol_and_gets_a_unit(desk, fleet):
    unit = UnitFactory(fleet=fleet)
    page = desk("vehicles/new/")
    page.get_by_label("Licence plate").fill("B NEW 1")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("B NEW 1 was created.")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).click()
    page.get_by_role("link", name="Assign unit").click()
    dialog_of(page).get_by_label("Unit (QNR)").fill(unit.pk)
    dialog_of(page).get_by_role("button", name="Assign").click()
    expect(page.get_by_text(f"Unit {unit.pk} was assigned to B NEW 1.")).to_be_visible()
    assert Vehicle.objects.get().unit == unit


def test_146_a_state_has_the_same_format_everywhere_by_the_vehicles_capabilities(
    configured_job, installer_phone
):
    signals = installer_phone.get(f"vehicles/{configured_job.vehicle_id}/state/").json()
    assert {"central_lock", "cellular_signal_quality"} <= set(signals)
    assert set(signals) <= set(configured_job.vehicle_model.capabilities)
    assert all(set(signal) == {"value", "timestamp"} for signal in signals.values())
