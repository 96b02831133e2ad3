"""The receivers of the guide take what a webhook sends, and refuse what is forged or old."""

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import suppress

import pytest
import requests

from accounts.channels.standard_webhooks import signature
from tests.api_guides.test_examples import ONEAPI, PROGRAMS
from tests.product import wait_for

pytestmark = [pytest.mark.process, pytest.mark.slow]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="
MESSAGE = {
    "id": "01JDG4M4Q2W8Z3V5T7Y9R1N641",
    "sequence": 41,
    "type": "VehicleChanged",
    "subject": "QX7A1",
}
BODY = json.dumps(MESSAGE)


def headers(*, age: int = 0, secret: str = SECRET, body: str = BODY) -> dict[str, str]:
    sent_at = str(int(time.time()) - age)
    signed = f"{MESSAGE['id']}.{sent_at}.{body}".encode()
    return {
        "webhook-id": MESSAGE["id"],
        "webhook-timestamp": sent_at,
        "webhook-signature": f"v1,{'A' * 43}= {signature(secret, signed)}",
    }


FORGED = {"body": "{}", "secret": "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}


@pytest.fixture(params=["py", "ts"])
def receiver(request):
    """Its URL and the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = [str(word) for word in PROGRAMS[request.param]]
    surroundings = {"PATH": os.environ["PATH"], "WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    child = subprocess.Popen(
        [*program, f"webhook.{request.param}"],
        cwd=ONEAPI,
        env=surroundings,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # node is started by a program of its own
    )
    wait_for(lambda: listens(port), 30, "it listens")
    yield f"http://127.0.0.1:{port}/", child
    end(child)


def end(child: subprocess.Popen) -> str:
    """End it with everything it has started; what it has written."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    return child.communicate()[0] if child.stdout and not child.stdout.closed else ""


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_receiver_takes_what_is_signed_and_refuses_the_rest(receiver):
    url, child = receiver

    def answer(**how) -> int:
        return requests.post(url, BODY, headers=headers(**how), timeout=10).status_code

    assert answer() == 204
    assert [answer(**{name: value}) for name, value in FORGED.items()] == [401, 401]
    assert answer(age=600) == 401
    assert end(child).split() == ["41", "VehicleChanged", "QX7A1"]


@pytest.mark.parametrize(
    ("how", "verdict"), [({}, "genuine"), ({"secret": FORGED["secret"]}, "forged")]
)
def test_a_message_is_checked_with_openssl(tmp_path, how, verdict):
    (tmp_path / "body.json").write_text(BODY)
    sent = headers(**how)
    surroundings = {
        "PATH": os.environ["PATH"],
        "WEBHOOK_SECRET": SECRET,
        "BODY": str(tmp_path / "body.json"),
        "ID": sent["webhook-id"],
        "TIMESTAMP": sent["webhook-timestamp"],
        "SIGNATURE": sent["webhook-signature"],
    }
    done = subprocess.run(
        ["bash", "webhook.sh"], cwd=ONEAPI, env=surroundings, capture_output=True, text=True
    )
    assert done.stdout.strip() == verdict
