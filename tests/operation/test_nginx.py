"""The product behind nginx with TLS, as docs/operation/nginx.conf has it."""

import http.client
import itertools
import json

import pytest

from installers.api.views.photos import LARGEST_BODY
from jobs.pictures.picture import MAX_BYTES
from tests.operation.nginx import Nginx
from tests.operation.programs import required
from tests.pictures import picture
from tests.product import free_port
from tests.sessions import app_token
from tests.starts import web

# gunicorn on the database of the run.
pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]
NGINX_BODY = 10 * 1024**2
keys = itertools.count()


def form(size: int) -> tuple[bytes, dict[str, str]]:
    """A request with a photo of `size` bytes: what comes after the picture is no part of it."""
    photo = picture().ljust(size, b"\0")
    head = (
        '--x\r\nContent-Disposition: form-data; name="kind"\r\n\r\nMOUNTING\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    body = head.encode() + photo + b"\r\n--x--\r\n"
    return body, {
        "Content-Type": "multipart/form-data; boundary=x",
        "Idempotency-Key": f"k{next(keys)}",
    }


@pytest.fixture
def nginx(tmp_path):
    required("nginx")
    port, away = free_port(), free_port()  # one of two webs is away
    with web(port), Nginx(tmp_path, (port, away)) as server:
        yield server


def test_the_product_behind_nginx_takes_what_it_allows_and_refuses_the_rest(
    nginx, running_job, installer
):
    session = {"X-Session-Token": app_token(installer)}
    for _ in range(6):  # one of two webs is away
        status, headers, body = nginx.ask("GET", "/api/smartcontrol/v1/me/", **session)
        assert status == 200, body
        assert headers["Strict-Transport-Security"] == "max-age=3600"

    plain = http.client.HTTPConnection("127.0.0.1", nginx.plain, timeout=10)
    plain.request("GET", "/accounts/login/?next=/", headers={"Host": "fleet.example"})
    redirect = plain.getresponse()
    assert redirect.status == 308
    assert redirect.headers["Location"] == "https://fleet.example/accounts/login/?next=/"

    path = f"/api/smartcontrol/v1/jobs/{running_job.pk}/photos/"

    def send(size):
        body, headers = form(size)
        status, headers, answer = nginx.ask("POST", path, body, **headers, **session)
        return status, headers["Content-Type"], answer

    status, _kind, answer = send(MAX_BYTES)
    assert status == 201, answer
    status, kind, answer = send(MAX_BYTES + 1)
    assert (status, kind) == (400, "application/problem+json"), answer
    for size in (LARGEST_BODY + 1, NGINX_BODY - 1000):
        status, kind, answer = send(size)
        assert (status, kind) == (413, "application/problem+json"), answer
        assert json.loads(answer)["status"] == 413
    status, kind, _answer = send(NGINX_BODY + 1)
    assert (status, kind) == (413, "text/html")

    vins = ",".join(f"WVWZZZ1KZAW{number:06}" for number in range(447))
    status, headers, _body = nginx.ask(
        "GET", f"/api/smartcontrol/v1/jobs/?category=mine&search={vins}", **session
    )
    assert headers["Content-Type"].startswith("application/"), status
