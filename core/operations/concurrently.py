"""Indexes that come and go while others read and write the table. Their migrations are not atomic."""

from typing import Any

from django.db.migrations.operations import AddConstraint, AddIndex, AlterField, RemoveConstraint
from django.db.migrations.operations.base import Operation


class Concurrently(Operation):
    """An operation that does without locks on PostgreSQL. Elsewhere it is Django's own."""

    atomic = False

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            self.forwards(app_label, schema_editor, from_state, to_state)
        else:
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            self.backwards(app_label, schema_editor, from_state, to_state)
        else:
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__} does nothing on PostgreSQL")

    def backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        raise NotImplementedError(f"{type(self).__name__} is not undone on PostgreSQL")


class AddIndexConcurrently(Concurrently, AddIndex):
    """Build an index. A build that failed leaves an invalid one on PostgreSQL, so a second run drops that first."""

    def forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        drop_concurrently(schema_editor, self.index.name)
        model = to_state.apps.get_model(app_label, self.model_name)
        schema_editor.add_index(model, self.index, concurrently=True)

    def backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        drop_concurrently(schema_editor, self.index.name)


class AddUniqueConcurrently(Concurrently, AddConstraint):
    """Build the index of a conditional UniqueConstraint, also after a build that failed."""

    def forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        build_concurrently(
            schema_editor, to_state.apps.get_model(app_label, self.model_name), self.constraint
        )

    def backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        drop_concurrently(schema_editor, self.constraint.name)


class RemoveUniqueConcurrently(Concurrently, RemoveConstraint):
    """Drop the index of a conditional UniqueConstraint without waiting for those who read the table."""

    def forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        drop_concurrently(schema_editor, self.name)

    def backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        constraint = to_state.models[app_label, self.model_name_lower].get_constraint_by_name(
            self.name
        )
        build_concurrently(
            schema_editor, to_state.apps.get_model(app_label, self.model_name), constraint
        )


class RemoveColumnIndex(Concurrently, AlterField):
    """Drop the index that a column has by itself, where longer ones begin with the same column."""

    def forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        column = model._meta.get_field(self.name).column
        for index in schema_editor._constraint_names(model, [column], index=True):
            drop_concurrently(schema_editor, index)

    def backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Django's own way back is `database_forwards`, which drops it."""
        AlterField.database_forwards(self, app_label, schema_editor, from_state, to_state)


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
