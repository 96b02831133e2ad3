"""The parts of `manage.py up` that need no processes to be seen."""

import pytest

from core.supervisor import watch, world
from core.supervisor.addresses import Address
from core.supervisor.claim import claim_data
from core.supervisor.errors import CannotStart, Lost
from core.supervisor.watch import Family


class Part:
    """A child that is alive as long as the test says."""

    def __init__(self, name="part", calls=None):
        self.name, self.calls, self.alive = name, calls if calls is not None else [], False

    def start(self):
        self.alive = True
        self.calls.append(f"{self.name} started")

    def ask_to_stop(self):
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
            family.look()
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
    family.look()
    clock.now += 1
    family.look()

    assert worker.alive


def test_what_nothing_works_without_ends_all_with_its_name_and_last_words():
    family = Family(lambda _line: None)
    family.add(web := Part("web"), stage=3, restarts=False)
    web.alive = False

    with pytest.raises(Lost, match=r"web has ended\.\noh"):
        family.look()


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


# --- data and worlds --------------------------------------------------------------------------------------------------
def test_data_in_use_names_who_holds_it(tmp_path):
    with (
        claim_data(tmp_path, "http://127.0.0.1:8000"),
        pytest.raises(CannotStart, match=r"in use by http://127\.0\.0\.1:8000"),
    ):
        claim_data(tmp_path, "http://127.0.0.1:8001")

    claim_data(tmp_path, "http://127.0.0.1:8001").close()


def test_the_first_start_decides_for_the_demo_world(var):
    assert world.choose(empty=False) == world.DEMO
    assert world.choose(empty=False) == world.DEMO


def test_a_world_begun_empty_never_gets_demo_logins(var):
    world.choose(empty=True)

    assert world.choose(empty=False) == world.EMPTY


def test_a_demo_world_is_never_called_empty(var):
    world.choose(empty=False)

    with pytest.raises(CannotStart, match="holds the demo world"):
        world.choose(empty=True)


def test_each_database_gets_a_demo_world_of_its_own(var, settings, monkeypatch):
    world.demo_is_there()
    assert not world.demo_is_missing()

    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "another")
    assert world.demo_is_missing()


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
