"""A run whose process dies ends all the same, and says which test it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEADLY = """
import os, signal, pytest

@pytest.mark.parametrize("number", range(40))
def test_number(number):
    if number in {deadly}:
        os.kill(os.getpid(), signal.SIGSEGV)
"""


@pytest.mark.once
@pytest.mark.parametrize("deadly", [{12, 30}, {39}], ids=["two", "last"])
def test_run_goes_on_when_a_process_dies(tmp_path, deadly):
    ended = run(tmp_path, deadly)
    assert f"{len(deadly)} failed, {40 - len(deadly)} passed" in ended.stdout
    for number in deadly:
        assert f"crashed while running 'test_deadly.py::test_number[{number}]'" in ended.stdout


def run(folder: Path, deadly: set[int]) -> subprocess.CompletedProcess:
    (folder / "test_deadly.py").write_text(DEADLY.format(deadly=deadly))
    (folder / "pytest.ini").write_text("[pytest]\n")
    plugins = ["-p", "tests.cast.processes", "-p", "no:django", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", *plugins, "test_deadly.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=100,
    )
