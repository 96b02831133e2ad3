"""A session, and a function that calls the API. The examples below import it."""

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


def session_token():
    answer = requests.post(
        f"{BASE_URL}/_allauth/app/v1/auth/login",
        json={"email": os.environ["EMAIL"], "password": os.environ["PASSWORD"]},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["meta"]["session_token"]


def call(method, path, body=None, *, headers=None, **params):
    """Return the answer. Repeat with the same key where it says when to try again."""
    sent = {"Idempotency-Key": str(uuid4()), **(headers or {})}
    for _attempt in range(10):
        answer = session.request(
            method,
            f"{BASE_URL}/api/smartcontrol/v1/{path}",
            json=body,
            params=params,
            headers=sent,
            timeout=40,
        )
        if answer.ok or "Retry-After" not in answer.headers:
            break
        time.sleep(int(answer.headers["Retry-After"]))
    if not answer.ok:
        raise Problem(answer.json())
    return answer


session = requests.Session()
session.headers["X-Session-Token"] = session_token()
