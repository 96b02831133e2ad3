"""What is kept, and for how long: one sweep, one table in the documentation."""

import os
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.management import CommandError, call_command
from django.db.models import QuerySet
from django.utils import timezone

from core import retention
from core.models import Failure, Mail
from core.retention import KINDS
from core.tasks import SCHEDULE, forget
from jobs.models import BulkRun, Notification
from telematics.models import Command, Key
from telematics.simulator.models import SimulatorLog
from tests.bench import Bench

DAY = timedelta(days=1)


def ago(what: str, *, young: bool):
    age = timedelta(days=KINDS[what].days)
    return timezone.now() - (age - DAY if young else age + DAY)


def mail(at, status):
    row = Mail.objects.create(to="a@example.com", template="mails/change", status=status)
    Mail.objects.filter(pk=row.pk).update(created_at=at)
    return row.pk


@pytest.mark.django_db
def test_mails_go_after_their_time_and_those_that_wait_stay():
    kind = "mails that were sent or given up"
    mail(ago(kind, young=False), "SENT")
    mail(ago(kind, young=False), "FAILED")
    stay = {mail(ago(kind, young=False), "QUEUED"), mail(ago(kind, young=True), "SENT")}

    forget()

    assert set(Mail.objects.values_list("pk", flat=True)) == stay


@pytest.mark.django_db
def test_the_simulators_log_goes_after_its_time():
    kind = "units' own logs in the simulator"
    qnr = Bench().qnr
    SimulatorLog.objects.all().delete()
    SimulatorLog.objects.create(unit_id=qnr, action="old", at=ago(kind, young=False))
    SimulatorLog.objects.create(unit_id=qnr, action="young", at=ago(kind, young=True))

    forget()

    assert [row.action for row in SimulatorLog.objects.all()] == ["young"]


@pytest.mark.django_db
def test_notifications_go_after_their_time_unless_their_mail_waits(manager):
    for verb, young, mail_due in (
        ("old", False, False),
        ("due", False, True),
        ("new", True, False),
    ):
        row = Notification.objects.create(user=manager, verb=verb, mail_due=mail_due)
        Notification.objects.filter(pk=row.pk).update(at=ago("notifications", young=young))

    forget()

    assert set(Notification.objects.values_list("verb", flat=True)) == {"due", "new"}


@pytest.mark.django_db
def test_bulk_actions_go_after_they_have_finished(fleet, manager):
    about = {"action": "CREATE", "fleet": fleet, "by": manager, "total": 0}
    old = BulkRun.objects.create(finished_at=ago("finished bulk actions", young=False), **about)
    young = BulkRun.objects.create(finished_at=ago("finished bulk actions", young=True), **about)
    going = BulkRun.objects.create(**about)

    forget()

    assert set(BulkRun.objects.all()) == {young, going}
    assert old not in BulkRun.objects.all()


@pytest.mark.django_db
def test_what_put_a_vehicle_back_goes_with_its_key_and_what_people_did_stays():
    bench = Bench()
    theirs = bench.command("unlock-and-enable-driving")
    put_back = bench.vehicle.put_back()
    put_back.run()
    bench.key.end()
    long_ago = ago("commands that put a vehicle back", young=False)
    Key.objects.update(dropped_at=long_ago)
    Command.objects.update(settled_at=long_ago)

    forget()

    assert list(Command.objects.all()) == [theirs]
    assert list(Key.objects.all()) == [bench.key]


@pytest.mark.django_db
def test_mails_in_the_folder_go_after_their_time(settings, tmp_path):
    settings.MAIL_DIR = tmp_path
    for name, young in (("old.eml", False), ("young.eml", True), ("notes.txt", False)):
        file = tmp_path / name
        file.write_text("To: a@example.com")
        at = ago("mails in the folder `var/mail/`", young=young).timestamp()
        os.utime(file, (at, at))

    forget()

    assert {file.name for file in tmp_path.iterdir()} == {"young.eml", "notes.txt"}


