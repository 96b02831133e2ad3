"""A vehicle and a job of a fleet by the Python client that is generated from the OpenAPI document.

Run by `test_generated_oneapi.py` with the generated package `oneapi` on its path: URL, client ID, secret.
"""

import sys
from uuid import uuid4

import httpx
from oneapi.api.jobs import create_job, list_fleet_jobs, show_fleet_job
from oneapi.api.partners import list_partners
from oneapi.api.vehicles import (
    add_vehicle,
    change_custom_fields,
    change_master_data,
    command_vehicle,
    list_vehicles,
    show_vehicle,
)
from oneapi.client import AuthenticatedClient
from oneapi.models import (
    CommandVehicleName,
    CustomFields,
    CustomFieldValuesRequest,
    FleetJob,
    FleetJobDetails,
    FleetJobList,
    MasterData,
    MasterDataValuesRequest,
    NewJobRequest,
    NewVehicleRequest,
    PartnerList,
    Problem,
    Vehicle,
    VehicleCommand,
    VehicleList,
)
from oneapi.types import UNSET


def signed_in(url: str, client_id: str, secret: str) -> AuthenticatedClient:
    form = {"grant_type": "client_credentials"}
    answer = httpx.post(f"{url}/oauth/token", data=form, auth=(client_id, secret))
    token = answer.raise_for_status().json()["access_token"]
    return AuthenticatedClient(f"{url}/api/oneapi/v1", token)


def key() -> str:
    return str(uuid4())


def vehicle(client: AuthenticatedClient) -> Vehicle:
    body = NewVehicleRequest(
        master_data=MasterDataValuesRequest(license_plate="B QX 2041"), tags=["winter"]
    )
    added = add_vehicle.sync(client=client, body=body, idempotency_key=key())
    assert isinstance(added, Vehicle), added
    return added


def change(client: AuthenticatedClient, added: Vehicle) -> None:
    """Two changes; the second one knows an earlier version and is refused, whatever the code."""
    tag = f'"{added.version}"'
    plate = MasterDataValuesRequest(license_plate="B QX 3000")
    changed = change_master_data.sync(added.vehicle_id, client=client, body=plate, if_match=tag)
    assert isinstance(changed, MasterData), changed
    assert changed.license_plate == "B QX 3000"
    refused = change_master_data.sync(added.vehicle_id, client=client, body=plate, if_match=tag)
    assert isinstance(refused, Problem), refused
    assert refused.status == 412


def set_fields(client: AuthenticatedClient, added: Vehicle) -> None:
    body = CustomFieldValuesRequest.from_dict({"parking_space": "B12", "colour": None})
    fields = change_custom_fields.sync(added.vehicle_id, client=client, body=body)
    assert isinstance(fields, CustomFields), fields
    assert fields["parking_space"] == "B12"
    assert "colour" not in fields
    seen = show_vehicle.sync(added.vehicle_id, client=client)
    assert isinstance(seen, Vehicle), seen
    assert seen.custom_fields["parking_space"] == "B12"


def all_vehicles(client: AuthenticatedClient) -> list[Vehicle]:
    """Page by page."""
    found: list[Vehicle] = []
    cursor = UNSET
    while True:
        page = list_vehicles.sync(client=client, limit=1, cursor=cursor)
        assert isinstance(page, VehicleList), page
        found += page.results
        if page.next_ is None:
            return found
        cursor = page.next_


def command(client: AuthenticatedClient) -> None:
    page = list_vehicles.sync(client=client, has_unit=True)
    assert isinstance(page, VehicleList), page
    sent = command_vehicle.sync(
        page.results[0].vehicle_id,
        CommandVehicleName.LOCK_CENTRAL_LOCK,
        client=client,
        idempotency_key=key(),
    )
    assert isinstance(sent, VehicleCommand), sent
    assert sent.status == "DONE"
    assert sent.state
    assert sent.state["central_lock"].value == "locked"


def job(client: AuthenticatedClient) -> None:
    partners = list_partners.sync(client=client)
    assert isinstance(partners, PartnerList), partners
    body = NewJobRequest(
        license_plate="B QX 2044",
        external_reference="PO-4711",
        assigned_installer_company_id=partners.results[0].partner_id,
    )
    created = create_job.sync(client=client, body=body, idempotency_key=key())
    assert isinstance(created, FleetJob), created
    assert created.status == "ASSIGNED"
    details = show_fleet_job.sync(created.id, client=client)
    assert isinstance(details, FleetJobDetails), details
    assert details.history
    listed = list_fleet_jobs.sync(client=client, external_reference="PO-4711")
    assert isinstance(listed, FleetJobList), listed
    assert [one.id for one in listed.results][:1] == [created.id]


def main(url: str, client_id: str, secret: str) -> None:
    client = signed_in(url, client_id, secret)
    added = vehicle(client)
    change(client, added)
    set_fields(client, added)
    assert added.vehicle_id in [one.vehicle_id for one in all_vehicles(client)]
    command(client)
    job(client)


if __name__ == "__main__":
    main(*sys.argv[1:])
