"""Transactions behind PgBouncer, as docs/operation/pgbouncer.ini has it: the tests of races again, through it."""

import signal
import subprocess

import psycopg
import pytest
from django.db import connection, connections

from config import data
from config.supervisor.process import die_with_parent
from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.jobs.test_races import (  # noqa: F401
    test_a_finish_at_any_moment_of_a_command_either_waits_or_shuts_it_out,
    test_a_take_races_the_removal_of_the_taker_and_leaves_no_running_orphan,
    test_an_assignment_races_the_end_of_the_partnership_and_leaves_no_orphan,
    test_an_edit_races_an_assignment_and_never_changes_an_assigned_job,
    test_fifty_takes_of_one_job_have_one_winner_and_forty_nine_clean_answers,
    test_two_installers_take_one_job_and_one_has_it,
    test_two_jobs_link_one_unit_and_one_has_it,
)
from tests.operation.programs import FILES, changed, required
from tests.postgres import _account, _as
from tests.product import free_port, wait_for
from tests.starts import WRITERS, Writers

pytestmark = [pytest.mark.pg, pytest.mark.django_db(transaction=True)]
NAME = "installer_jobs"  # of the database, to those who connect to PgBouncer


@pytest.fixture(scope="module")
def bouncer(django_db_setup, tmp_path_factory):
    """Its URL. It leads to the database of the run."""
    program, port = required("pgbouncer"), free_port()
    home = tmp_path_factory.mktemp("pgbouncer")
    real = connection.settings_dict
    host = real["OPTIONS"].get("host") or real["HOST"]
    places = {
        "host=127.0.0.1 port=5432 dbname=installer_jobs": (
            f"host={host} port={real['PORT'] or 5432} dbname={real['NAME']}"
        ),
        "listen_port = 6432": f"listen_port = {port}",
        "/etc/pgbouncer/userlist.txt": f"{home}/userlist.txt",
    }
    (home / "pgbouncer.ini").write_text(changed(FILES / "pgbouncer.ini", **places))
    (home / "userlist.txt").write_text(f'"{real["USER"]}" "secret"\n')
    for path in (*home.parents, home, *home.iterdir()):
        if path.stat().st_uid == 0 and "pytest" in str(path):
            path.chmod(path.stat().st_mode | 0o055)
    process = subprocess.Popen(
        [program, "-q", str(home / "pgbouncer.ini")],
        preexec_fn=die_with_parent(signal.SIGKILL),
        **_as(_account()),
    )
    url = f"postgresql://{real['USER']}:secret@127.0.0.1:{port}/{NAME}"
    wait_for(lambda: _answers(url), 20, "PgBouncer")
    yield url
    process.kill()
    process.wait(10)


def _answers(url):
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(autouse=True)
def _behind_pgbouncer(bouncer, tmp_path):
    """As with these two settings."""
    found = data.database(tmp_path, {"DATABASE_URL": bouncer, "DATABASE_POOL": "0"})
    real = connection.settings_dict
    before = {name: real[name] for name in found if name in real}
    connections.close_all()
    real.update(found)
    yield
    connections.close_all()
    real.update(before)


def test_rows_are_read_in_parts_outside_a_transaction(bouncer, fleet, manager):
    """By a cursor of the server they would be lost: the next part comes by another connection."""
    for _ in range(5):
        JobFactory(by=manager, fleet=fleet)
    everything = list(Job.objects.order_by("pk"))
    rows = Job.objects.order_by("pk").iterator(chunk_size=2)
    first = next(rows)
    with psycopg.connect(bouncer) as other:
        other.execute("SELECT 1")  # its transaction takes the connection that was used last
        assert [first, *rows] == everything
    assert connection.settings_dict["NAME"] == NAME


def test_a_web_behind_it_serves_ten_people_who_write_at_once(bouncer):
    writers = Writers()
    start = writers.meet(DATABASE_URL=bouncer, DATABASE_POOL="0")
    assert set(start.statuses) == {200}
    assert len(start.statuses) >= WRITERS
