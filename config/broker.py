"""kombu's transports with an end to every wait: a broker that accepts and is silent costs seconds, never a thread."""

from collections.abc import Callable

import redis
from kombu.transport import TRANSPORT_ALIASES, pyamqp
from kombu.transport.redis import Channel, Transport

from config.data import BROKER_TIMEOUT

TRANSPORTS = {
    "redis": "config.broker:PatientTransport",
    "rediss": "config.broker:PatientTransport",
    "amqp": "config.broker:PromptTransport",
    "amqps": "config.broker:PromptSSLTransport",
}


class PatientChannel(Channel):
    """A channel of many threads: one that finds every connection taken waits for one.

    kombu's pool holds ten and raises on the eleventh, so that a worker of many threads loses acknowledgements.
    """

    max_connections = 32

    def _get_pool(self, asynchronous: bool = False) -> redis.BlockingConnectionPool:
        params = self._connparams(asynchronous=asynchronous)  # type: ignore[attr-defined]
        params["socket_connect_timeout"] = BROKER_TIMEOUT  # kombu leaves it out for a Unix socket
        self.keyprefix_fanout = self.keyprefix_fanout.format(db=params["db"])
        return redis.BlockingConnectionPool(timeout=10, **params)


class PatientTransport(Transport):
    Channel = PatientChannel


class PromptConnection(pyamqp.Connection):
    """An AMQP connection that waits for nothing longer than BROKER_TIMEOUT, a publisher's confirmation included.

    A time-out of the socket itself, because py-amqp's `read_timeout` does not end a frame that was begun.
    """

    def connect(self, callback: Callable[..., object] | None = None) -> None:
        super().connect(callback)
        self.transport.sock.settimeout(BROKER_TIMEOUT)

    def drain_events(self, timeout: float | None = None) -> None:
        """Wait for the next event. Where a reply was due and none came, the connection is dropped without a farewell.

        Closing it in good order would wait for a reply again, once for the channel and once for the connection.
        """
        try:
            super().drain_events(timeout)
        except TimeoutError:
            if timeout is None:
                self.collect()
            raise


class PromptTransport(pyamqp.Transport):
    Connection = PromptConnection


class PromptSSLTransport(pyamqp.SSLTransport):
    Connection = PromptConnection


def install() -> None:
    TRANSPORT_ALIASES.update(TRANSPORTS)