@pytest.mark.django_db
def test_without_a_folder_of_mails_there_is_nothing_to_delete(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"

    forget()

    assert not Failure.objects.exists()


@pytest.mark.django_db
def test_the_log_of_the_admin_goes_after_its_time(operator, fleet):
    kind = "the admin's own log of changes"
    for text, young in (("old", False), ("young", True)):
        about = {"user": operator, "object_repr": text, "action_flag": CHANGE}
        LogEntry.objects.create(action_time=ago(kind, young=young), **about)

    forget()

    assert [row.object_repr for row in LogEntry.objects.all()] == ["young"]


@pytest.mark.django_db
def test_a_kind_that_cannot_be_deleted_stops_no_other_and_is_counted(monkeypatch):
    def broken(_before):
        raise ZeroDivisionError

    kinds = {"broken": retention.Kind(1, broken), **KINDS}
    monkeypatch.setattr(retention, "KINDS", kinds)
    mail(timezone.now() - timedelta(days=1000), "SENT")

    forget()

    assert not Mail.objects.exists()
    assert Failure.objects.get().row == "broken"


class File:
    """A file of a storage."""

    def __init__(self, *, stuck: bool):
        self.stuck, self.tried, self.deleted = stuck, False, False

    def unlink(self, missing_ok: bool = False) -> None:
        self.tried = True
        if self.stuck:
            raise PermissionError("the file is in use")
        self.deleted = True


def sweep_of(files, monkeypatch):
    monkeypatch.setattr(retention, "KINDS", {"files": retention.Kind(1, lambda _before: files)})
    forget()


@pytest.mark.django_db
def test_a_file_that_cannot_be_deleted_stops_no_other_and_is_counted(monkeypatch):
    files = [File(stuck=True), *(File(stuck=False) for _number in range(9))]

    sweep_of(files, monkeypatch)

    assert all(file.deleted for file in files[1:])
    assert "in use" in Failure.objects.get(row="files").error


@pytest.mark.django_db
def test_a_storage_that_is_away_is_not_asked_for_each_file(monkeypatch):
    files = [File(stuck=True) for _number in range(100)]

    sweep_of(files, monkeypatch)

    assert sum(file.tried for file in files) == retention.MOST_FAILED


def test_many_old_rows_go_in_batches(db, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _number in range(5):
        mail(timezone.now() - timedelta(days=1000), "SENT")

    forget()

    assert not Mail.objects.exists()


def test_the_sweep_is_on_the_beat_and_every_retention_is_in_the_documentation():
    documented = (settings.BASE_DIR / "docs" / "operations.md").read_text()

    assert "core.tasks.forget" in {entry["task"] for entry in SCHEDULE.values()}
    for what, kind in KINDS.items():
        assert f"| {what} | {kind.days} |" in documented


def documented_tables() -> dict[str, str]:
    """How long each table is kept, as the documentation has it."""
    text = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    found: dict[str, str] = {}
    for tables, kept in re.findall(r"^\| (`\w+\.\w+`[^|]*) \| ([^|]+) \|$", text, re.MULTILINE):
        for table in re.findall(r"`(\w+\.\w+)`", tables):
            assert table not in found, table
            found[table] = kept
    return found


def test_the_documentation_says_of_every_table_how_long_it_is_kept():
    assert set(documented_tables()) == {model._meta.label for model in apps.get_models()}


@pytest.mark.django_db
def test_a_table_is_kept_as_long_as_its_sweep_leaves_it():
    documented = documented_tables()
    for what, kind in KINDS.items():
        rows = kind.old(timezone.now() - timedelta(days=kind.days))
        if isinstance(rows, QuerySet):
            assert f"{kind.days} days" in documented[rows.model._meta.label], what


@pytest.mark.django_db
def test_one_command_enforces_every_retention(installer, capsys):
    mail(ago("mails that were sent or given up", young=False), "SENT")
    type(installer).objects.filter(pk=installer.pk).update(closed_at=timezone.now() - 731 * DAY)

    call_command("forget")

    assert not Mail.objects.exists()
    installer.refresh_from_db()
    assert installer.first_name == ""
    assert "core.tasks.forget is done." in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_names_what_it_could_not_delete(monkeypatch):
    def broken(before):
        raise OSError("away")

    monkeypatch.setattr(retention, "KINDS", {"broken": retention.Kind(1, broken)})
    with pytest.raises(CommandError, match="Not deleted: broken"):
        call_command("forget")
