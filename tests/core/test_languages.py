"""English is written in the sources; German stands in one catalogue that has every text, and every page uses it."""

import ast
import gettext
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings

from tests import catalogue

pytestmark = pytest.mark.once
GERMAN = settings.BASE_DIR / "locale/de/LC_MESSAGES"
ENTRIES = catalogue.read_po(GERMAN / "django.po")


def test_every_text_has_its_german_one_and_no_guess():
    assert len(ENTRIES) > 1000
    assert [
        entry.key for entry in ENTRIES if not all(entry.translations) or "fuzzy" in entry.flags
    ] == []
    assert [
        entry.key for entry in ENTRIES if len(entry.translations) != (2 if entry.plural else 1)
    ] == []


def test_the_catalogue_has_what_the_sources_say_and_nothing_else():
    said = {(context, text) for context, text, _plural in catalogue.extracted()}
    assert {entry.key for entry in ENTRIES} == said


def test_plurals_are_known_as_plurals():
    said = {(context, text, plural) for context, text, plural in catalogue.extracted() if plural}
    assert {
        (entry.context, entry.singular, entry.plural) for entry in ENTRIES if entry.plural
    } == said


def test_what_is_compiled_is_what_is_written():
    with (GERMAN / "django.mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)
    compiled.pop("")
    written = {}
    for entry in ENTRIES:
        text = entry.singular if entry.context is None else f"{entry.context}\x04{entry.singular}"
        if entry.plural:
            written |= {(text, number): german for number, german in enumerate(entry.translations)}
        else:
            written[text] = entry.translations[0]
    assert compiled == written


def test_translations_keep_placeholders_and_tags():
    off = []
    for entry in ENTRIES:
        for text, german in zip((entry.singular, entry.plural), entry.translations, strict=False):
            if catalogue.placeholders(text) != catalogue.placeholders(german):
                off.append((text, german))
    assert off == []


# --- texts that nobody marked -----------------------------------------------------------------------------------------
NAMES = {"FleetControl", "SmartControl", "OneAPI"}
READ_ALOUD = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}
BLOCKS = r"{%\s*(?P<tag>comment|blocktranslate)\b.*?{%\s*end(?P=tag)\s*%}"
CODE = re.compile(rf"{BLOCKS}|{{#.*?#}}|{{%.*?%}}|{{{{.*?}}}}", re.DOTALL)
# These have the names of CSS classes alone.
CLASSES_BLOCK = re.compile(
    r"{% block (?:frame_class|bodyclass|coltype) %}.*?{% endblock\s*\w* %}", re.DOTALL
)
SILENT = {"script", "style", "pre"}  # the last one has programs
SPEECH = {
    *(
        "label",
        "help_text",
        "verbose_name",
        "verbose_name_plural",
        "short_description",
        "title",
        "placeholder",
    ),
    *("empty_label", "lead", "submit", "done"),
}
RAISED = {"MoveRefused": 1, "NotAllowed": 1, "ValidationError": 0}


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag, attrs):
        self._silent += tag in SILENT
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag):
        self._silent -= tag in SILENT

    def handle_data(self, data):
        if not self._silent:
            self.found.append(data)

    @classmethod
    def of(cls, html: str) -> list[str]:
        reader = cls()
        reader.feed(html)
        reader.close()
        return reader.found


def bare(source: str) -> set[str]:
    """Words of a template that stand outside of any tag."""
    texts = Words.of(CODE.sub("", CLASSES_BLOCK.sub("", source)))
    return {word for text in texts for word in re.findall(r"[A-Za-z]{2,}", text)} - NAMES


def test_a_bare_word_in_a_template_is_found():
    assert bare('<p title="Read me">{% translate "Fine" %} Not <b>so</b></p>{# None #}') == {
        "Read",
        "me",
        "Not",
        "so",
    }


@pytest.mark.parametrize(
    "path", catalogue.templates(), ids=lambda path: str(path.relative_to(settings.BASE_DIR))
)
def test_templates_say_nothing_outside_of_translate_tags(path):
    assert bare(path.read_text("utf-8")) == set()


def plain(source: str):
    """Texts for people that are plain strings: named arguments and attributes of forms and columns,
    refusals, messages.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            spoken = [word.value for word in node.keywords if word.arg in SPEECH]
            if name in RAISED or (
                name in ("success", "info", "warning", "error") and _is_messages(node.func)
            ):
                spoken += node.args[RAISED.get(name, 1) :][:1]
            if name in ("display", "action"):
                spoken += [word.value for word in node.keywords if word.arg == "description"]
        elif (
            isinstance(node, ast.Assign)
            and {getattr(target, "id", "") for target in node.targets} & SPEECH
        ):
            spoken = [node.value]
        else:
            continue
        yield from (text.value for text in spoken if _is_text(text))


def _is_messages(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "messages"


def _is_text(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and bool(re.search("[A-Za-z]{2}", node.value))
    )


def test_a_plain_text_in_python_is_found():
    source = 'title = "Bad"\nmessages.info(request, "Worse")\nraise MoveRefused("code", "Worst")\ntitle = _("Good")'
    assert set(plain(source)) == {"Bad", "Worse", "Worst"}


# API documents are written for programmers, in English; metrics for machines.
FOR_PROGRAMMERS = {"What `If-Match` compares.", "status", "queue", "sweep"}


def test_python_says_nothing_to_people_in_plain_strings():
    off = {
        f"{path.relative_to(settings.BASE_DIR)}: {text}"
        for path in catalogue.sources()
        if "migrations" not in path.parts
        for text in plain(path.read_text("utf-8"))
        if text not in FOR_PROGRAMMERS
    }
    assert off == set()
