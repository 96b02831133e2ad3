"""GIN indexes, of PostgreSQL alone: what columns contain."""

from typing import Any

from django.db.migrations.operations.base import Operation

from core.operations.concurrently import drop_concurrently

# Writes gather in a list, which every search reads from end to end before it is merged into the index: at 4 MB, which
# is PostgreSQL's own limit, for up to 40 ms. At 256 kB it takes 1 ms, and writes take a tenth longer.
PENDING = "gin_pending_list_limit = 256"


class GinIndex(Operation):
    """An index of what columns contain, on PostgreSQL. SQLite, the embedded default, reads the rows."""

    reversible = True
    name: str
    model_name: str

    def state_forwards(self, app_label: Any, state: Any) -> None:
        """Change nothing in Django's model state."""

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            model = to_state.apps.get_model(app_label, self.model_name)
            self.create(schema_editor, schema_editor.quote_name(model._meta.db_table))

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            self.drop(schema_editor)

    def create(self, schema_editor: Any, table: str) -> None:
        raise NotImplementedError(f"{type(self).__name__} creates no index")

    def drop(self, schema_editor: Any) -> None:
        schema_editor.execute(f"DROP INDEX IF EXISTS {schema_editor.quote_name(self.name)}")

    @property
    def migration_name_fragment(self) -> Any:
        return self.name


class TrigramIndex(GinIndex):
    """Serves `contains` on a search column."""

    def __init__(self, model_name: str, column: str, name: str) -> None:
        self.model_name = model_name
        self.column = column
        self.name = name

    def create(self, schema_editor: Any, table: str) -> None:
        quote = schema_editor.quote_name
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX {quote(self.name)} ON {table} USING gin ({quote(self.column)} gin_trgm_ops)"
        )

    def describe(self) -> str:
        return f"Index what {self.model_name}.{self.column} contains, on PostgreSQL"


class NameIndex(GinIndex):
    """Serves `icontains` on a column of names, built without locking. The migration is not atomic."""

    atomic = False

    def __init__(self, model_name: str, column: str, name: str) -> None:
        self.model_name = model_name
        self.column = column
        self.name = name

    def create(self, schema_editor: Any, table: str) -> None:
        quote = schema_editor.quote_name
        self.drop(schema_editor)
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY {quote(self.name)} ON {table}"
            f" USING gin (UPPER({quote(self.column)}) gin_trgm_ops) WITH ({PENDING})"
        )

    def drop(self, schema_editor: Any) -> None:
        drop_concurrently(schema_editor, self.name)

    def describe(self) -> str:
        return f"Index what {self.model_name}.{self.column} contains in any case, on PostgreSQL"


class LimitPendingList(GinIndex):
    """Limit what a search of an index reads before the index itself; for indexes that were made without."""

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def create(self, schema_editor: Any, table: str) -> None:
        schema_editor.execute(f"ALTER INDEX {schema_editor.quote_name(self.name)} SET ({PENDING})")

    def drop(self, schema_editor: Any) -> None:
        name = schema_editor.quote_name(self.name)
        schema_editor.execute(f"ALTER INDEX {name} RESET (gin_pending_list_limit)")

    def describe(self) -> str:
        return f"Limit the pending list of {self.name} on PostgreSQL"


class RemoveTrigramIndex(TrigramIndex):
    """Drop such an index without waiting for those who read the table. The migration is not atomic."""

    atomic = False

    def database_forwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            drop_concurrently(schema_editor, self.name)

    def database_backwards(
        self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Remove the index of what {self.model_name}.{self.column} contains"


class OwnedIndex(GinIndex):
    """Finds rows of one owner by what columns contain, built without locking.

    `owner` comes first, so that common words of other owners are not read. The migration is not atomic.
    """

    atomic = False
    operators: str
    extensions = ["btree_gin"]

    def __init__(self, model_name: str, owner: str, columns: list[str], name: str) -> None:
        self.model_name = model_name
        self.owner = owner
        self.columns = columns
        self.name = name

    def create(self, schema_editor: Any, table: str) -> None:
        quote = schema_editor.quote_name
        columns = [f"{quote(column)} {self.operators}" for column in self.columns]
        self.drop(schema_editor)
        for extension in self.extensions:
            schema_editor.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        schema_editor.execute(
            f"CREATE INDEX CONCURRENTLY {quote(self.name)} ON {table}"
            f" USING gin ({', '.join([quote(self.owner), *columns])}) WITH ({PENDING})"
        )

    def drop(self, schema_editor: Any) -> None:
        drop_concurrently(schema_editor, self.name)

    def describe(self) -> str:
        return f"Index what {', '.join(self.columns)} of {self.model_name} contain on PostgreSQL"


class MembersIndex(OwnedIndex):
    """The members of JSON columns."""

    operators = "jsonb_path_ops"


class PartsIndex(OwnedIndex):
    """The parts of texts, for `contains`."""

    operators = "gin_trgm_ops"
    extensions = ["btree_gin", "pg_trgm"]
