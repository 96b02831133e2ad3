"""The catalogue and what belongs in it, read without gettext's tools: no fresh machine has them."""

import ast
import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation.template import templatize

ROOMS = ("accounts", "config", "core", "demo", "fleetcontrol", "installers", "jobs", "telematics")
CALLS = {  # where context, singular and plural stand among a call's arguments
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
TEMPLATE_CALL = re.compile(rf"(\w*gettext|\b_)\(({LITERAL}(?:\s*,\s*{LITERAL})*)")
PO_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+)?(".*")$')
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%[sd]|\{\w*\}|</?\w+[^>]*>")


class Entry(NamedTuple):
    context: str | None
    singular: str
    plural: str | None
    translations: tuple[str, ...] = ()
    flags: str = ""

    @property
    def key(self) -> tuple[str | None, str]:
        return self.context, self.singular


def read_po(path: Path) -> list[Entry]:
    return [
        _entry(block)
        for block in path.read_text("utf-8").split("\n\n")
        if "\nmsgid " in f"\n{block}"
    ][1:]


def _entry(block: str) -> Entry:
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if match := PO_LINE.match(line):
            name = match[1] or name
            fields[name] = fields.get(name, "") + ast.literal_eval(match[2])
    flags = " ".join(line for line in block.splitlines() if line.startswith("#,"))
    said = tuple(text for field, text in fields.items() if field.startswith("msgstr"))
    return Entry(fields.get("msgctxt"), fields["msgid"], fields.get("msgid_plural"), said, flags)


def templates() -> list[Path]:
    return sorted(
        path
        for path in (settings.BASE_DIR / "templates").rglob("*")
        if path.suffix in (".html", ".txt")
    )


def sources() -> list[Path]:
    return sorted(path for room in ROOMS for path in (settings.BASE_DIR / room).rglob("*.py"))


def extracted() -> set[tuple[str | None, str, str | None]]:
    found: set[tuple[str | None, str, str | None]] = set()
    for path in sources():
        found.update(of_python(path.read_text("utf-8")))
    for path in templates():
        found.update(of_template(path.read_text("utf-8")))
    return found


def of_python(source: str):
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
        if name in CALLS and _said(name, texts):
            yield _said(name, texts)


def of_template(source: str):
    for name, literals in TEMPLATE_CALL.findall(templatize(source)):
        yield _said(name, list(ast.literal_eval(f"({literals},)")))


def _said(name: str, texts: list):
    context, singular, plural = (
        None if at is None or at >= len(texts) else texts[at] for at in CALLS[name]
    )
    return (context, singular, plural) if isinstance(singular, str) else None


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))
