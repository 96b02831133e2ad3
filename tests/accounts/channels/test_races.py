"""Two relays beside each other, on the threads that they have: the order of a subject holds, and the bound of calls."""

import json
import random
import threading
import time
from collections import defaultdict

import pytest
from django.db.models.functions import Now

from accounts.models import WebhookDelivery
from core.models import OutboxMessage
from core.outbox.message import Entry
from core.outbox.relay import Relay
from tests.accounts.channels.conftest import TOPIC

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]
SUBJECTS = "abcdefgh"
EACH = 6


class Moody:
    """A receiver that takes its time, refuses one of five, and counts how many calls it has at once."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.at_once = 0
        self.most = 0

    def __call__(self, connection) -> None:
        with self.lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            status = 500 if self.random.random() < 0.2 else 200
        time.sleep(0.02)
        with self.lock:
            self.at_once -= 1
        connection.sendall(f"HTTP/1.1 {status} Told\r\nContent-Length: 0\r\n\r\n".encode())


def test_two_relays_deliver_each_subject_in_order_with_at_most_four_calls(webhook, fleet, receiver):
    receiver.script = moody = Moody(seed=7)
    for _round in range(EACH):
        entries = [Entry(subject, ["TAGS_CHANGED"]) for subject in SUBJECTS]
        OutboxMessage.objects.write(fleet.pk, TOPIC, entries)
    relays = [Relay(threads=4, pause=0.02) for _ in range(2)]
    threads = [threading.Thread(target=relay.run) for relay in relays]
    for thread in threads:
        thread.start()
    try:
        wait_until_all_are_delivered()
    finally:
        for relay in relays:
            relay.stopping.set()
        for thread in threads:
            thread.join()

    assert 2 <= moody.most <= 4
    arrived = defaultdict(list)
    for received in receiver.received:
        message = json.loads(received.body)
        arrived[message["subject"]].append(message["sequence"])
    for places in arrived.values():
        assert places == sorted(places)
        assert len(set(places)) == EACH


def wait_until_all_are_delivered() -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        delivered = WebhookDelivery.objects.filter(status="DELIVERED").count()
        if delivered == EACH * len(SUBJECTS):
            return
        # The pauses after a failure are over at once.
        WebhookDelivery.objects.waiting().filter(lease_until=None).update(due_at=Now())
        time.sleep(0.05)
    raise AssertionError(f"only {delivered} were delivered")
