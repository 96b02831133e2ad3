"""What one cell may hold: each kind of rule reads a text into a plain value, or says what is wrong with it."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jobs.importing import words
from jobs.importing.characters import SHORTENED
from jobs.importing.errors import BadCell
from telematics.models.unit import qnr_validator
from telematics.models.vehicle import vin_validator

# Compiled here: Django's own are compiled lazily, and asked through a proxy each time.
VIN, QNR = (re.compile(validator.regex.pattern) for validator in (vin_validator, qnr_validator))

Reader = Callable[[str], Any]


class Rule:
    """`read` gets a cleaned, filled text. `sentence`, `characters` and `allowed` are what the help page says.

    `needs_column`: what a text means depends on the other rows.
    """

    sentence: Any = ""
    characters: Any = ""
    allowed: tuple[str, ...] = ()
    needs_column = False

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def reader_for(self, texts: Iterable[str]) -> Reader:
        """For a rule that has to see a whole column before it can read one cell."""
        return self.read


class Text(Rule):
    """One line, or several. `but` are the signs allowed beside letters, digits and blanks; None allows all of them."""

    def __init__(self, length: int, *, but: str | None = None, lines: bool = False):
        self.length = length
        self.sentence = format_lazy(gettext_lazy("Up to {length} characters."), length=length)
        if but is None:
            sign = r"[^\t]" if lines else r"[^\n\t]"
            self.characters = gettext_lazy("Any, also line breaks.") if lines else gettext_lazy("Any, on one line.")
        else:
            sign = rf"(?:[^\W_]|[ {re.escape(but)}])"
            self.characters = format_lazy(gettext_lazy("Letters, digits, blanks and {signs}"), signs=" ".join(but))
        self.sign = re.compile(sign)
        self.good = re.compile(rf"(?!{SHORTENED.pattern}\Z){sign}{{0,{length}}}", re.IGNORECASE)

    def read(self, text: str) -> str:
        if not self.good.fullmatch(text):
            raise self._refusal(text)
        return text

    def _refusal(self, text: str) -> BadCell:
        if len(text) > self.length:
            return BadCell("too_long", _("Up to %(length)s characters are allowed.") % {"length": self.length})
        refuse_shortened(text)
        if "\n" in text:
            return BadCell(
                "line_break",
                _("Contains a line break. Is a quotation mark before it left open?"),
                " ".join(text.split())[:100],
            )
        wrong = next((sign for sign in text if not self.sign.fullmatch(sign)), "")
        return BadCell(
            "character_not_allowed",
            _("The character “%(sign)s” is not allowed in this column.") % {"sign": wrong},
            "".join(sign for sign in text if self.sign.fullmatch(sign)),
        )


class Choice(Rule):
    """One of a model's choices, by its value or its label in any language."""

    characters = gettext_lazy("One of the allowed values; upper or lower case does not matter.")

    def __init__(self, choices: Any):
        self.choices = choices
        self.allowed = tuple(choices.values)
        self.sentence = gettext_lazy("One of the allowed values.")

    @cached_property
    def known(self) -> dict[str, str]:
        labels = {words.key(label): one.value for one in self.choices for label in words.in_every_language(one.label)}
        return labels | {words.key(value): value for value in self.allowed}

    def read(self, text: str) -> str:
        try:
            return self.known[words.key(text)]
        except KeyError:
            near = words.closest(text, self.known)
            raise BadCell(
                "not_a_choice",
                _("Is none of the allowed values: %(allowed)s.") % {"allowed": ", ".join(self.allowed)},
                self.known.get(near, ""),
            ) from None


# Of a feature: against template and preset too, which a blank cell leaves the choice to.
UNDECIDED = "installer decides"


class Flag(Rule):
    """On, off, or None: the installer decides. Spreadsheets write their own words in their own language."""

    allowed = ("on", "off", UNDECIDED)
    sentence = gettext_lazy(
        "On, off, or installer decides; blank leaves it to template and preset, then to the installer."
    )
    characters = gettext_lazy("Also understood: true, false, yes, no, 1, 0.")
    WORDS = {
        True: ("on", "true", "yes", "y", "1", "x", "an", "ein", "wahr", "ja", "j"),
        False: ("off", "false", "no", "n", "0", "aus", "falsch", "nein"),
        None: (UNDECIDED, "not set", "installateur entscheidet", "nicht gesetzt", "-"),
    }
    KNOWN = {words.key(word): value for value, several in WORDS.items() for word in several}

    def read(self, text: str) -> bool | None:
        try:
            return self.KNOWN[words.key(text)]
        except KeyError:
            near = words.closest(text, self.KNOWN)
            suggestion = {True: "on", False: "off", None: UNDECIDED}[self.KNOWN[near]] if near else ""
            raise BadCell("not_a_flag", _("Is neither on nor off."), suggestion) from None


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
        found = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", text, re.ASCII)
        if not found:
            raise BadCell("not_a_year", _("Is not a year."))
        year = int(found[1])
        if not self.FIRST <= year <= self.last:
            raise BadCell("year_out_of_range", self.sentence)
        return year


