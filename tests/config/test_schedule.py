"""The beat begins its schedule anew where the file of it is damaged."""

import random
from pathlib import Path

import pytest
from celery import current_app

from config.schedule import Schedule

pytestmark = pytest.mark.once
SEED = 7


def begin(path: Path) -> Schedule:
    schedule = Schedule(app=current_app._get_current_object(), schedule_filename=str(path))
    schedule.sync()
    return schedule


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "schedule"
    begin(path).close()
    return path


def cut(content: bytes, dice: random.Random) -> bytes:
    return content[: dice.randrange(len(content))]


def noise(content: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(content))
    return content[:place] + dice.randbytes(min(16, len(content) - place)) + content[place + 16 :]


def empty(_content: bytes, _dice: random.Random) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [cut, noise, empty])
def test_a_beat_starts_with_any_damage_to_its_file(path, damage):
    files = {file: file.read_bytes() for file in path.parent.iterdir()}
    dice = random.Random(SEED)
    for _turn in range(40):
        for file, content in files.items():
            file.write_bytes(damage(content, dice))

        schedule = begin(path)

        assert "sweep mails" in schedule.schedule
        assert all(entry.is_due() for entry in schedule.schedule.values())
        schedule.close()


def test_what_was_sent_is_known_after_a_restart(path):
    schedule = begin(path)
    schedule.reserve(schedule.schedule["sweep mails"])
    schedule.close()

    assert begin(path).schedule["sweep mails"].total_run_count == 1
