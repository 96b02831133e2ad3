"""The parts of `manage.py up` that need no processes to be seen."""

import os
import time
from pathlib import Path

import pytest
from django.core.management import CommandError

from config import capacity
from config.supervisor import answering, gateway, logs, sources, turn, watch, world
from config.supervisor.addresses import Address
from config.supervisor.claim import claim_data
from config.supervisor.errors import CannotStart, Lost
from config.supervisor.parts import WORKERS
from config.supervisor.product import BROKER_STAGE, STOP_PATIENCE, WEB_STAGE, WORKER_STAGE
from config.supervisor.watch import Family
from core import queues
from core.models import DemoMark
from tests.factories.accounts import MobilityProviderFactory, UserFactory
from tests.product import HOME
from tests.threads import race


class Part:
    """A child that is alive as long as the test says."""

    def __init__(self, name="part", calls=None):
        self.name, self.calls, self.alive = name, calls if calls is not None else [], False

    def start(self):
        self.alive = True
        self.calls.append(f"{self.name} started")

    def terminate(self):
        self.calls.append(f"{self.name} asked")

    def make_sure(self, _patience):
        self.calls.append(f"{self.name} gone")

    def last_words(self):
        return "oh"


@pytest.fixture
def var(tmp_path, settings):
    settings.VAR_DIR, settings.WORLD_FILE = tmp_path, tmp_path / "world"
    return tmp_path


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

    monkeypatch.setattr(watch.time, "monotonic", lambda: Clock.now)
    return Clock


# --- watching ---------------------------------------------------------------------------------------------------------
def test_a_worker_that_dies_again_and_again_is_restarted_ever_later(clock):
    said, worker = [], Part("worker")
    family = Family(said.append)
    family.add(worker, stage=1, restarts=True)
    pauses = []
    for _death in range(7):
        worker.alive, died = False, clock.now
        while not worker.alive:
            clock.now += 0.5
            family.check()
        pauses.append(clock.now - died)

    assert [round(pause) for pause in pauses] == [2, 2, 4, 8, 16, 30, 30]
    assert said == ["worker has ended; restarting it."] * 7


def test_after_a_steady_time_it_is_restarted_soon_again(clock):
    worker = Part("worker")
    family = Family(lambda _line: None)
    family.add(worker, stage=1, restarts=True)
    family.members[0].pause = watch.LONGEST_PAUSE
    clock.now += watch.STEADY + 1
    worker.alive = False
    family.check()
    clock.now += 1
    family.check()

    assert worker.alive


def test_what_nothing_works_without_ends_all_with_its_name_and_last_words():
    family = Family(lambda _line: None)
    family.add(web := Part("web"), stage=3, restarts=False)
    web.alive = False

    with pytest.raises(Lost, match=r"web has ended\.\noh"):
        family.check()


def test_it_stops_from_the_web_down_to_the_broker_and_workers_together():
    calls = []
    family = Family(lambda _line: None)
    for name, stage in (("broker", 0), ("default", 1), ("units", 1), ("web", 3)):
        family.add(Part(name, calls), stage=stage, restarts=False)
    calls.clear()
    family.stop()

    assert calls == [
        *("web asked", "web gone"),
        *("default asked", "units asked", "default gone", "units gone"),
        *("broker asked", "broker gone"),
    ]


def test_the_children_of_a_stage_share_its_patience(clock):
    """Three that do not end by themselves take no longer than one."""
    given = []

    class Stubborn(Part):
        def make_sure(self, patience):
            given.append(patience)
            clock.now += patience

    family = Family(lambda _line: None)
    for name in ("default", "units", "urgent"):
        family.add(Stubborn(name), stage=1, restarts=True, patience=1.5)
    family.stop()

    assert given == [1.5, 0, 0]


def test_ctrl_c_takes_at_most_five_seconds_whatever_runs():
    """Each stage is killed once its patience is over, from the web down to the broker; then Python ends."""
    assert sorted(STOP_PATIENCE, reverse=True) == [WEB_STAGE, WORKER_STAGE, BROKER_STAGE]
    assert sum(STOP_PATIENCE.values()) <= 4


def test_changed_code_renews_the_workers_and_leaves_the_broker_and_the_web_alone():
    calls = []
    family = Family(lambda _line: None)
    for name, stage, restarts in (
        ("broker", 0, False),
        ("units", 1, True),
        ("beat", 2, True),
        ("web", 3, False),
    ):
        family.add(Part(name, calls), stage=stage, restarts=restarts)
    calls.clear()
    family.renew()

    assert calls == [
        "units asked",
        "beat asked",
        "units gone",
        "units started",
        "beat gone",
        "beat started",
    ]


def test_a_source_file_that_is_new_changed_or_removed_is_noticed_once_and_within_a_second(
    tmp_path, monkeypatch, clock
):
    monkeypatch.setattr(sources, "files", lambda: list(tmp_path.glob("*.py")))
    code = tmp_path / "code.py"
    seen = sources.Sources()

    def changed() -> bool:
        clock.now += sources.EVERY
        return seen.changed()

    assert not changed()
    code.write_text("x = 1")
    assert not seen.changed()  # too soon after the check before
    assert changed()
    assert not changed()
    os.utime(code, (1, 1))
    assert changed()
    code.unlink()
    assert changed()
    assert not changed()


