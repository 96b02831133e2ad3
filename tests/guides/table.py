"""The page docs/guides.md: each sentence of the guides with its test and its state."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.guides.sentences import PARTS, Sentence

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "guides.md"
NAME = re.compile(r"test_(\d{3})_\w+")
HEAD = """\
# What the guides promise, and which test keeps it

The public guides of the original system, in our words. Each sentence has a test of its own in
[tests/guides](../tests/guides/), through the door that its reader uses: a browser for people, HTTP for
machines. Where the guides disagree, the newest label wins, and [product.md](product.md) decides.

This page is made by `python -m tests.guides` from the sentences in `tests/guides/sentences.py` and the tests beside it.
"""


@dataclass(frozen=True)
class Kept:
    """A test that keeps a sentence; number 0, which no sentence has, if its name tells none."""

    number: int
    name: str
    file: str


def kept() -> Iterator[Kept]:
    """The tests of this folder, as they are written."""
    for path in sorted(HERE.glob("test_*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield Kept(number_of(node.name), node.name, path.name)


def number_of(name: str) -> int:
    found = NAME.fullmatch(name)
    return int(found[1]) if found else 0


def sentences() -> list[Sentence]:
    return [sentence for part in PARTS.values() for sentence in part]


def page() -> str:
    tests = {test.number: test for test in kept()}
    lines = [HEAD]
    for title, part in PARTS.items():
        lines += [f"## {title}", "| # | sentence | test | state |", "|---|---|---|---|"]
        lines += [row(sentence, tests.get(sentence.number)) for sentence in part]
        lines.append("")
    return "\n".join(lines)


def row(sentence: Sentence, test: Kept | None) -> str:
    state = f"{sentence.state}: {sentence.note}" if sentence.note else str(sentence.state)
    link = f"[{test.name}](../tests/guides/{test.file})" if test else "–"
    return f"| {sentence.number} | {sentence.text} | {link} | {state} |"
