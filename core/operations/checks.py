"""Constraints that hold for what is written from now on."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.operations import AddConstraint, RemoveConstraint


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
