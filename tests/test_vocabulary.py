"""One concept, one word: no text, document, docstring or comment uses a word that docs/vocabulary.md retires."""

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

HOME = Path(settings.BASE_DIR)
ROOMS = ("accounts", "config", "core", "demo", "fleetcontrol", "installers", "jobs", "telematics")
DOCUMENTS = [HOME / "README.md", HOME / "CONTRIBUTING.md", *sorted((HOME / "docs").rglob("*.md"))]
# These two name the retired words.
NAMING = {HOME / "docs" / "vocabulary.md", HOME / "docs" / "style.md"}
CATALOGUE = HOME / "locale" / "de" / "LC_MESSAGES" / "django.po"


def words_of(section: str) -> list[str]:
    """The first column of the table in a section of docs/vocabulary.md."""
    page = (HOME / "docs" / "vocabulary.md").read_text()
    table = page.partition(f"## {section}\n")[2].partition("\n## ")[0]
    words = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(words) > 10
    return [re.escape(word) for word in words]


@cache
def retired() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(words_of('Retired words'))})\b", re.IGNORECASE)


@cache
def retired_in_german() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(words_of('Retired German words'))})\w*")


def found(text: str, place: str, words: re.Pattern[str] | None = None) -> list[str]:
    words = words or retired()
    return [f"{place}: {match.group()}" for match in words.finditer(" ".join(text.split()))]


def quoted(entry: str) -> str:
    """The texts of a part of an entry of the catalogue."""
    return "".join(re.findall(r'^(?:msg\S* )?"(.*)"$', entry, re.MULTILINE))


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """The docstrings and comments of a module, with their lines."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


def names(path: Path) -> Iterator[str]:
    """The names that a module gives to what it defines: classes, functions, parameters, variables."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


@pytest.mark.parametrize("room", ROOMS)
def test_docstrings_and_comments_use_no_retired_word(room):
    hits = []
    for path in sorted((HOME / room).rglob("*.py")):
        if "migrations" not in path.parts:
            for line, text in prose(path):
                hits += found(text, f"{path.relative_to(HOME)}:{line}")
    assert hits == []


@pytest.mark.parametrize("room", [*ROOMS, "bench"])
def test_names_use_no_retired_word(room):
    retired_words = set(words_of("Retired words in names"))
    hits = []
    for path in sorted((HOME / room).rglob("*.py")):
        if "migrations" not in path.parts:
            for name in names(path):
                words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
                if retired_words & {word.lower() for word in words}:
                    hits.append(f"{path.relative_to(HOME)}: {name}")
    assert hits == []


def test_texts_use_no_retired_word():
    hits = []
    for entry in CATALOGUE.read_text().split("\n\n"):
        if "#~" not in entry:
            english, _separator, german = entry.partition("msgstr")
            hits += found(quoted(english), quoted(english)[:60])
            hits += found(quoted(f"msgstr{german}"), quoted(english)[:60], retired_in_german())
    assert hits == []


def test_texts_spell_e_mail_and_licence_in_one_way():
    """Names of parameters, as in `%(email)s`, are no words of a text."""
    other = re.compile(r"(?<![%({.\w])(?:emails?|licenses?)\b", re.IGNORECASE)
    assert other.search("Your Email")
    assert not other.search("%(email)s has an e-mail")
    hits = []
    for entry in CATALOGUE.read_text().split("\n\n"):
        if "#~" not in entry:
            hits += found(quoted(entry.partition("msgstr")[0]), "text", other)
    assert hits == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_use_no_retired_word(document):
    if document not in NAMING:
        words = retired_in_german() if document.name.endswith(".de.md") else None
        assert found(document.read_text(), document.name, words) == []


def test_a_retired_word_is_found_wherever_a_line_breaks():
    assert found("Whoever has it,\nby  now.", "here") == ["here: Whoever", "here: by now"]


def test_a_retired_german_word_is_found_with_every_ending():
    assert found("Namen der Firmenkunden", "here", retired_in_german()) == ["here: Firmenkunden"]
    assert found("Firmware 2.1", "here", retired_in_german()) == []
