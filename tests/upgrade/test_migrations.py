"""The version before works on the tables of this one: its processes run on while a new release is installed.

django-migration-linter reads the SQL of each migration since that version. What it finds needs another way: a column
without a default of the database gets one (`db_default`), what is removed or renamed is left for the release after the
next, and an index is built without a lock (`AddIndexConcurrently`). Where a finding harms nobody, ACCEPTED says why.
"""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_migration_linter import MigrationLinter

from tests.upgrade.before import MIGRATIONS

# Migration → why the version before works on its tables all the same.
ACCEPTED = {
    "accounts.0016_event_consumers": "the indexes are those of new tables",
    "accounts.0026_fleet_settings": "its index is that of a new table",
    "accounts.0025_job_prefix_once": "it writes no prefixes, and the index is built without a lock",
    "accounts.0019_log_of_deliveries": "it has no table of deliveries",
    "core.0010_messages_by_subject": "it has no outbox",
    "core.0011_content_as_text": "it has no outbox",
    "jobs.0034_job_number_once": "it writes no numbers, and the index is built without a lock",
    "simulator.0004_moves_at": "simulated units are few",
    "telematics.0022_fleet_of_custody": "custodies are new in it, and few",
}
# What only slows the version before down is refused, too.
LOCKS = ["CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "DROP_INDEX", "REINDEX"]

pytestmark = [pytest.mark.pg, pytest.mark.django_db]


def ours() -> set[str]:
    """The apps whose migrations are in this repository."""
    home = str(settings.BASE_DIR)
    found = [app for app in apps.get_app_configs() if app.path.startswith(home)]
    return {app.label for app in found if ".venv" not in app.path}


def findings(*migrations) -> int:
    """How many of these migrations the linter refuses; it prints them."""
    linter = MigrationLinter(
        no_cache=True, analyser_string="postgresql", warnings_as_errors_tests=LOCKS
    )
    for migration in migrations:
        linter.lint_migration(migration)
    return linter.nb_erroneous


def test_the_version_before_works_on_the_tables_of_this_one():
    migrations = MigrationLoader(None).disk_migrations
    for app, name in MIGRATIONS.items():
        assert (app, name) in migrations
    new = [
        migration
        for (app, name), migration in sorted(migrations.items())
        if app in ours() and name > MIGRATIONS.get(app, "") and f"{app}.{name}" not in ACCEPTED
    ]
    assert findings(*new) == 0


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("core.0011_content_as_text", True),  # changes the type of a column
        ("accounts.0019_log_of_deliveries", True),  # builds an index under a lock
        ("jobs.0027_jobs_by_status", False),  # builds one without
        ("telematics.0015_read_vin", False),  # adds a column that may be empty
    ],
)
def test_the_linter_finds_what_would_stop_the_version_before(name, refused):
    migration = MigrationLoader(None).disk_migrations[tuple(name.split("."))]
    assert bool(findings(migration)) is refused


ALONE = """
SELECT count(*) FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attname = 'fleet_id'
WHERE indrelid = 'telematics_vehicle'::regclass AND indkey::text = attnum::text
"""


@pytest.mark.pg
def test_the_index_that_a_column_had_by_itself_is_there_again_on_the_way_back(transactional_db):
    app, name = "telematics", "0025_cheaper_changes_of_vehicles"
    loader = MigrationLoader(connection)
    operation = loader.disk_migrations[app, name].operations[0]
    before = loader.project_state((app, "0024_search_of_vehicles"))
    after = before.clone()
    operation.state_forwards(app, after)

    def found() -> int:
        with connection.cursor() as cursor:
            cursor.execute(ALONE)
            return cursor.fetchone()[0]

    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards(app, editor, after, before)
    assert found() > 0
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards(app, editor, before, after)
    assert found() == 0
