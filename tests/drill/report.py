"""What the drill did, how long each step took, and how it ended: at the terminal, and on a page."""

import datetime
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LAST_RUN = "## The last run\n"


class Failed(Exception):
    """A step that did not come out as it must."""


@dataclass
class Step:
    text: str
    seconds: float = 0.0
    result: str = ""


@dataclass
class Part:
    title: str
    steps: list[Step] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""


class Report:
    def __init__(self) -> None:
        self.parts: list[Part] = []

    @contextmanager
    def part(self, title: str) -> Iterator[None]:
        """What fails in it is written down, and the next part goes on."""
        part = Part(title)
        self.parts.append(part)
        show(f"\n{title}")
        began = time.monotonic()
        try:
            yield
        except Exception as error:
            part.error = f"{type(error).__name__}: {error}"
            show(f"  FAILED: {part.error}")
        finally:
            part.seconds = time.monotonic() - began

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Its time counts, also where it fails. `result` is what it found."""
        step = Step(text)
        self.parts[-1].steps.append(step)
        show(f"  {text} …")
        began = time.monotonic()
        try:
            yield step
        except Exception:
            step.result = "FAILED"
            raise
        finally:
            step.seconds = time.monotonic() - began
            show(f"  {'':4}{step.seconds:.1f} s. {step.result}".rstrip())

    @property
    def is_clean(self) -> bool:
        return not any(part.error for part in self.parts)

    def write(self, page: Path) -> None:
        """Put each table in place of the same part's of the run before, at the end of the page."""
        kept, _heading, before = page.read_text().partition(LAST_RUN)
        sections = dict(map(titled, before.split("\n### ")[1:]))
        sections |= {part.title: section_of(part) for part in self.parts}
        text = "".join(f"\n### {title}\n{section}" for title, section in sections.items())
        page.write_text(f"{kept}{LAST_RUN}{text}")


def titled(section: str) -> tuple[str, str]:
    title, _end, rest = section.partition("\n")
    return title, f"{rest.rstrip()}\n"


def section_of(part: Part) -> str:
    today = datetime.date.today().isoformat()
    rows = [f"| {step.text} | {step.seconds:.1f} | {step.result} |" for step in part.steps]
    outcome = f"Failed: {part.error}" if part.error else "Everything holds"
    lines = ["", "| step | seconds | result |", "|---|---|---|", *rows]
    lines += ["", f"{outcome}, after {part.seconds:.0f} s, on {today}."]
    return "\n".join(lines) + "\n"


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def expect(*faults: list[str]) -> None:
    """Raises Failed with all of them."""
    found = [fault for some in faults for fault in some]
    if found:
        raise Failed(f"{len(found)} faults:\n    " + "\n    ".join(found[:20]))