def test_code_templates_and_translations_of_the_product_are_watched_and_nothing_else():
    watched = {path.relative_to(HOME) for path in sources.files()}

    assert {Path("jobs/tasks.py"), Path("config/celery.py"), Path("templates/base.html")} <= watched
    assert Path("locale/de/LC_MESSAGES/django.mo") in watched
    assert not any(path.parts[0] in (".venv", "tests", "var") for path in watched)


# --- data and worlds --------------------------------------------------------------------------------------------------
def test_data_in_use_names_who_holds_it(tmp_path):
    with (
        claim_data(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(CannotStart, match=r"in use by http://127\.0\.0\.1:8000"),
    ):
        claim_data(tmp_path, "http://127.0.0.1:8001")

    claim_data(tmp_path, "http://127.0.0.1:8001").close()


def start(*, demo=False, empty=False):
    """What a start runs on, once its database is prepared."""
    chosen = world.choose(demo=demo, empty=empty)
    world.remember(chosen)
    return chosen


@pytest.fixture
def given(settings):
    """DATABASE_URL is given."""
    settings.DATABASE_GIVEN = True


@pytest.fixture
def own(settings):
    """The database is that of `var/`."""
    settings.DATABASE_GIVEN = False


def test_the_first_start_decides_for_the_demo_world(var, own, db):
    assert start() == world.DEMO
    assert start() == world.DEMO


def test_a_world_begun_empty_never_gets_demo_logins(var, own):
    start(empty=True)

    assert start() == world.EMPTY
    with pytest.raises(CannotStart, match="was begun empty"):
        start(demo=True)


def test_a_demo_world_is_never_called_empty(var, own, db):
    start()

    with pytest.raises(CannotStart, match="holds the demo world"):
        start(empty=True)


def test_a_given_database_gets_the_demo_world_only_with_demo(var, given, db):
    assert world.choose(demo=False, empty=False) == world.EMPTY
    assert world.choose(demo=True, empty=False) == world.DEMO


def test_a_demo_world_in_a_given_database_starts_again_without_demo(var, given, db):
    start(demo=True)
    DemoMark.objects.claim()

    assert start() == world.DEMO


def test_a_var_of_the_demo_world_brings_none_to_another_database(var, given, db):
    world.remember(world.DEMO)

    with pytest.raises(CannotStart, match="Build it there with --demo"):
        start()


@pytest.mark.parametrize("somebody", [UserFactory, MobilityProviderFactory])
def test_beside_real_data_the_demo_world_is_refused_and_nothing_is_written(
    var, given, db, somebody
):
    somebody()
    with pytest.raises(CommandError, match="holds users or providers"):
        start(demo=True)

    assert list(var.iterdir()) == []
    assert not DemoMark.objects.exists()


def test_beside_real_data_it_starts_empty(var, given, db):
    UserFactory()

    assert start(empty=True) == world.EMPTY


def test_with_demo_mode_off_there_is_no_demo_world(var, own, db, settings, monkeypatch):
    world.remember(world.DEMO)
    monkeypatch.setenv("DEMO", "false")
    settings.DEMO = False

    assert start() == world.EMPTY
    assert world.first_choice() == world.DEMO
    with pytest.raises(CannotStart, match="DEMO is false"):
        start(demo=True)


def test_a_var_that_says_neither_stops_the_start(var, own):
    (var / "world").write_text("domo")

    with pytest.raises(CannotStart, match="says 'domo'"):
        start()


# --- the way to the units ---------------------------------------------------------------------------------------------
@pytest.fixture
def unnamed(settings):
    """TELEMATICS_GATEWAY is not set."""
    settings.TELEMATICS_GATEWAY = ""


def test_an_empty_start_simulates_the_units_and_says_so(unnamed, given, settings):
    logged = []
    units = gateway.choose(world.EMPTY, empty=True, log=logged.append)

    assert units == {"TELEMATICS_GATEWAY": settings.SIMULATOR}
    assert logged == ["TELEMATICS_GATEWAY is not set: the units are simulated."]


def test_a_given_database_without_empty_must_come_with_a_gateway(unnamed, given):
    with pytest.raises(CannotStart, match="TELEMATICS_GATEWAY is not set"):
        gateway.choose(world.EMPTY, empty=False, log=pytest.fail)


def test_the_demo_world_simulates_its_units(unnamed, given, settings):
    assert gateway.choose(world.DEMO, empty=False, log=pytest.fail) == {
        "TELEMATICS_GATEWAY": settings.SIMULATOR
    }


@pytest.mark.parametrize("chosen", [world.DEMO, world.EMPTY])
def test_a_gateway_that_is_named_must_be_one(settings, given, chosen):
    settings.TELEMATICS_GATEWAY = "telematics.nowhere.Gateway"

    with pytest.raises(CannotStart, match=r"telematics\.nowhere\.Gateway cannot be loaded"):
        gateway.choose(chosen, empty=True, log=pytest.fail)


# --- one start at a time ----------------------------------------------------------------------------------------------
@pytest.mark.pg
@pytest.mark.django_db(transaction=True)
def test_two_starts_prepare_a_database_one_after_the_other():
    inside, seen = [], []

    def prepare():
        with turn.taken():
            inside.append(1)
            time.sleep(0.3)
            seen.append(len(inside))
            inside.pop()

    assert race(prepare, prepare, prepare) == [None] * 3
    assert seen == [1, 1, 1]


# --- addresses --------------------------------------------------------------------------------------------------------
def test_links_lead_to_where_it_listens(monkeypatch):
    monkeypatch.delenv("BASE_URL", raising=False)

    assert Address("127.0.0.1", 8123).environment()["BASE_URL"] == "http://127.0.0.1:8123"
    assert Address("::1", 8123).environment()["BIND"] == "[::1]:8123"


def test_open_to_the_network_it_answers_to_this_machines_names(monkeypatch):
    monkeypatch.delenv("BASE_URL", raising=False)
    monkeypatch.setattr("socket.gethostname", lambda: "garage-pc")
    known = Address("0.0.0.0", 8123).environment()

    assert known["BIND"] == "0.0.0.0:8123"
    assert "garage-pc" in known["ALLOWED_HOSTS"].split(",")
    assert known["BASE_URL"] == "http://127.0.0.1:8123"


def test_a_given_base_url_stays(monkeypatch):
    monkeypatch.setenv("BASE_URL", "https://fleet.example")

    assert Address("127.0.0.1", 8123).environment()["BASE_URL"] == "https://fleet.example"


# --- logs -------------------------------------------------------------------------------------------------------------
def test_a_log_that_has_grown_is_turned_while_its_process_writes_on(tmp_path, monkeypatch):
    monkeypatch.setattr(logs, "LARGEST", 10)
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as process:
        for number in range(6):
            process.write(f"line {number} of this log\n".encode())
            logs.turn_if_large(log)
        process.write(b"end\n")

    assert log.read_text() == "end\n"
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["web.1.log", "web.2.log", "web.3.log", "web.log"]
    assert (tmp_path / "web.1.log").read_text() == "line 5 of this log\n"


def test_a_small_log_stays_as_it_is(tmp_path):
    log = tmp_path / "web.log"
    log.write_text("one line\n")
    logs.turn_if_large(log)

    assert [path.name for path in tmp_path.iterdir()] == ["web.log"]


def test_the_supervisor_turns_the_logs_of_its_children(tmp_path, monkeypatch, clock):
    monkeypatch.setattr(logs, "LARGEST", 10)
    web = Part("web")
    web.log = tmp_path / "web.log"
    family = Family(lambda _line: None)
    family.add(web, stage=3, restarts=False)
    web.log.write_text("more than ten bytes\n")
    family.turn_logs()
    assert web.log.read_text() == ""

    web.log.write_text("more than ten bytes\n")
    family.turn_logs()
    assert web.log.read_text(), "not at every look"
    clock.now += watch.LOGS_EVERY
    family.turn_logs()
    assert web.log.read_text() == ""


# --- whether the web answers ------------------------------------------------------------------------------------------
def test_a_web_that_lives_and_does_not_answer_is_lost_after_a_while(monkeypatch):
    monkeypatch.setattr(answering, "EVERY", 0.01)
    answers = True
    web = answering.Answering(lambda: answers, patience=0.3)
    web.start()
    time.sleep(0.5)
    assert not web.is_lost

    answers = False
    assert not web.is_lost
    time.sleep(0.5)
    web.stop()
    assert web.is_lost


# --- every queue has a worker -----------------------------------------------------------------------------------------
def test_each_queue_has_a_worker_process():
    assert sorted(WORKERS) == queues.names() == ["default", "units", "urgent"]


def test_the_documents_name_every_queue():
    for name in ("README.md", "CHANGELOG.md", "docs/operations.md", "docs/architecture.md"):
        text = (HOME / name).read_text()
        assert all(f"`{queue}`" in text for queue in WORKERS), name


@pytest.mark.parametrize("queue", WORKERS)
def test_a_worker_as_it_is_started_has_connections_enough(queue):
    assert capacity.fault([queue], WORKERS[queue], 16) == ""


@pytest.mark.parametrize(
    ("served", "threads", "pool", "needed"),
    [
        (["default"], 32, 16, "Set it to 32 or more, or start the worker with -c 16."),
        (["units"], 64, 4, "Set it to 8 or more, or start the worker with -c 32."),
        (["units", "default"], 64, 16, "Set it to 64 or more, or start the worker with -c 16."),
    ],
)
def test_a_worker_with_too_few_connections_is_refused_in_one_line(served, threads, pool, needed):
    fault = capacity.fault(served, threads, pool)

    assert needed in fault
    assert len(fault.splitlines()) == 1


def test_without_a_pool_no_number_of_threads_is_refused():
    assert capacity.fault(["default"], 500, 0) == ""
