"""The guides of the APIs, docs/api/<name>.md, as parts of a page. A translation is docs/api/<name>.<language>.md."""

from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = settings.BASE_DIR / "docs" / "api"


class Section(NamedTuple):
    id: str
    title: str


class Guide(NamedTuple):
    title: str
    language: str
    # Its first paragraph, and the rest.
    lead: SafeString
    body: SafeString
    sections: list[Section]


class Parsed(NamedTuple):
    tokens: list[Token]
    language: str


@cache
def read(name: str, language: str) -> Guide:
    """The guide in this language, otherwise in English."""
    tokens, language = parsed(name, language)
    title, lead, body = tokens[:3], tokens[3:6], tokens[6:]
    sections = _named_sections(body)
    return Guide(title[1].content, language, html(lead), html(body), sections)


def parsed(name: str, language: str) -> Parsed:
    path = FOLDER / f"{name}.{language}.md"
    if not path.exists():
        path = FOLDER / f"{name}.md"
        language = "en"
    return Parsed(markdown.parse(path.read_text()), language)


def html(tokens: list[Token]) -> SafeString:
    # These texts are the product's own, and so is the HTML in them.
    return mark_safe(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S308


def _named_sections(tokens: list[Token]) -> list[Section]:
    """Give each heading an id, and each table the name of its section. Return the sections."""
    sections: list[Section] = []
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[number + 1].content
            token.attrSet("id", slugify(heading))
            sections.append(Section(slugify(heading), heading))
        elif token.type == "table_open":
            token.meta["label"] = sections[-1].title
        elif token.type == "th_open":
            token.attrSet("scope", "col")
    return sections


def _table(_renderer: Any, tokens: list[Token], number: int, *_more: Any) -> str:
    """Scrolls by itself where it is too wide, also by keyboard."""
    return format_html(
        '<div class="table-shell"><div class="table-scroll" tabindex="0" role="region" aria-label="{}">'
        '<table class="list wraps">',
        tokens[number].meta["label"],
    )


def _end_of_table(*_more: Any) -> str:
    return "</table></div></div>"


def _code(_renderer: Any, tokens: list[Token], number: int, *_more: Any) -> str:
    return format_html('<pre tabindex="0"><code>{}</code></pre>', tokens[number].content)


markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
markdown.add_render_rule("table_open", _table)
markdown.add_render_rule("table_close", _end_of_table)
markdown.add_render_rule("fence", _code)
