"""A session with a token, and a function that calls OneAPI. The examples below import it."""

import os
import time
from uuid import uuid4

import requests

BASE_URL = os.environ["BASE_URL"]


class Problem(Exception):
    """An answer that refuses the call. Programs check its `code`."""

    def __init__(self, body):
        super().__init__(f"{body['code']}: {body['detail']} (flow ID {body['flow_id']})")
        self.body = body
        self.code = body["code"]


def token():
    answer = requests.post(
        f"{BASE_URL}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(os.environ["CLIENT_ID"], os.environ["CLIENT_SECRET"]),
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["access_token"]


def call(method, path, body=None, *, key=None, headers=None, **params):
    """Return the answer. Repeat with the same key while the limit of calls is reached."""
    sent = {"Idempotency-Key": key or str(uuid4()), **(headers or {})}
    for _attempt in range(4):
        answer = session.request(
            method,
            f"{BASE_URL}/api/oneapi/v1{path}",
            json=body,
            params=params,
            headers=sent,
            timeout=40,
        )
        if answer.status_code not in (429, 503):
            break
        time.sleep(int(answer.headers["Retry-After"]))
    if not answer.ok:
        raise Problem(answer.json())
    return answer


session = requests.Session()
session.headers["Authorization"] = f"Bearer {token()}"
