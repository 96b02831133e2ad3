"""The simulator is an app of its own, which a real gateway does without. tests/upgrade has how it became one."""

import subprocess
import sys

from django.urls import reverse

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


def test_bookmarks_of_the_simulators_admin_pages_lead_to_the_new_ones(operator_client, bench):
    old = f"/admin/telematics/simulatedunit/{bench.qnr}/change/?_popup=1"
    new = reverse("admin:simulator_simulatedunit_change", args=[bench.qnr])
    answer = operator_client.get(old)
    assert (answer.status_code, answer["Location"]) == (302, f"{new}?_popup=1")
