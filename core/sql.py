"""The statements the ORM lacks, such as `UPDATE … RETURNING` and `INSERT … SELECT`."""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from statistics import median
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now
from django.db.models.sql.subqueries import UpdateQuery


class Clock(Now):
    """The database's clock as a row is written. Now() is when the statement began, before it waited for a lock."""

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="CLOCK_TIMESTAMP()", **context)


class Median(models.Aggregate):
    """The middle of the values, of two middle ones their mean."""

    function = "MEDIAN"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **context)


class SqliteMedian:
    """MEDIAN of SQLite, which has none. Durations are whole microseconds there."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def step(self, value: Any) -> None:
        if value is not None:
            self.values.append(value)

    def finalize(self) -> int | None:
        return round(median(self.values)) if self.values else None


def add_median(connection: Any, **_kwargs: Any) -> None:
    """A receiver of `connection_created`."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("MEDIAN", 1, SqliteMedian)


def update_returning(qs: models.QuerySet, *columns: str, **changes: Any) -> list[tuple]:
    """Update what `qs` finds and give `columns` of each touched row, as Python values.

    `qs` filters its own table only. For many rows let it be `pk__in=<qs locked in the order of pk>.values("pk")`:
    two updates that lock in different orders deadlock.
    """
    connection = connections[router.db_for_write(qs.model)]
    query = qs.query.chain(UpdateQuery)
    query.add_update_values(changes)
    query.clear_ordering(force=True)
    try:
        sql, params = query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # the filter is empty by construction, e.g. pk__in=[]
        return []
    if not sql:
        return []
    fields = [
        qs.model._meta.pk if name == "pk" else qs.model._meta.get_field(name) for name in columns
    ]
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {quoted}", params)
        rows = cursor.fetchall()
    return _as_python(rows, fields, qs.model, connection)


def insert_select(model: type[models.Model], columns: list[str], values: models.QuerySet) -> int:
    """Insert one row of `model` for each row of `values` (a `values_list` in the order of `columns`); how many."""
    connection = connections[router.db_for_write(model)]
    names = [connection.ops.quote_name(model._meta.get_field(name).column) for name in columns]
    sql, params = values.query.get_compiler(connection=connection).as_sql()
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) {sql}", params)
        return cursor.rowcount


def advance(model: type[models.Model], key: Any, column: str, by: int) -> int:
    """Add `by` to the counter of `key` and return it, in one statement; a counter without a row begins at 0.

    The row stays locked until the transaction ends, so no two callers get the same.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    table, pk = quote(model._meta.db_table), quote(model._meta.pk.column)
    counter = quote(model._meta.get_field(column).column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({pk}, {counter}) VALUES (%s, %s) ON CONFLICT ({pk})"  # noqa: S608 - names of ours
            f" DO UPDATE SET {counter} = {table}.{counter} + excluded.{counter}"
            f" RETURNING {counter}",
            [key, by],
        )
        return cursor.fetchone()[0]


def lock_in_turn(*querysets: models.QuerySet) -> list[list]:
    """Lock the rows of several tables in one statement, those of the first queryset first.

    Each is a `values` of one column, ordered and locked as it would be by itself, and the columns are of one type.
    Returns the values of each. What a condition reads in other tables is as it was when the first lock was awaited.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    found: list[list] = [[] for _queryset in querysets]
    selects = []
    parameters: list[Any] = []
    for number, queryset in enumerate(querysets):
        with suppress(EmptyResultSet):
            sql, given = queryset.query.get_compiler(connection=connection).as_sql()
            selects.append(f"SELECT {number}, locked.* FROM ({sql}) locked")  # noqa: S608 - compiled by the ORM
            parameters += given
    if selects:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(selects), parameters)
            for number, value in cursor.fetchall():
                found[number].append(value)
    return found


def as_one_value(conditions: models.Q) -> models.Case:
    """The same conditions, checked by the database on the few rows that it finds.

    As conditions of the search itself they are part of its plan: in which order to join ten tables
    takes longer to think out than one row to judge.
    """
    return models.Case(
        models.When(conditions, then=models.Value(True)),
        default=models.Value(False),
        output_field=models.BooleanField(),
    )


def among(texts: Iterable[str]) -> RawSQL:
    """For `column__in=`: many texts as one parameter, where a list would be one each, compiled one by one."""
    return elements(as_list(texts))


def as_list(texts: Iterable[str]) -> str:
    """The texts as one parameter of `elements`."""
    return json.dumps(list(texts))


def elements(parameter: Any) -> RawSQL:
    """The texts of a list that `as_list` has made; a `Given` in a prepared queryset."""
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        return RawSQL("SELECT json_array_elements_text(%s::json)", [parameter])
    return RawSQL("SELECT value FROM json_each(%s)", [parameter])


def _as_python(rows: Any, fields: Any, model: Any, connection: Any) -> list[tuple]:
    """Through the converters that a SELECT would use (uuid → ULID, text → JSON)."""
    compiler = model._base_manager.all().query.get_compiler(connection=connection)
    converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in fields])
    if converters:
        return [tuple(row) for row in compiler.apply_converters(rows, converters)]
    return rows


class ByKey(models.Expression):
    """In an update of many rows: for each the JSON that `values` holds under its primary key, or its column `of`."""

    output_field = models.JSONField()

    def __init__(self, values: Mapping[Any, Any], of: str = "pk") -> None:
        super().__init__()
        self.values = values
        self.of = of

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        resolved = self.copy()
        resolved.key = models.F(self.of).resolve_expression(query, *args, **kwargs)
        return resolved

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        key, params = compiler.compile(self.key)
        prepare = self.key.output_field.get_db_prep_value
        known = json.dumps(
            {str(prepare(pk, connection)): value for pk, value in self.values.items()},
            cls=DjangoJSONEncoder,
        )
        if connection.vendor == "postgresql":
            return f"(%s::jsonb -> {key}::text)", [known, *params]
        return f"json_extract(%s, '$.\"' || {key} || '\"')", [known, *params]


class ValueByKey(ByKey):
    """In a SELECT of many rows: the same for values that `field` stores."""

    def __init__(self, values: Mapping[Any, Any], field: models.Field, of: str = "pk") -> None:
        super().__init__(values, of)
        self.output_field = field

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        key, params = compiler.compile(self.key)
        prepare = self.output_field.get_db_prep_value
        known = json.dumps(
            {str(pk): str(prepare(value, connection)) for pk, value in self.values.items()}
        )
        if connection.vendor == "postgresql":
            stored = self.output_field.rel_db_type(connection)
            return f"(%s::jsonb ->> {key}::text)::{stored}", [known, *params]
        return f"json_extract(%s, '$.\"' || {key} || '\"')", [known, *params]
