"""A program that reads an AMQP queue with pika, another library than the product's."""

import json
import threading
import time
from contextlib import suppress

import pika
from pika.exceptions import AMQPError

from tests.messages.log import Log

PREFETCH = 50
# So many are acknowledged at once.
TOGETHER = 10


class QueueReader(threading.Thread):
    """Reads until it is over, and connects again after each end of its connection or its queue."""

    def __init__(self, name: str, url: str, user: str, password: str, queue: str):
        super().__init__(name=name, daemon=True)
        self.log = Log(name)
        self.over = threading.Event()
        self.connections = 0
        self._queue = queue
        self._parameters = pika.URLParameters(url)
        self._parameters.credentials = pika.PlainCredentials(user, password)
        self._parameters.socket_timeout = 5
        self._parameters.blocked_connection_timeout = 20

    def run(self) -> None:
        while not self.over.is_set():
            # The queue may be gone, and RabbitMQ too: then it tries again.
            with suppress(AMQPError, OSError):
                self._read()
            time.sleep(0.2)

    def _connect(self) -> pika.BlockingConnection:
        """Raises ConnectionError in place of pika's ValueError, for a connection that is reset while it is made."""
        try:
            connection = pika.BlockingConnection(self._parameters)
        except ValueError as error:
            raise ConnectionError from error
        self.connections += 1
        return connection

    def _read(self) -> None:
        connection = self._connect()
        try:
            channel = connection.channel()
            channel.basic_qos(prefetch_count=PREFETCH)
            unsettled: list[int] = []
            for method, _properties, body in channel.consume(self._queue, inactivity_timeout=0.2):
                if self.over.is_set():
                    return
                if method is not None:
                    self.log.note(json.loads(body), body)
                    unsettled.append(method.delivery_tag)
                if unsettled and (method is None or len(unsettled) >= TOGETHER):
                    channel.basic_ack(unsettled[-1], multiple=True)
                    unsettled = []
        finally:
            with suppress(AMQPError, OSError):
                connection.close()
