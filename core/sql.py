"""The statements the ORM lacks: `UPDATE … RETURNING`, `INSERT … SELECT`, and many rows without an instance of each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.models.expressions import RawSQL
from django.db.models.sql.subqueries import UpdateQuery


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


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence]
) -> None:
    """Insert `rows`, each the values of `columns`, in one statement; columns left out get the
    database's own default.
    """
    connection = connections[router.db_for_write(model)]
    fields = [model._meta.get_field(name) for name in columns]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    by_column = [
        _as_stored(values, field, connection)
        for field, values in zip(fields, zip(*rows, strict=True), strict=False)
    ]
    prepared = zip(*by_column, strict=True)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(prepared))  # noqa: S608 - names of ours
            return
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in prepared:
                copy.write_row(row)


def _as_stored(values: Sequence, field: models.Field, connection: Any) -> list:
    """Each different value is prepared once: in most columns of many rows few are different."""
    try:
        stored = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    except TypeError:  # lists and maps
        return [field.get_db_prep_save(value, connection) for value in values]
    return [stored[value] for value in values]


def _as_python(rows: Any, fields: Any, model: Any, connection: Any) -> list[tuple]:
    """Through the converters that a SELECT would use (uuid → ULID, text → JSON)."""
    compiler = model._base_manager.all().query.get_compiler(connection=connection)
    converters = compiler.get_converters([field.get_col(model._meta.db_table) for field in fields])
    if converters:
        return [tuple(row) for row in compiler.apply_converters(rows, converters)]
    return rows


class ByKey(models.Expression):
    """In an update of many rows: for each the JSON that `values` holds under its primary key."""

    output_field = models.JSONField()

    def __init__(self, values: Mapping[Any, Any]) -> None:
        super().__init__()
        self.values = values

    def resolve_expression(self, query: Any = None, *args: Any, **kwargs: Any) -> Any:
        resolved = self.copy()
        resolved.key = models.F("pk").resolve_expression(query, *args, **kwargs)
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
