"""A session, then the jobs that can be taken."""

import os

import requests

base_url = os.environ["BASE_URL"]
answer = requests.post(
    f"{base_url}/_allauth/app/v1/auth/login",
    json={"email": os.environ["EMAIL"], "password": os.environ["PASSWORD"]},
    timeout=10,
)
answer.raise_for_status()
session_token = answer.json()["meta"]["session_token"]

jobs = requests.get(
    f"{base_url}/api/smartcontrol/v1/jobs/",
    params={"category": "available"},
    headers={"X-Session-Token": session_token},
    timeout=10,
)
jobs.raise_for_status()
for job in jobs.json()["results"]:
    print(job["id"], job["kind"], job["fleet"]["name"])
