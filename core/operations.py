"""Migration operations that only one of the databases knows."""

from django.db.migrations.operations.base import Operation


class TrigramIndex(Operation):
    """On PostgreSQL an index that serves `contains` on a search column. SQLite, the embedded default, reads the rows."""

    reversible = True

    def __init__(self, model_name: str, column: str, name: str):
        self.model_name, self.column, self.name = model_name, column, name

    def state_forwards(self, app_label, state):
        """Nothing that Django's model state knows of."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor != "postgresql":
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        quote = schema_editor.quote_name
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX {quote(self.name)} ON {quote(model._meta.db_table)} USING gin ({quote(self.column)} gin_trgm_ops)"
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.name)}")

    def describe(self):
        return f"Index the trigrams of {self.model_name}.{self.column} on PostgreSQL"

    @property
    def migration_name_fragment(self):
        return self.name
