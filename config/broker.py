"""The Redis transport of kombu, patient: a thread that finds every connection taken waits for one.

kombu's pool holds ten and raises on the eleventh, so that a worker of many threads loses acknowledgements.
"""

import redis
from kombu.transport import TRANSPORT_ALIASES
from kombu.transport.redis import Channel, Transport


class PatientChannel(Channel):
    max_connections = 32

    def _get_pool(self, asynchronous: bool = False) -> redis.BlockingConnectionPool:
        params = self._connparams(asynchronous=asynchronous)  # type: ignore[attr-defined]
        self.keyprefix_fanout = self.keyprefix_fanout.format(db=params["db"])
        return redis.BlockingConnectionPool(timeout=10, **params)


class PatientTransport(Transport):
    Channel = PatientChannel


def install() -> None:
    TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "config.broker:PatientTransport"
