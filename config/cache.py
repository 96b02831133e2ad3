"""Django's Redis cache with an end to every wait. While the server is away, each request learns so at once."""

from collections.abc import Sequence
from typing import Any

import redis
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.breaker import Breaker

TIMEOUT = 3  # seconds for a connection or an answer
FAILURES = (redis.ConnectionError, redis.TimeoutError)
breaker = Breaker("the cache", FAILURES)


class PromptRedis(redis.Redis):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        if breaker.is_open:
            breaker.retry(lambda: super(PromptRedis, self).execute_command("PING"))
            raise redis.ConnectionError("The cache did not answer some seconds ago.")
        with breaker.watch():
            return super().execute_command(*args, **options)


class PromptClient(RedisCacheClient):
    def __init__(self, servers: list[str], **options: Any):
        super().__init__(servers, **_limits() | options)
        self._client = PromptRedis


class PromptCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]):
        super().__init__(server, params)
        self._class = PromptClient

    def run_script(self, script: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """Run a Lua script at the server, in one round trip."""
        client = self._cache.get_client(None, write=True)
        named = [self.make_and_validate_key(key) for key in keys]
        return client.eval(script, len(named), *named, *arguments)


def _limits() -> dict[str, Any]:
    """Retry at once, and once, what a restart of the server has cut. A silent server is not called again."""
    return {
        "socket_timeout": TIMEOUT,
        "socket_connect_timeout": TIMEOUT,
        "retry": Retry(NoBackoff(), 1, (redis.ConnectionError,)),
    }
