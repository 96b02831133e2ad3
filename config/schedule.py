"""The beat's schedule, which survives a damaged file: a beat that cannot start never sweeps."""

import logging
import time
from typing import Any

from celery.beat import PersistentScheduler
from redis.exceptions import RedisError

from core import signs

log = logging.getLogger(__name__)


class Schedule(PersistentScheduler):
    """Celery recovers from most damage. From the rest, as of a full disk, it would fail at every start."""

    _store: Any
    _signed_at = 0.0

    def setup_schedule(self) -> None:
        try:
            super().setup_schedule()
        except Exception:
            log.exception("The beat's schedule cannot be read and is begun anew.")
            self._store = None  # closes the file
            self._remove_db()  # type: ignore[attr-defined]  # the stubs lack it
            super().setup_schedule()

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Call what is due. Beat signs here and not in a thread, which would go on while this waits."""
        pause = super().tick(*args, **kwargs)
        if time.monotonic() - self._signed_at >= signs.SIGN_EVERY:
            self._sign()
        return min(pause, signs.SIGN_EVERY)

    def _sign(self) -> None:
        self._signed_at = time.monotonic()
        try:
            signs.sign_beat()
        except RedisError as error:
            log.info("not signed: %s", error)
