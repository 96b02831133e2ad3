"""The simulator is an app of its own: a real gateway does without it, and its operators keep their rights."""

import subprocess
import sys

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from telematics.simulator.models import SimulatedUnit
from tests.factories.telematics import UnitFactory
from tests.product import HOME, environment

WITHOUT = """
import sys
import django
from django.core.management import call_command
from django.urls import NoReverseMatch, reverse

django.setup()
from config.celery import app

app.finalize()
call_command("migrate", verbosity=0)
call_command("makemigrations", "--check", "--dry-run", verbosity=0)
try:
    reverse("simulator:unit", args=["F" * 16])
except NoReverseMatch:
    print("no page")
print([name for name in sys.modules if name.startswith("telematics.simulator")],
"simulator heartbeats" in app.conf.beat_schedule)

from telematics.models import Unit

Unit.objects.create(qnr="0" * 16)
print(Unit.objects.all().delete()[0])
"""


def test_a_real_gateway_does_without_the_simulator(tmp_path):
    chosen = {"TELEMATICS_GATEWAY": "hardware.Gateway", "DEMO": "false"}
    variables = environment(tmp_path, DJANGO_SETTINGS_MODULE="config.settings", **chosen)
    command = [sys.executable, "-c", WITHOUT]
    result = subprocess.run(
        command, env=variables, cwd=HOME, capture_output=True, text=True, timeout=120, check=False
    )
    assert (result.stdout.splitlines(), result.returncode) == (["no page", "[] False", "1"], 0), (
        result.stderr
    )


@pytest.mark.django_db(transaction=True)
def test_operators_keep_their_rights_and_units_their_rows_when_the_simulator_becomes_an_app():
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    before = [("telematics", "0004_configurations_in_order"), ("simulator", None)]
    unit = UnitFactory()  # today's factory needs today's columns
    executor.migrate(before)
    try:
        kind = ContentType.objects.get(app_label="telematics", model="simulatedunit")
        group = Group.objects.create(name="Workshop")
        group.permissions.add(
            Permission.objects.get(content_type=kind, codename="change_simulatedunit")
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM telematics_simulatedunit")
            assert cursor.fetchone() == (0,)
    finally:
        MigrationExecutor(connection).migrate(leaves)

    assert [
        str(one) for one in group.permissions.values_list("content_type__app_label", flat=True)
    ] == ["simulator"]
    assert ContentType.objects.get(pk=kind.pk).model_class() is SimulatedUnit
    assert not ContentType.objects.filter(
        app_label="telematics", model__startswith="simulat"
    ).exists()
    SimulatedUnit.objects.create(unit=unit)


def test_bookmarks_of_the_simulators_admin_pages_lead_to_the_new_ones(operator_client, bench):
    old = f"/admin/telematics/simulatedunit/{bench.qnr}/change/?_popup=1"
    new = reverse("admin:simulator_simulatedunit_change", args=[bench.qnr])
    answer = operator_client.get(old)
    assert (answer.status_code, answer["Location"]) == (302, f"{new}?_popup=1")
