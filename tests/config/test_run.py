"""`bin/run` itself: its help, the reset of the demo, and the line that counts the packages."""

import importlib.util
import subprocess
from argparse import ArgumentParser

import pytest
from django.core.management import CommandError, call_command, load_command_class

from config.supervisor.claim import claim_data
from tests.product import HOME, environment

pytestmark = pytest.mark.once
# Of every command of Django, and what only `bin/dev` gives.
NOT_OF_RUN = {"--reload", "--help"}


def run(var, *arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [HOME / "bin" / "run", *arguments],
        env=environment(var),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_help_names_each_option_and_starts_nothing(tmp_path):
    parser = ArgumentParser()
    load_command_class("config", "up").add_arguments(parser)
    options = {action.option_strings[0] for action in parser._actions} - NOT_OF_RUN - {"-h"}

    helped = run(tmp_path / "var", "--port", "9000", "--help")
    assert helped.returncode == 0
    assert all(f"  {option} " in helped.stdout for option in {*options, "--reset", "--yes"})
    assert not (tmp_path / "var").exists()


def test_yes_alone_is_refused(tmp_path):
    assert run(tmp_path / "var", "--yes").returncode == 2


# --- reset ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def var(tmp_path, settings):
    """As a demo leaves it, with what phones trust and what a test run keeps."""
    settings.VAR_DIR, settings.WORLD_FILE = tmp_path, tmp_path / "world"
    settings.DATABASE_GIVEN = False
    for name in ("db.sqlite3", "db.sqlite3-wal", "mail/1.eml", "photos/a/b", "secrets/secret_key"):
        write(tmp_path / name)
    for name in ("certificates/authority.pem", "tests/kept.sqlite3"):
        write(tmp_path / name)
    (tmp_path / "world").write_text("demo")
    return tmp_path


def write(path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")


def left(var) -> set[str]:
    found = {str(path.relative_to(var)) for path in var.rglob("*") if path.is_file()}
    return found - {"lock"}


def test_a_reset_removes_the_demo_and_leaves_what_is_not_its_own(var):
    call_command("reset", "--yes")
    assert left(var) == {"certificates/authority.pem", "tests/kept.sqlite3"}

    call_command("reset")  # there is nothing to ask about


def test_a_reset_is_refused_while_another_copy_runs(var):
    before = left(var)
    with (
        claim_data(var, "http://127.0.0.1:8000"),
        pytest.raises(CommandError, match=r"in use by http://127\.0\.0\.1:8000"),
    ):
        call_command("reset", "--yes")
    assert left(var) == before


def test_where_nobody_can_be_asked_nothing_is_removed_without_yes(var):
    before = left(var)
    with pytest.raises(CommandError, match="Give --yes"):
        call_command("reset")
    assert left(var) == before


@pytest.mark.parametrize("world", ["empty", None])
def test_what_is_no_demo_is_never_removed(var, world):
    (var / "world").unlink() if world is None else (var / "world").write_text(world)
    before = left(var)
    with pytest.raises(CommandError, match="does not hold the demo world"):
        call_command("reset", "--yes")
    assert left(var) == before


def test_a_reset_does_not_reach_the_database_of_database_url(var, settings):
    settings.DATABASE_GIVEN = True
    before = left(var)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("reset", "--yes")
    assert left(var) == before


# --- packages ---------------------------------------------------------------------------------------------------------
def test_the_packages_are_counted_while_pip_fetches_them(monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("environment", HOME / "bin" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    packages = module.packages_of("requirements.txt")
    progress = module.Progress(packages)
    for line in (
        "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
        "Collecting Django==5.2.8 (from -r requirements.txt (line 1))",
        "  Downloading django-5.2.8-py3-none-any.whl (8.3 MB)",
        "Requirement already satisfied: celery==5.7.0 in ./.venv/lib (from -r requirements.txt)",
        "Installing collected packages: django",
    ):
        progress.read(line)
    progress.end()

    said = capsys.readouterr().out
    assert {"django", "celery"} <= packages
    assert f"of {len(packages)}  django" in said
    assert f"of {len(packages)}  celery" in said
    assert "Unpacking the packages" in said
    assert "Packages installed after" in said
