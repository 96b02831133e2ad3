"""A token, then the vehicles of the fleet."""

import os

import requests

base_url = os.environ["BASE_URL"]
answer = requests.post(
    f"{base_url}/oauth/token",
    data={"grant_type": "client_credentials"},
    auth=(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]),
    timeout=10,
)
answer.raise_for_status()
token = answer.json()["access_token"]

vehicles = requests.get(
    f"{base_url}/api/oneapi/v1/vehicles",
    headers={"Authorization": f"Bearer {token}"},
    timeout=10,
)
vehicles.raise_for_status()
for vehicle in vehicles.json()["results"]:
    print(vehicle["vehicle_id"], vehicle["master_data"]["license_plate"])
