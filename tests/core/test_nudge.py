"""An announcement is a courtesy: the row is the queue."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial

import pytest
from celery import Celery
from django.db import transaction
from kombu.exceptions import OperationalError

from core import tasks
from core.breaker import Breaker
from core.models import AnsweredRequest, Mail
from core.tasks import nudge, nudge_now, postpone_and_nudge
from tests.product import wait_for


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


def test_a_queue_is_counted_again_after_its_connection_broke(monkeypatch):
    """A connection of the pool that broke in somebody's hands is given to the next one."""
    app = Celery("tests", broker="memory://", set_as_current=False)
    monkeypatch.setattr(tasks, "current_app", app)
    broken = app.pool.acquire()
    broken.connect()
    broken.__exit__(ConnectionResetError, ConnectionResetError(), None)

    with ThreadPoolExecutor() as threads:
        counting = threads.submit(tasks._messages, "default")
    assert (counting.exception(), counting.done()) == (None, True)


def test_an_error_that_nobody_foresaw_does_not_keep_a_broker_away():
    breaker = Breaker("the broker", tasks.FAILURES, pause=0)
    with pytest.raises(ConnectionResetError), breaker.watch():
        raise ConnectionResetError
    assert breaker.is_open

    breaker.retry(partial(int, "no number"))

    wait_for(lambda: not breaker.is_open, 5, "the next caller finds out")
