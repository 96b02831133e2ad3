"""Pages show the name of a former installer for 24 months. What is kept of messages ends before, or lacks the name."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import EventConsumer, User, WebhookDelivery
from accounts.models.consumer_choices import Kind
from accounts.models.user import NAME_KEPT_FOR, TEXTS_KEPT_FOR
from core.models import OutboxMessage
from core.outbox.message import Entry
from core.retention import forget
from jobs.messages import JOB_CHANGED
from jobs.models import Job

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def job(running_job, installer) -> Job:
    User.objects.filter(pk=installer.pk).update(first_name="Ida", last_name="Installer")
    return running_job


@pytest.fixture
def log_of_changed(job, fleet, fleet_admin, receiver, work):
    """Deliver a message about the job to a receiver that repeats it in its answer; return what is kept then."""
    EventConsumer.objects.add(
        fleet=fleet,
        kind=Kind.WEBHOOK,
        name="Sync",
        topics=[JOB_CHANGED],
        url=receiver.url,
        by=fleet_admin,
    )

    def change() -> str:
        OutboxMessage.objects.write(fleet.pk, JOB_CHANGED, [Entry(job.pk, ["edit"])])
        receiver.respond = lambda received, connection: connection.sendall(echo(received.body))
        work()
        return kept()

    return change


def echo(body: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def kept() -> str:
    bodies = OutboxMessage.objects.values_list("body", flat=True)
    answers = WebhookDelivery.objects.values_list("answer_text", "own_body")
    return " ".join([*bodies, *(text for row in answers for text in row)])


def close(installer: User, *, due_in: timedelta) -> None:
    """As if the account had been closed so long ago that its pseudonym is due then."""
    closed_at = timezone.now() - NAME_KEPT_FOR + due_in
    User.objects.filter(pk=installer.pk).update(closed_at=closed_at)


def test_a_message_has_the_name_of_an_installer_and_so_has_what_is_kept_of_the_answer(
    log_of_changed,
):
    assert log_of_changed().count("Ida Installer") == 2


def test_nothing_has_the_name_that_would_be_kept_when_the_pseudonym_is_due(
    log_of_changed, installer
):
    close(installer, due_in=TEXTS_KEPT_FOR - DAY)
    installer.refresh_from_db()
    assert installer.name == "Ida Installer"
    assert "Ida" not in (text := log_of_changed())
    assert text.count(f"Former user {installer.pk}") == 2


def test_what_has_the_name_is_no_longer_kept_when_the_pseudonym_is_due(log_of_changed, installer):
    close(installer, due_in=TEXTS_KEPT_FOR + DAY)
    assert "Ida Installer" in log_of_changed()
    with time_machine.travel(timezone.now() + TEXTS_KEPT_FOR + 2 * DAY):
        installer.refresh_from_db()
        assert installer.name == f"Former user {installer.pk}"
        forget()
        assert "Ida" not in kept()
    assert WebhookDelivery.objects.count() == 1


def test_a_message_never_has_the_e_mail_of_an_installer_without_a_name(log_of_changed, installer):
    User.objects.filter(pk=installer.pk).update(first_name="", last_name="")
    text = log_of_changed()
    assert installer.email not in text
    assert f"User {installer.pk}" in text
