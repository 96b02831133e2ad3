"""How PostgreSQL keeps a table."""

from typing import Any

from django.db.migrations.operations.base import Operation


class VacuumAfter(Operation):
    """Let PostgreSQL remove what updates left behind after so many rows, however large the table is.

    Its own limit is a fifth of the table. Until then an update passes over the former entries in each index, and a
    search over all that wait to be merged into one.
    """

    reversible = True

    def __init__(self, model_name: str, rows: int) -> None:
        self.model_name = model_name
        self.rows = rows

    def state_forwards(self, app_label: Any, state: Any) -> None:
        """Change nothing in Django's model state."""

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        limit = f"autovacuum_vacuum_threshold = {self.rows}, autovacuum_vacuum_scale_factor = 0"
        self._alter(app_label, schema_editor, to_state, f"SET ({limit})")

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        limits = "autovacuum_vacuum_threshold, autovacuum_vacuum_scale_factor"
        self._alter(app_label, schema_editor, from_state, f"RESET ({limits})")

    def _alter(self, app_label: Any, schema_editor: Any, state: Any, change: str) -> None:
        if schema_editor.connection.vendor == "postgresql":
            table = state.apps.get_model(app_label, self.model_name)._meta.db_table
            schema_editor.execute(f"ALTER TABLE {schema_editor.quote_name(table)} {change}")

    def describe(self) -> str:
        return f"Vacuum {self.model_name} after {self.rows:,} changes on PostgreSQL"
