"""A process that fails: its errors and spans go where its environment says. Run by test_monitors.py."""

import logging
import os

import django

django.setup()

from celery import shared_task  # noqa: E402
from django.conf import settings  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

# Lines of the source are sent, so what must not be sent is not among them.
WHO, PASSWORD, LINK = (os.environ[name] for name in ("WHO", "WHOSE_PASSWORD", "WHOSE_LINK"))


def fails(request: HttpRequest, token: str) -> HttpResponse:
    who, password = WHO, PASSWORD
    reason = f"{request.path} of nora@example.com: {len(who + password)} letters"
    raise RuntimeError(f"{reason}\nDETAIL:  Failing row contains (7, {who}).")


def answers(request: HttpRequest) -> HttpResponse:
    logging.getLogger("installer").error("no mail to %s", "nora@example.com")
    return HttpResponse("ok")


def handler500(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=500)


urlpatterns = [path("invitations/<str:token>/", fails, name="invitation"), path("", answers)]


@shared_task
def works_on(row: str) -> None:
    """Without a database it fails before it begins."""


if __name__ == "__main__":
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Client(raise_request_exception=False)
    form = {"last_name": WHO, "password": PASSWORD}
    known = {"X-Flow-ID": "FLOW1", "User-Agent": WHO, "Authorization": f"Bearer {PASSWORD}"}
    answer = browser.post(f"/invitations/{LINK}/?q={WHO}", form, headers=known)
    assert answer.status_code == 500
    answer = browser.get("/", {"q": WHO}, headers={"X-Flow-ID": "FLOW2"})
    assert answer.status_code == 200
    works_on.apply(args=["7"])
