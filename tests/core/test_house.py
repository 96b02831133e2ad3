"""The house stands as it was drawn: floors, migrations, tasks, templates of settings."""

import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.utils.module_loading import import_string

from config.celery import app

pytestmark = pytest.mark.once
HOME = Path(__file__).resolve().parents[2]


def test_imports_point_down_only():
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=HOME,
        capture_output=True,
        text=True,
    )

    assert result.returncode == 0, result.stdout


def test_no_model_waits_for_its_migration(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize(
    "name", ["ACCOUNT_ADAPTER", "TELEMATICS_GATEWAY", "EMAIL_BACKEND", "EXCEPTION_HANDLER"]
)
def test_what_the_settings_name_exists(name):
    path = getattr(settings, name, None) or settings.REST_FRAMEWORK[name]

    assert callable(import_string(path))


def test_the_beat_calls_tasks_that_exist():
    app.finalize()
    app.loader.import_default_modules()

    assert app.conf.beat_schedule
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_every_task_that_takes_nothing_is_called_by_the_beat():
    """A sweep that nobody calls finds nothing."""
    app.finalize()
    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    sweeps = {task.name for task in ours if not task.run.__code__.co_argcount}

    assert sweeps == {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_what_waits_for_a_unit_goes_to_workers_of_its_own():
    app.finalize()
    app.loader.import_default_modules()
    queues = {
        name: app.amqp.router.route({}, name, (), {}, task)["queue"].name
        for name, task in app.tasks.items()
    }

    assert queues["jobs.tasks.run_installation_test"] == "units"
    assert queues["jobs.tasks.push_configuration"] == "units"
    for name in ("run_command", "deliver_key", "drop_key"):
        assert queues[f"telematics.tasks.{name}"] == "urgent"
    assert queues["core.tasks.send_mail"] == queues["jobs.tasks.reap_tests"] == "default"


def test_what_no_worker_took_before_the_next_call_expires():
    app.finalize()

    for name, entry in app.conf.beat_schedule.items():
        assert 0 < entry["options"]["expires"] <= entry["schedule"], name


def test_a_broker_that_is_gone_stops_a_page_for_two_seconds_at_most():
    policy = current_app.conf.task_publish_retry_policy

    assert policy["max_retries"] * policy["interval_max"] <= 2
