"""From one HTML template to a whole mail: subject, HTML and text."""

import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

WORD_JOINER = "\u2060"  # invisible, without width, and no part of any address
_LINKISH = re.compile(r"([.:/@])(?=\S)")


class Letter(NamedTuple):
    subject: str
    text: str
    html: str


def render(template: str, context: dict[str, Any], *, language: str, time_zone: str) -> Letter:
    """`path` and `…_path` in the context become `url` and `…_url` under the site's own address, `…_at` a time; every
    other text is defused."""
    with translation.override(language), timezone.override(time_zone):
        values = {name: _prepared(name, value) for name, value in context.items()}
        for name in context:
            if name == "path" or name.endswith("_path"):
                values[f"{name.removesuffix('path')}url"] = f"{settings.BASE_URL}{context[name]}"
        html = render_to_string(
            f"{template}.html", values | {"base_url": settings.BASE_URL, "language": language}
        )
    reader = _Reader()
    reader.feed(html)
    return Letter(reader.subject, reader.text, html)


def unsubscribing(context: dict[str, Any]) -> dict[str, str]:
    """The headers by which a mail program offers to stop mails of this kind with one click (RFC 8058)."""
    if "unsubscribe_path" not in context:
        return {}
    link = f"<{settings.BASE_URL}{context['unsubscribe_path']}>"
    return {"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def defuse(text: str) -> str:
    """`text` as it was, but nothing in it that a mail program would make a link of: people choose
    their names freely.
    """
    return _LINKISH.sub(rf"\1{WORD_JOINER}", text)


def _prepared(name: str, value: Any) -> str | datetime | Any:
    if not isinstance(value, str):
        return value
    if name.endswith("_at"):
        return parse_datetime(value)
    return defuse(value)


class _Reader(HTMLParser):
    """Reads our own mails aloud: paragraphs apart, list items with a dash, a link as its label and its address."""

    BLOCKS = {"p", "h1", "ul", "div", "table", "tr", "hr"}
    SILENT = {"style", "title"}

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.title = ""
        self._inside: list[str] = []
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside.append(tag)
        if tag in self.BLOCKS:
            self.parts.append("\n\n")
        elif tag == "br":
            self._inside.pop()
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass
        if tag == "a":
            self.parts[-1] = self.parts[-1].rstrip()
            self.parts.append(f":\n{self._href}")
        elif tag in self.BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if "title" in self._inside:
            self.title += data
        elif not self.SILENT.intersection(self._inside):
            self.parts.append(re.sub(r"\s+", " ", data))

    @property
    def subject(self) -> str:
        return " ".join(self.title.split())

    @property
    def text(self) -> str:
        lines = (line.strip(" ") for line in "".join(self.parts).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"
