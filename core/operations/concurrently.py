"""Indexes that come and go while others read and write the table. Their migrations are not atomic."""

from typing import Any

from django.db.migrations.operations import AddConstraint, AddIndex, AlterField, RemoveConstraint


class AddIndexConcurrently(AddIndex):
    """Build an index without locking the table. The migration is not atomic.

    On PostgreSQL a build that failed leaves an invalid index, so a second run drops that first.
    """

    atomic = False

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        drop_concurrently(schema_editor, self.index.name)
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        drop_concurrently(schema_editor, self.index.name)


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


class RemoveColumnIndex(AlterField):
    """Drop the index that a column has by itself, where longer ones begin with the same column."""

    atomic = False

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        for index in schema_editor._constraint_names(model, [column], index=True):
            drop_concurrently(schema_editor, index)
