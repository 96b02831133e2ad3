"""An announcement is a courtesy: the row is the queue."""

from contextlib import nullcontext

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from core import tasks
from core.breaker import Breaker
from core.models import AnsweredRequest, Mail
from core.tasks import nudge, nudge_now, postpone_and_nudge


class Broken:
    name = "a task"

    def __init__(self, error: Exception):
        self.error = error

    def apply_async(self, ids: tuple[str, ...], **options: object) -> None:
        raise self.error


@pytest.fixture(autouse=True)
def breaker(monkeypatch):
    """What fails here is not remembered."""
    monkeypatch.setattr(tasks, "broker", Breaker("the broker", tasks.FAILURES))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "error", [OperationalError(), ConnectionRefusedError(), RuntimeError("anything else")]
)
def test_whatever_goes_wrong_while_announcing_what_was_committed_stays(error):
    with transaction.atomic():
        AnsweredRequest.objects.create(principal="user:1", key="k", body_hash="")
        nudge(Broken(error), "1")
        nudge(Broken(error), "2")
    assert AnsweredRequest.objects.count() == 1


@pytest.fixture
def published(monkeypatch):
    """What the task that sends mails was called with."""
    calls = []
    task = tasks.send_mail
    monkeypatch.setattr(task, "apply_async", lambda ids, **options: calls.append((task.name, ids)))
    return calls


@pytest.mark.django_db
def test_a_task_is_called_by_its_registered_name(published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        nudge("core.tasks.send_mail", "1")
        assert published == [], "the transaction goes on"
    nudge_now("core.tasks.send_mail", "2")
    assert published == [("core.tasks.send_mail", ("1",)), ("core.tasks.send_mail", ("2",))]


@pytest.mark.django_db
@pytest.mark.parametrize("quiet", [False, True])
def test_an_unknown_name_of_a_task_is_an_error_at_once(quiet):
    with tasks.quietly() if quiet else nullcontext():
        with pytest.raises(KeyError):
            nudge("core.tasks.send_male", "1")
        with pytest.raises(KeyError):
            nudge_now("core.tasks.send_male", "1")
        with pytest.raises(KeyError):
            postpone_and_nudge("core.tasks.send_male", Mail.objects.due())
