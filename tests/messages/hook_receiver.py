"""A receiver of webhooks that verifies every message with the library of Standard Webhooks. Sometimes it fails."""

import random
import socket
import ssl
from contextlib import suppress

from standardwebhooks import Webhook, WebhookVerificationError

from config.supervisor.certificate import Certificates
from tests.messages.log import Log
from tests.outbound.receiver import Received, Receiver

# So many of the messages are refused, and so many are taken without an answer that arrives.
REFUSES, BREAKS = 0.005, 0.005


class HookReceiver(Receiver):
    def __init__(self, certificates: Certificates, address: str, seed: int):
        super().__init__(certificates, address)
        self.log = Log("webhook")
        self.verifier: Webhook | None = None
        self.refused = 0
        self.broken = 0
        self._dice = random.Random(seed)

    def respond(self, received: Received, connection: ssl.SSLSocket) -> None:
        self.received.clear()
        dice = self._dice.random()
        if dice < REFUSES:
            self.refused += 1
            connection.sendall(b"HTTP/1.1 503 Not now\r\nContent-Length: 0\r\n\r\n")
            return
        self._note(received)
        if dice < REFUSES + BREAKS:
            self.broken += 1
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            return
        connection.sendall(b"HTTP/1.1 204 Taken\r\n\r\n")

    def _note(self, received: Received) -> None:
        assert self.verifier
        try:
            message = self.verifier.verify(received.body, received.headers)
        except WebhookVerificationError as error:
            self.log.complain(f"a webhook was not signed rightly: {error}")
            return
        if received.headers["webhook-id"] != message["id"]:
            self.log.complain("the id of a webhook is not that of its message")
        self.log.note(message, received.body)
