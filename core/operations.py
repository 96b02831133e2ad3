"""Migration operations that Django lacks, or that only one of the databases supports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.operations import AddConstraint, RemoveConstraint
from django.db.migrations.operations.base import Operation


class TrigramIndex(Operation):
    """On PostgreSQL an index that serves `contains` on a search column.

    SQLite, the embedded default, reads the rows.
    """

    reversible = True

    def __init__(self, model_name: str, column: str, name: str) -> None:
        self.model_name = model_name
        self.column = column
        self.name = name

    def state_forwards(self, app_label: Any, state: Any) -> None:
        """Change nothing in Django's model state."""

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        quote = schema_editor.quote_name
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX {quote(self.name)} ON {quote(model._meta.db_table)}"
            f" USING gin ({quote(self.column)} gin_trgm_ops)"
        )

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        return f"Index the trigrams of {self.model_name}.{self.column} on PostgreSQL"

    @property
    def migration_name_fragment(self) -> Any:
        return self.name


@contextmanager
def without_checks(schema_editor: Any) -> Iterator[None]:
    """While SQLite copies a table, rows that break one of its checks are copied, too."""
    schema_editor.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    finally:
        schema_editor.execute("PRAGMA ignore_check_constraints = OFF")


class AddConstraintForNewRows(AddConstraint):
    """Hold new and changed rows to a check. A row that breaks it already stays until it is corrected."""

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            model = to_state.apps.get_model(app_label, self.model_name)
            check = self.constraint.create_sql(model, schema_editor)
            schema_editor.execute(f"{check} NOT VALID", params=None)
            return
        with without_checks(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class RemoveConstraintKeepingRows(RemoveConstraint):
    """Drop a check. SQLite copies the table for it, and with it rows that break another check."""

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        with without_checks(schema_editor):
            super().database_forwards(app_label, schema_editor, from_state, to_state)


class AddUniqueConcurrently(AddConstraint):
    """Build the index of a conditional UniqueConstraint without locking the table. The migration is not atomic.

    On PostgreSQL a build that failed leaves an invalid index, so a second run drops that first.
    """

    atomic = False

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        build_concurrently(
            schema_editor, to_state.apps.get_model(app_label, self.model_name), self.constraint
        )

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        drop_concurrently(schema_editor, self.constraint.name)


class RemoveUniqueConcurrently(RemoveConstraint):
    """Drop the index of a conditional UniqueConstraint without waiting for those who read the table."""

    atomic = False

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        drop_concurrently(schema_editor, self.name)

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        constraint = to_state.models[app_label, self.model_name_lower].get_constraint_by_name(
            self.name
        )
        build_concurrently(
            schema_editor, to_state.apps.get_model(app_label, self.model_name), constraint
        )


def build_concurrently(schema_editor: Any, model: Any, constraint: Any) -> None:
    drop_concurrently(schema_editor, constraint.name)
    sql = str(constraint.create_sql(model, schema_editor))
    assert sql.startswith("CREATE UNIQUE INDEX "), (
        f"{constraint.name} is not built as an index: {sql}"
    )
    schema_editor.execute(
        sql.replace("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY ", 1), params=None
    )


def drop_concurrently(schema_editor: Any, name: Any) -> None:
    schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(name)}")
