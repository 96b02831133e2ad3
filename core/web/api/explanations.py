"""Cause and remedy of each code, in docs/api/problems.md and its translations."""

from functools import cache
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.refusals import CATALOGUE, MEMBERS
from core.web.api import guides
from core.web.api.problems import body as problem_body

FLOW_ID = "01JDG4M4Q2W8Z3V5T7Y9R1N6KF"


class Explanation(NamedTuple):
    cause: SafeString
    remedy: SafeString


@cache
def explanations(language: str) -> dict[str, Explanation]:
    """Code → explanation: below the heading of each code a paragraph for its cause, and one for its remedy."""
    tokens = guides.parsed("problems", language).tokens
    texts = [token for token in tokens if token.type == "inline"]
    found = {}
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            heading = texts.index(tokens[number + 1])
            cause, remedy = (guides.html([text]) for text in texts[heading + 1 : heading + 3])
            found[texts[heading].content] = Explanation(cause, remedy)
    return found


def example(code: str) -> dict[str, Any]:
    """An answer with this code, in the reader's language."""
    return problem_body(code, flow_id=FLOW_ID, **_members(code))


def _members(code: str) -> dict[str, Any]:
    """What such a problem has besides."""
    named = {
        name: about["example"]
        for name, about in MEMBERS.items()
        if f"`{code}`" in about["description"]
    }
    if CATALOGUE[code].status == 400:
        named["errors"] = {"name": [_("This value is not valid.")]}
    return named
