"""Makes `.venv` with what a requirements file pins, when that changed; then runs a command in it.

Standard library alone.

bin/environment requirements.txt manage.py up --port 8000
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
INSTALLED = VENV / "installed"  # a copy of each requirements file that is in the environment, whole
INCLUDES = {"requirements-dev.txt": ["requirements.txt"]}


def main(requirements: str, *command: str) -> None:
    os.chdir(HOME)
    python = VENV / "bin" / "python"
    if not works(python):
        make()
    if not up_to_date(requirements):
        install(python, requirements)
    os.execv(python, [str(python), *command])


def works(python: Path) -> bool:
    try:
        probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([python, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def make() -> None:
    print("Making the environment in .venv …", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], capture_output=True, text=True
    )
    if made.returncode:
        sys.exit(
            f"{made.stdout}{made.stderr}\nThe environment could not be made (Debian: apt install python3-venv)."
        )


def up_to_date(requirements: str) -> bool:
    copy = INSTALLED / requirements
    return copy.is_file() and copy.read_bytes() == (HOME / requirements).read_bytes()


def install(python: Path, requirements: str) -> None:
    print(f"Installing the packages of {requirements} …", flush=True)
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
    ]
    if subprocess.run([*pip, "-r", requirements]).returncode:
        sys.exit("The packages could not be installed; the reason stands above.")
    INSTALLED.mkdir(exist_ok=True)
    for name in [requirements, *INCLUDES.get(requirements, [])]:
        shutil.copyfile(HOME / name, INSTALLED / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
