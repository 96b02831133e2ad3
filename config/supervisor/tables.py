"""The tables of a new demo, made from the models at once: playing all migrations takes longer than the rest of a start.

Only an empty SQLite database gets them so. All migrations are recorded as applied, and later ones are played as
everywhere. `tests/config/test_tables.py` compares the outcome of both ways.
"""

from importlib import import_module

from django.apps import apps
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# Migrations that bring the first rows of a new installation: module → function.
FIRST_ROWS = {"accounts.migrations.0003_first_agreement": "publish"}


def is_possible() -> bool:
    return connection.vendor == "sqlite" and not connection.introspection.table_names()


def make() -> None:
    """In one transaction: a start that is interrupted here leaves an empty database.

    Permissions and the roles of operators follow, as after every `migrate`.
    """
    migrations = list(MigrationLoader(connection).disk_migrations)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy:
                editor.create_model(model)
        recorder = MigrationRecorder(connection)
        editor.create_model(recorder.Migration)
        rows = [recorder.Migration(app=app, name=name) for app, name in migrations]
        recorder.Migration.objects.bulk_create(rows)
        for module, function in FIRST_ROWS.items():
            getattr(import_module(module), function)(apps, None)
    emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
