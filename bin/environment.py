"""Makes `.venv` with what a requirements file pins, when that changed; then runs a command in it.

Standard library alone.

bin/environment requirements.txt manage.py up --port 8000
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
VENV = HOME / ".venv"
INSTALLED = VENV / "installed"  # a copy of each requirements file that is in the environment, whole
INCLUDES = {"requirements-dev.txt": ["requirements.txt"]}
LAST_WORDS = 20  # lines of pip
NAMED = re.compile(r"(?:Collecting|Ignoring|Requirement already satisfied:) (\S+)")


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
    files = [requirements, *INCLUDES.get(requirements, [])]
    progress = Progress(set().union(*map(packages_of, files)))
    pip = [
        python,
        "-m",
        "pip",
        "install",
        "--progress-bar=off",
        "--disable-pip-version-check",
        "--no-input",
        "--require-hashes",
    ]
    running = subprocess.Popen(
        [*pip, "-r", requirements], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert running.stdout
    for line in running.stdout:
        progress.read(line.rstrip())
    if running.wait():
        progress.fail()
        sys.exit("The packages could not be installed; the reason is above.")
    progress.end()
    INSTALLED.mkdir(exist_ok=True)
    for name in files:
        shutil.copyfile(HOME / name, INSTALLED / name)


def packages_of(requirements: str) -> set[str]:
    """The names that it pins, as `django==5.2.8 \\`."""
    lines = (HOME / requirements).read_text().splitlines()
    return {plain(line) for line in lines if "==" in line and line[0] not in " #"}


def plain(requirement: str) -> str:
    """The name in `Name[extra]==1.0 ; marker`."""
    return re.split(r"[^\w.-]", requirement.strip(), maxsplit=1)[0].lower()


class Progress:
    """One line that counts what pip fetches; pip itself is silent for half a minute, or writes hundreds of lines.

    In a terminal the line is written again and again.
    """

    def __init__(self, packages: set[str]):
        self.packages = packages
        self.met: set[str] = set()
        self.began = time.monotonic()
        self.is_terminal = sys.stdout.isatty()
        self.said: list[str] = []
        self._show(f"Fetching {len(packages)} packages …")

    def read(self, line: str) -> None:
        self.said.append(line)
        found = NAMED.match(line)
        if found and plain(found[1]) in self.packages:
            self.met.add(plain(found[1]))
            if self.is_terminal:
                count = f"{len(self.met)} of {len(self.packages)}"
                self._show(f"Fetching packages … {count}  {plain(found[1])}")
        elif line.startswith("Installing collected packages"):
            self._show("Unpacking the packages …")

    def end(self) -> None:
        self._show(f"Packages installed after {time.monotonic() - self.began:.0f} s.")
        if self.is_terminal:
            print(flush=True)

    def fail(self) -> None:
        """What pip said last, which names the reason."""
        print("", *self.said[-LAST_WORDS:], sep="\n", flush=True)

    def _show(self, text: str) -> None:
        if self.is_terminal:
            width = shutil.get_terminal_size().columns - 1
            print(f"\r\033[K{text[:width]}", end="", flush=True)
        else:
            print(text, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
