"""Rules for one cell: each rule turns a text into a plain value, or raises BadCell."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.values.numbers import read_whole
from core.values.texts import LINE, LINES, Line, Lines, Signed
from jobs.importing import words
from jobs.importing.characters import SETTLED
from jobs.importing.errors import BadCell
from jobs.importing.synonyms import FLAGS, VALUES
from telematics.values import LOOK_ALIKES, PLATE, QNR, VIN

Reader = Callable[[str], Any]


class Rule:
    """`read` gets a cleaned text that is not blank. The help page shows `sentence`, `characters` and `allowed`.

    `needs_column`: the meaning of a text depends on the other rows.
    `settled`: cleaning and reading return a text of this pattern as it is, so it needs neither.
    """

    sentence: Any = ""
    characters: Any = ""
    allowed: tuple[str, ...] = ()
    needs_column = False
    settled: re.Pattern[str] | None = None

    def unsettled(self, texts: set[str]) -> set[str]:
        """The texts that have to be cleaned and read."""
        if self.settled is None:
            return texts
        is_settled = self.settled.fullmatch
        return {text for text in texts if not is_settled(text)}

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def reader_for(self, texts: Iterable[str]) -> Reader:
        """The reader for a column with these texts."""
        return self.read


# A plate is stored in upper case.
SETTLED_TEXTS = {
    LINE: SETTLED,
    LINES: SETTLED,
    PLATE: r"[0-9A-ZÄÖÜ]+(?:[ .·•/-][0-9A-ZÄÖÜ]+)*",
}


class Text(Rule):
    """A text of one kind: one line, or several."""

    def __init__(self, length: int, kind: Lines = LINE):
        self.length = length
        self.kind = kind
        if pattern := SETTLED_TEXTS.get(kind):
            self.settled = re.compile(rf"(?!.{{{length + 1}}}){pattern}")
        self.sentence = format_lazy(gettext_lazy("Up to {length} characters."), length=length)
        self.characters = gettext_lazy("Any, including line breaks.")
        if isinstance(kind, Signed):
            self.characters = format_lazy(
                gettext_lazy("Letters, digits, spaces and {signs}"), signs=" ".join(kind.signs)
            )
        elif isinstance(kind, Line):
            self.characters = gettext_lazy("Any, on one line.")

    def read(self, text: str) -> str:
        try:
            value = self.kind.read(text)
        except ValidationError as refused:
            raise self._refusal(text, refused) from refused
        if len(value) > self.length:
            raise BadCell(
                "too_long", _("Up to %(length)s characters are allowed.") % {"length": self.length}
            )
        return value

    def _refusal(self, text: str, refused: ValidationError) -> BadCell:
        suggestion = self.kind.canonical(text)
        message = refused.messages[0]
        if refused.code == "line_break":
            message = _("Contains a line break. Check for an unclosed quotation mark before it.")
        elif isinstance(self.kind, Signed):
            suggestion = self.kind.allowed_part(suggestion)
        return BadCell(str(refused.code), message, suggestion)


class Choice(Rule):
    """One choice of a model field, by its value or by its label in any language."""

    characters = gettext_lazy("One of the allowed values, in upper or lower case.")

    def __init__(self, choices: Any):
        self.choices = choices
        self.allowed = tuple(choices.values)
        self.sentence = gettext_lazy("One of the allowed values.")

    @cached_property
    def known(self) -> dict[str, str]:
        labels = {
            words.key(label): one.value
            for one in self.choices
            for label in (*VALUES.get(one.value, ()), *words.in_every_language(one.label))
        }
        return labels | {words.key(value): value for value in self.allowed}

    def read(self, text: str) -> str:
        try:
            return self.known[words.key(text)]
        except KeyError:
            near = words.closest(text, self.known)
            raise BadCell(
                "not_a_choice",
                _("Use one of the allowed values: %(allowed)s.")
                % {"allowed": ", ".join(self.allowed)},
                self.known.get(near, ""),
            ) from None


class Several(Rule):
    """Some of the words, separated by blanks, in any order."""

    sentence = gettext_lazy("Allowed values, separated by blanks.")
    characters = gettext_lazy("Allowed values, in upper or lower case.")

    def __init__(self, choices: Any):
        self.allowed = tuple(choices.values)

    def read(self, text: str) -> list[str]:
        written = text.upper().split()
        unknown = [word for word in written if word not in self.allowed]
        if unknown:
            known = {words.key(value): value for value in self.allowed}
            near = [known.get(words.closest(word, known), "") for word in unknown]
            raise BadCell(
                "not_a_choice",
                _("Unknown: %(unknown)s. Allowed: %(allowed)s.")
                % {"unknown": ", ".join(unknown), "allowed": ", ".join(self.allowed)},
                self._suggestion(written, dict(zip(unknown, near, strict=True))),
            )
        return [value for value in self.allowed if value in written]

    @staticmethod
    def _suggestion(written: list[str], meant: dict[str, str]) -> str:
        """The cell with each unknown word replaced; none where one of them means nothing."""
        if not all(meant.values()):
            return ""
        return " ".join(meant.get(word, word) for word in written)


# The word for a feature that stays open, whatever template and preset set. A blank cell leaves it to them.
UNDECIDED = "installer decides"


class Flag(Rule):
    """On, off, or None for "installer decides", also in the words that spreadsheets write in German."""

    allowed = ("on", "off", UNDECIDED)
    sentence = gettext_lazy(
        "On, off, or installer decides. Blank: as template or preset set it, otherwise the installer decides."
    )
    characters = gettext_lazy("Also accepted: true, false, yes, no, 1, 0.")
    WORDS = {
        True: ("on", "true", "yes", "y", "1", "x", "an", "ein", "wahr", "ja", "j", *FLAGS[True]),
        False: ("off", "false", "no", "n", "0", "aus", "falsch", "nein", *FLAGS[False]),
        None: (UNDECIDED, "not set", "installateur entscheidet", "nicht gesetzt", "-"),
    }
    KNOWN = {words.key(word): value for value, several in WORDS.items() for word in several}

    def read(self, text: str) -> bool | None:
        try:
            return self.KNOWN[words.key(text)]
        except KeyError:
            raise BadCell("not_a_flag", _("Use on or off."), self._suggestion(text)) from None

    def _suggestion(self, text: str) -> str:
        near = words.closest(text, self.KNOWN)
        if not near:
            return ""
        return {True: "on", False: "off", None: UNDECIDED}[self.KNOWN[near]]


class Year(Rule):
    FIRST = 1980
    characters = gettext_lazy("Digits.")

    @property
    def sentence(self) -> Any:
        return _("A year from %(first)s to %(last)s.") % {"first": self.FIRST, "last": self.last}

    @property
    def last(self) -> int:
        return timezone.now().year + 1

    def read(self, text: str) -> int:
        year = read_whole(text)
        if year is None:
            raise BadCell("not_a_year", _("This is not a year."))
        if not self.FIRST <= year <= self.last:
            raise BadCell("year_out_of_range", self.sentence)
        return year


class Vin(Rule):
    sentence = gettext_lazy("17 characters. Case, spaces and hyphens are ignored.")
    characters = gettext_lazy("A–Z and 0–9 without I, O and Q.")
    settled = re.compile("[A-HJ-NPR-Z0-9]{17}")
    MISREAD = str.maketrans({**LOOK_ALIKES, "I": "1", "O": "0", "Q": "0"})

    def read(self, text: str) -> str:
        try:
            return VIN.read(text)
        except ValidationError as refused:
            if refused.code == "length":
                raise BadCell("vin_length", _("A VIN has 17 characters.")) from refused
            meant = VIN.canonical(text).translate(self.MISREAD)
            suggestion = meant if VIN.takes(meant) else ""
            raise BadCell("vin_characters", refused.messages[0], suggestion) from refused


class Qnr(Rule):
    sentence = gettext_lazy(
        "The 16 characters on the unit. The unit must be in the fleet's stock and not planned for an open job."
    )
    characters = gettext_lazy("0–9 and A–F.")
    MISREAD = str.maketrans({**LOOK_ALIKES, "I": "1", "O": "0"})

    def read(self, text: str) -> str:
        try:
            return QNR.read(text)
        except ValidationError as refused:
            meant = QNR.canonical(text).translate(self.MISREAD)
            suggestion = meant if QNR.takes(meant) else ""
            raise BadCell("qnr", refused.messages[0], suggestion) from refused


class Key(Rule):
    """The key of another row. `Lookups` checks all keys of the column at once."""

    def __init__(self, sentence: Any, characters: Any, length: int = 100):
        self.sentence = sentence
        self.characters = characters
        self.length = length

    def read(self, text: str) -> str:
        if len(text) > self.length:
            raise BadCell(
                "too_long", _("Up to %(length)s characters are allowed.") % {"length": self.length}
            )
        return text
