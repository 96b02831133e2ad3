"""An announcement is a courtesy: the row is the queue."""

import pytest
from django.db import transaction
from kombu.exceptions import OperationalError

from core.models import AnsweredRequest
from core.tasks import nudge


class Broken:
    name = "a task"

    def __init__(self, error: Exception):
        self.error = error

    def delay(self, *ids: str) -> None:
        raise self.error


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError(), ConnectionRefusedError(), RuntimeError("anything else")])
def test_whatever_goes_wrong_while_announcing_what_was_committed_stays(error):
    with transaction.atomic():
        AnsweredRequest.objects.create(principal="user:1", key="k", body_hash="")
        nudge(Broken(error), "1")
        nudge(Broken(error), "2")
    assert AnsweredRequest.objects.count() == 1
