"""The backend that `DATABASES` names; Django imports it from a module `base`."""

from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel

from core.postgresql.guard import GuardedConnection, connect
from core.postgresql.limits import server_options
from core.postgresql.pool import Pool


class DatabaseWrapper(base.DatabaseWrapper):
    """`OPTIONS["pool"]` is `{"size": connections, "timeout": seconds}`; without it each use opens a connection."""

    _connection_pools: dict[str, Pool]

    @property
    def pool(self) -> Pool | None:
        options = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not options:
            return None
        if pool := self._connection_pools.get(self.alias):
            return pool
        return self._connection_pools.setdefault(
            self.alias, Pool(self._connect_for_the_pool, **options)
        )

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        # A pooler before the server, for which DATABASE_POOL is 0, may refuse options.
        if self.pool and (limit := server_options()):
            params["options"] = f"{limit} {params.get('options', '')}".strip()
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> GuardedConnection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        if self.pool:
            return self.pool.getconn()
        return connect(conn_params)

    def _connect_for_the_pool(self) -> GuardedConnection:
        connection = connect(self.get_connection_params() | {"autocommit": True})
        self._configure_connection(connection)
        return connection
