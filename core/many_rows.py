"""Many rows in one statement, without an instance of each: insert, insert or replace, update."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections, models, router

# The SQL of a value, from the SQL of the given one and the name of the table.
Made = Callable[[str, str], str]


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence]
) -> None:
    """Insert `rows`, each the values of `columns`, in one statement; columns left out get the
    database's own default.
    """
    into = _Columns.of(model, columns)
    prepared = into.stored(rows)
    names = ", ".join(into.names)
    with into.connection.cursor() as cursor:
        if into.connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {into.table} ({names}) VALUES ({marks})", prepared)  # noqa: S608 - names of ours
            return
        # Django wraps the errors of statements, but not those of a COPY.
        copying = cursor.copy(f"COPY {into.table} ({names}) FROM STDIN")
        with into.connection.wrap_database_errors, copying as copy:
            for row in prepared:
                copy.write_row(row)


def _as_stored(values: Sequence, field: models.Field, connection: Any) -> list:
    """Each different value is prepared once: in most columns of many rows few are different."""
    try:
        stored = {value: field.get_db_prep_save(value, connection) for value in set(values)}
    except TypeError:  # lists and maps
        return [field.get_db_prep_save(value, connection) for value in values]
    return [stored[value] for value in values]


def upsert_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence],
    *,
    unless_newer: str,
) -> None:
    """Insert rows, or replace those with their primary key, which is the first column, in one statement.

    A row whose column `unless_newer` is later than the given one stays as it is. Give the rows in the order of their
    keys: two statements that lock in different orders deadlock.
    """
    into = _Columns.of(model, columns)
    changed = ", ".join(f"{name} = excluded.{name}" for name in into.names[1:])
    later = into.connection.ops.quote_name(model._meta.get_field(unless_newer).column)
    insert = f"INSERT INTO {into.table} ({', '.join(into.names)})"
    merge = (
        f"ON CONFLICT ({into.names[0]}) DO UPDATE SET {changed}"
        f" WHERE {into.table}.{later} <= excluded.{later}"
    )
    with into.connection.cursor() as cursor:
        if into.connection.vendor == "postgresql":
            rows_given = f"SELECT * FROM {into.given}"  # noqa: S608 - names of ours
            cursor.execute(f"{insert} {rows_given} {merge}", [into.as_json(rows)])
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"{insert} VALUES ({marks}) {merge}", into.stored(rows))


def update_rows(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence],
    *,
    values: Mapping[str, Made] | None = None,
) -> None:
    """Give each row values of its own, in one statement. The first column is the primary key.

    `values` has a column whose new value is made of the given one and of the row as it was.
    """
    into = _Columns.of(model, columns)
    key = into.names[0]
    on_postgresql = into.connection.vendor == "postgresql"
    made, written = values or {}, []
    for column, name in zip(columns[1:], into.names[1:], strict=True):
        given = f"given.{name}" if on_postgresql else "%s"
        value = made[column](given, into.table) if column in made else given
        written.append(f"{name} = {value}")
    changed = ", ".join(written)
    update = f"UPDATE {into.table} SET {changed}"  # noqa: S608 - names of ours
    with into.connection.cursor() as cursor:
        if on_postgresql:
            rows = [(_key(row[0], into.fields[0], into.connection), *row[1:]) for row in rows]
            cursor.execute(
                f"{update} FROM {into.given} WHERE {into.table}.{key} = given.{key}",
                [into.as_json(rows)],
            )
        else:
            cursor.executemany(
                f"{update} WHERE {key} = %s", [(*row[1:], row[0]) for row in into.stored(rows)]
            )


def _key(value: Any, field: Any, connection: Any) -> Any:
    """The primary key as the database stores it: the uuid of a ULID."""
    if isinstance(value, str):
        return str(field.get_db_prep_save(value, connection))
    return value


class _Columns(NamedTuple):
    """The columns of a statement with many rows."""

    connection: Any
    fields: list[Any]
    table: str
    names: list[str]

    @classmethod
    def of(cls, model: type[models.Model], columns: Sequence[str]) -> "_Columns":
        connection = connections[router.db_for_write(model)]
        quote = connection.ops.quote_name
        fields: list[Any] = [model._meta.get_field(name) for name in columns]
        names = [quote(field.column) for field in fields]
        return cls(connection, fields, quote(model._meta.db_table), names)

    @property
    def given(self) -> str:
        """The rows of the parameter that `as_json` has made, in PostgreSQL."""
        types = ", ".join(
            f"{name} {field.rel_db_type(self.connection)}"
            for name, field in zip(self.names, self.fields, strict=True)
        )
        return f"json_to_recordset(%s) AS given({types})"

    def as_json(self, rows: Iterable[Sequence]) -> str:
        """One text: as arrays, each element would be escaped by itself."""
        columns = [field.column for field in self.fields]
        objects = [dict(zip(columns, row, strict=True)) for row in rows]
        return json.dumps(objects, default=_as_text)

    def stored(self, rows: Iterable[Sequence]) -> list[tuple]:
        by_column = [
            _as_stored(values, field, self.connection)
            for field, values in zip(self.fields, zip(*rows, strict=True), strict=False)
        ]
        return list(zip(*by_column, strict=True))


def _as_text(value: Any) -> str:
    """A time with all its digits, which Django's encoder cuts to milliseconds."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