class Vin(Rule):
    sentence = gettext_lazy("17 characters; case, blanks and hyphens do not matter.")
    characters = gettext_lazy("A–Z and 0–9 without I, O and Q.")
    MISREAD = str.maketrans("IOQ", "100")

    def read(self, text: str) -> str:
        if VIN.fullmatch(text):
            return text
        vin = re.sub(r"[\s-]", "", text).upper()
        if VIN.fullmatch(vin):
            return vin
        refuse_shortened(text)
        meant = vin.translate(self.MISREAD)
        suggestion = meant if VIN.fullmatch(meant) else ""
        if len(vin) != 17:
            raise BadCell("vin_length", _("A VIN has 17 characters."))
        raise BadCell("vin_characters", vin_validator.message, suggestion)


class Qnr(Rule):
    sentence = gettext_lazy(
        "The 16 characters printed on the unit; it must be in stock of the fleet and planned for no open job."
    )
    characters = gettext_lazy("0–9 and A–F.")

    def read(self, text: str) -> str:
        qnr = re.sub(r"[\s:-]", "", text).upper()
        if QNR.fullmatch(qnr):
            return qnr
        refuse_shortened(text)
        suggestion = qnr.replace("O", "0").replace("I", "1")
        raise BadCell("qnr", qnr_validator.message, suggestion if QNR.fullmatch(suggestion) else "")


class Key(Rule):
    """Names another row. Whether the fleet may use it is asked for all keys of the column at once (lookups.py)."""

    def __init__(self, sentence: Any, characters: Any, length: int = 100):
        self.sentence, self.characters, self.length = sentence, characters, length

    def read(self, text: str) -> str:
        if len(text) > self.length:
            raise BadCell("too_long", _("Is too long."))
        return text


class Day(Rule):
    """ISO, German, or with slashes, whose order the column itself has to give away."""

    sentence = gettext_lazy(
        "A date, best written as 2026-11-24. Also understood: 24.11.2026; 11/24/2026 as far as it is clear."
    )
    needs_column = True
    characters = gettext_lazy("Digits, hyphens, full stops, slashes.")
    ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]{5,15}Z?)?", re.ASCII)
    DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})(?: [\d:.]{5,15})?", re.ASCII)
    SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?: [\d:.]{4,15}(?: ?[AP]M)?)?", re.ASCII | re.IGNORECASE)

    def reader_for(self, texts: Iterable[str]) -> Reader:
        pairs = [(int(found[1]), int(found[2])) for text in texts if (found := self.SLASHED.fullmatch(text))]
        day_first, month_first = any(one > 12 for one, _two in pairs), any(two > 12 for _one, two in pairs)
        month_leads = None if day_first == month_first else month_first
        return lambda text: self.read(text, month_leads=month_leads)

    def read(self, text: str, *, month_leads: bool | None = None) -> str:
        if found := self.ISO.fullmatch(text):
            return self._day(found[1], found[2], found[3])
        if found := self.DOTTED.fullmatch(text):
            return self._day(found[3], found[2], found[1])
        if found := self.SLASHED.fullmatch(text):
            return self._slashed(found[1], found[2], found[3], month_leads)
        raise BadCell("not_a_date", _("Is not a date."), _("Write it as 2026-11-24."))

    def _slashed(self, one: str, two: str, year: str, month_leads: bool | None) -> str:
        if month_leads is None and int(one) <= 12 and int(two) <= 12 and one != two:
            raise BadCell(
                "ambiguous_date",
                _("Nothing tells whether the day or the month comes first."),
                _("Write it as 2026-11-24."),
            )
        month_first = int(two) > 12 if month_leads is None else month_leads
        return self._day(year, one if month_first else two, two if month_first else one)

    @staticmethod
    def _day(year: str, month: str, day: str) -> str:
        try:
            read = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
        except ValueError:
            raise BadCell("not_a_date", _("There is no such day."), _("Write it as 2026-11-24.")) from None
        if not 2000 <= read.year <= 2100:
            raise BadCell("date_out_of_range", _("Lies outside of the years 2000 to 2100."))
        return read.isoformat()


def refuse_shortened(text: str) -> None:
    if SHORTENED.fullmatch(text):
        raise BadCell(
            "shortened_number",
            _("The spreadsheet has shortened a long number; digits are lost."),
            _("Format the column as text and enter the number again."),
        )
