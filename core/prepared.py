"""Prepared querysets: SQL compiled once per process, parameters bound per call.

For a query with many joins, the ORM takes longer to compile the SQL than the database takes to run it. Kept are the SQL
and, on PostgreSQL, its plan (config/data.py); the rows are read on each call.

Use it only where `./bin/bench` shows a saving, and name the line beside it. It relies on the ORM's
compiler, which is not a public API: tests/core/test_prepared.py fails when a Django version changes
it.
"""

from collections.abc import Callable
from copy import copy
from datetime import date
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.transaction import TransactionManagementError


class Given(models.Expression):
    """A placeholder for a value, in a filter or an annotation of a prepared queryset."""

    def __init__(self, name: str, field: models.Field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        return "%s", [self]

    def stored(self, values: dict[str, Any], connection: Any) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


class GivenPerson:
    """A placeholder for a principal who is a person; the key is given as `person`."""

    is_person = True
    pk = Given("person", models.BigIntegerField())


class Prepared:
    """`Prepared(lambda: Row.objects.filter(pk=Given("pk", ULIDField())))`, run by `.first(pk=…)` or `.all(pk=…)`.

    What differs from call to call is `Given`; the current time is `Now()`. Everything else is kept with the SQL.
    """

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build

    def all(self, **values: Any) -> list:
        rows = self._queryset.all()
        if rows.query.select_for_update and connections[DEFAULT_DB_ALIAS].get_autocommit():
            raise TransactionManagementError("A row is locked only inside a transaction.")
        rows.query.get_compiler = lambda *_, **__: self._compiler(values)
        return list(rows)

    def first(self, **values: Any) -> Any:
        """The row of a queryset that has one at most; None without."""
        return next(iter(self.all(**values)), None)

    @cached_property
    def _queryset(self) -> models.QuerySet:
        return self._build()

    @cached_property
    def _written(self) -> tuple:
        compiler = self._queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        if any(isinstance(param, date) for param in params):
            raise TypeError(
                "A prepared queryset keeps the time at which it was compiled. Use Now(), or give the time."
            )
        converters = compiler.get_converters(
            [column for column, *_ in compiler.select[: compiler.col_count]]
        )
        return compiler, sql, params, converters

    def _compiler(self, values: dict[str, Any]) -> Any:
        """A copy that has the SQL already: the kept one serves all threads, each of which has its own connection."""
        written, sql, params, converters = self._written
        compiler = copy(written)
        connection = connections[DEFAULT_DB_ALIAS]
        bound = [bind(param, values, connection) for param in params]
        keeps_plans = connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None
        compiler.connection = PlanKeeping(connection) if keeps_plans else connection
        compiler.as_sql = lambda: (sql, bound)
        compiler.get_converters = lambda _columns: converters
        return compiler


def bind(param: Any, values: dict[str, Any], connection: Any) -> Any:
    if isinstance(param, Given):
        return param.stored(values, connection)
    return param


class PlanKeeping:
    """A connection whose cursors bind the values on the server, which then recognises the statement
    and keeps its plan.
    """

    def __init__(self, connection: Any):
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        from django.db.backends.postgresql.base import ServerBindingCursor

        if self._connection.queries_logged:  # a listener gets the values as well
            return self._connection.cursor()
        self._connection.ensure_connection()
        raw = self._connection.connection
        usual = raw.cursor_factory
        raw.cursor_factory = ServerBindingCursor
        try:
            return self._connection.cursor()
        finally:
            raw.cursor_factory = usual
