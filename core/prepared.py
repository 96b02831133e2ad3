"""Questions that every call asks anew: the ORM writes their SQL once a process, and the values are put in each time.

To write the SQL of a dozen joins takes the ORM longer than the database takes to answer, and so does the planning. What
is kept is the text and, where a connection is one (config/data.py), its plan: the rows are read each time.
"""

from collections.abc import Callable
from copy import copy
from datetime import date
from functools import cached_property
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.transaction import TransactionManagementError


class Given(models.Expression):
    """The place of a value, in a filter or an annotation of a prepared question."""

    def __init__(self, name: str, field: models.Field):
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        return "%s", [self]

    def stored(self, values: dict[str, Any], connection: Any) -> Any:
        return self.output_field.get_db_prep_value(values[self.name], connection)


class GivenPerson:
    """Where a question takes a principal: any person, whose key is given as `person`."""

    is_person, pk = True, Given("person", models.BigIntegerField())


class Prepared:
    """`Prepared(lambda: Job.objects.filter(pk=Given("pk", ULIDField())))`, asked by `.first(pk=…)` or `.all(pk=…)`.

    What differs from call to call is given, and what hangs on the time says `Now()`: all else is kept with the text.
    """

    def __init__(self, build: Callable[[], models.QuerySet]):
        self._build = build

    def all(self, **values: Any) -> list:
        asked = self._queryset.all()
        if asked.query.select_for_update and connections[DEFAULT_DB_ALIAS].get_autocommit():
            raise TransactionManagementError("A lock outlives its question only in a transaction.")
        asked.query.get_compiler = lambda **_: self._compiler(values)
        return list(asked)

    def first(self, **values: Any) -> Any:
        """Of a question that one row at most answers; None without."""
        return next(iter(self.all(**values)), None)

    @cached_property
    def _queryset(self) -> models.QuerySet:
        return self._build()

    @cached_property
    def _written(self) -> tuple:
        compiler = self._queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        if any(isinstance(param, date) for param in params):
            raise TypeError("A prepared question keeps the time at which it was written. Ask Now(), or give the time.")
        converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])
        return compiler, sql, params, converters

    def _compiler(self, values: dict[str, Any]) -> Any:
        """A copy that has the SQL already: the kept one serves all threads, each of which has its own connection."""
        written, sql, params, converters = self._written
        compiler, connection = copy(written), connections[DEFAULT_DB_ALIAS]
        bound = [param.stored(values, connection) if isinstance(param, Given) else param for param in params]
        keeps_plans = connection.settings_dict["OPTIONS"].get("prepare_threshold") is not None
        compiler.connection = PlanKeeping(connection) if keeps_plans else connection
        compiler.as_sql = lambda: (sql, bound)
        compiler.get_converters = lambda _columns: converters
        return compiler


class PlanKeeping:
    """A connection whose cursors leave the values to the database, which then knows a question again."""

    def __init__(self, connection: Any):
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def cursor(self) -> Any:
        from django.db.backends.postgresql.base import ServerBindingCursor

        if self._connection.queries_logged:  # who listens is told the values as well
            return self._connection.cursor()
        self._connection.ensure_connection()
        raw = self._connection.connection
        usual, raw.cursor_factory = raw.cursor_factory, ServerBindingCursor
        try:
            return self._connection.cursor()
        finally:
            raw.cursor_factory = usual
