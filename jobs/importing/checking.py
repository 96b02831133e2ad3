"""From a sheet to jobs: all cells column by column, then the rules of a whole row and of the whole file."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from jobs.importing import comparing, guessing, questions
from jobs.importing.characters import clean, damaged, odd_ones
from jobs.importing.columns import (
    BY_NAME,
    COLUMNS,
    COMPANY,
    MODEL,
    PLACE,
    PRESET,
    ROLL_OUT,
    UNIT,
    Column,
)
from jobs.importing.errors import BadCell, Finding, shown
from jobs.importing.headings import IGNORE, Heading, is_known, match
from jobs.importing.layout import BY_CONTENT, Layout
from jobs.importing.lookups import Lookups
from jobs.importing.reading import read_file
from jobs.importing.rules import Reader
from jobs.importing.sheet import Reading

if TYPE_CHECKING:
    from accounts.models import Company, Fleet
    from jobs.models.job_template import JobTemplate

# The value of a cell that holds nothing but blanks. None is a value of its own: "installer decides".
BLANK: Any = object()
REFERENCES = (MODEL, PRESET, COMPANY, UNIT, PLACE, ROLL_OUT)


@dataclass
class Options:
    """The choices that a person or client makes beside the file."""

    template: "JobTemplate | None" = None
    prefer_template: bool = False
    company: "Company | None" = None
    columns: dict[str, str] = field(default_factory=dict)  # position → a column's name or IGNORE
    layout: Layout = BY_CONTENT
    # Column → text of a cell → what it means, in every cell with this text.
    values: dict[str, dict[str, str]] = field(default_factory=dict)


class Doubt(NamedTuple):
    """One text of a column that is not a value of it, and the value that is suggested instead."""

    column: str
    text: str
    rows: int
    replacement: str


@dataclass
class Checked:
    """The result of a check: the preview shows it, and the import writes its rows."""

    headings: list[Heading] = field(default_factory=list)
    rows: list[tuple[int, dict[str, Any]]] = field(
        default_factory=list
    )  # without errors: record number, job's values
    total: int = 0
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    differences: list[Finding] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)  # record numbers
    doubts: list[Doubt] = field(default_factory=list)  # also those that `Options.values` decides
    reading: dict[str, Any] = field(default_factory=dict)  # how the file was read, for the preview
    fingerprint: str = ""


def examine(fleet: "Fleet", content: bytes, options: Options) -> Checked:
    """Check a file without writing anything. Raises Unreadable."""
    return Check(fleet, read_file(content, is_known, options.layout), options).run()


class Check:
    """One check of one sheet. A `place` is the index of a row; its record number is `numbers[place]`."""

    def __init__(self, fleet: "Fleet", reading: Reading, options: Options):
        self.reading = reading
        self.sheet = sheet = reading.sheet
        self.options = options
        self.fleet = fleet
        self.lookups = Lookups(fleet)
        self.numbers = [number for number, _cells in sheet.records]
        self.values: list[dict[str, Any]] = [
            {} for _record in sheet.records
        ]  # by field, as far as read
        # One list of texts per position; as many positions as the widest of the rows and the header has cells.
        cells = [sheet.header, *(cells for _number, cells in sheet.records)]
        self.texts = [texts[1:] for texts in zip_longest(*cells, fillvalue="")]
        self.bad: set[int] = set()  # places of the rows with an error
        self.found = Checked(total=len(sheet.records))

    def run(self) -> Checked:
        with timezone.override(self.fleet.time_zone):  # a time with a zone is the fleet's day
            return self._run()

    def _run(self) -> Checked:
        wrong = questions.unanswered(self.reading, self.options)
        unknown = self._match_columns()
        taken = positions(self.found.headings)
        if questions.is_header_missing(wrong):
            unknown = []  # the columns are decided on with it
        elif not taken:
            wrong.append(
                Finding(1, "", "no_known_column", "", _("The file has no known column."), "")
            )
        wrong += unknown
        if self.options.company:
            wrong += self._check_company(self.options.company, named_in_file=COMPANY in taken)
        for column, position in sorted(taken.items(), key=lambda one: one[1]):
            self._read(BY_NAME[column], position)
        if all(heading.column for heading in self.found.headings):
            self._check_blank()  # otherwise an open column may fill the row
        comparing.compare(self, taken)
        questions.warn_of_merged_cells(self)
        return self._settle(wrong)

    def _match_columns(self) -> list[Finding]:
        """Match the headings to columns, and return what is wrong with them."""
        width = len(self.sheet.header)
        filled = {position for position, texts in enumerate(self.texts[:width]) if any(texts)}
        row = 1 if self.reading.header_row else None
        chosen = self.options.columns
        self.found.headings, wrong = match(self.sheet.header, chosen, filled, row=row)
        if any(not heading.column for heading in self.found.headings):
            guessed = self._guessed()
            self.found.headings, wrong = match(self.sheet.header, chosen, filled, guessed, row)
        self._check_width(width)
        return wrong

    def _guessed(self) -> dict[int, str]:
        """The columns that the values of unknown columns suggest."""
        taken = {heading.column for heading in self.found.headings}
        open_ones = {
            heading.position: list(filter(None, self.texts[heading.position]))
            for heading in self.found.headings
            if not heading.column
        }
        return guessing.by_values(open_ones, taken)

    def refuse(self, place: int, column: str, problem: BadCell, value: Any) -> None:
        self.bad.add(place)
        self.found.errors.append(Finding.of(self.numbers[place], column, value, problem))

    def warn(
        self, place: int, column: str, code: str, value: Any, message: Any, suggestion: str = ""
    ) -> None:
        self.found.warnings.append(
            Finding(self.numbers[place], column, code, shown(value), str(message), str(suggestion))
        )

    # --- one column ---------------------------------------------------------------------------------------------------
    def _read(self, column: Column, position: int) -> None:
        texts = self.texts[position]
        decided_on = self.options.values.get(column.name, {})
        outcomes = self._outcomes_of(column, set(texts) - {""}, decided_on)
        wrong = {text: one for text, one in outcomes.items() if isinstance(one, BadCell)}
        self._fill(column.key, texts, outcomes, wrong)
        if wrong or decided_on:
            self._note_doubts(column, texts, outcomes, decided_on)
        if wrong:
            self._refuse_all(column, texts, wrong)
        if column.once:
            self._refuse_repeated(column)

    def _fill(
        self, key: str, texts: Sequence[str], outcomes: dict[str, Any], wrong: Collection[str]
    ) -> None:
        """Set the value of each row that has one."""
        without = {text for text, outcome in outcomes.items() if outcome is BLANK}
        without.update(wrong, [""])
        for values, text in zip(self.values, texts, strict=True):
            if text not in without:
                values[key] = outcomes[text]

    def _outcomes_of(
        self, column: Column, texts: set[str], decided_on: dict[str, str]
    ) -> dict[str, Any]:
        """The outcome of each text, by what a person has decided that it means."""
        if not decided_on:
            return self._outcomes(column, texts)
        meant = {text: decided_on.get(text, text) for text in texts}
        outcomes = self._outcomes(column, set(meant.values()) - {""})
        return {text: outcomes.get(meaning, BLANK) for text, meaning in meant.items()}

    def _note_doubts(
        self,
        column: Column,
        texts: Sequence[str],
        outcomes: dict[str, Any],
        decided_on: dict[str, str],
    ) -> None:
        """Keep the texts that a person can decide on once for all their rows."""
        offered: dict[str, str] = dict.fromkeys(decided_on, "")
        for text, outcome in outcomes.items():
            if isinstance(outcome, BadCell):
                offered[text] = outcome.replacement
        usable = self._usable(column, set(offered.values()) - {""}, outcomes, decided_on)
        rows_of = {text: rows for text, rows in Counter(texts).items() if text in offered}
        for text, rows in sorted(rows_of.items(), key=lambda one: -one[1]):
            replacement = offered[text]
            if replacement not in usable:
                replacement = ""
            self.found.doubts.append(Doubt(column.name, text, rows, replacement))

    def _usable(
        self,
        column: Column,
        replacements: set[str],
        outcomes: dict[str, Any],
        decided_on: dict[str, str],
    ) -> set[str]:
        """The replacements that are values of the column. Other rows mostly have them already."""
        known = replacements & outcomes.keys() - decided_on.keys()
        found = {text: outcomes[text] for text in known}
        found |= self._outcomes(column, replacements - known)
        return {text for text, outcome in found.items() if not isinstance(outcome, BadCell)}

    def _outcomes(self, column: Column, texts: set[str]) -> dict[str, Any]:
        """For each different text of a column: its value, BLANK, or the BadCell that refuses it."""
        if not texts:
            return {}
        unsettled = column.rule.unsettled(texts) | (texts & self.reading.table.dates)
        odd = odd_ones(unsettled)
        cleaned: dict[str, Any] = dict(damaged(odd))
        cleaned |= {text: attempt(clean, text) for text in odd if text not in cleaned}
        meant = {text for text in cleaned.values() if text and not isinstance(text, BadCell)}
        outcomes: dict[str, Any] = {text: text for text in texts}
        outcomes |= self._values(column, (unsettled - cleaned.keys()) | meant)
        for text, one in cleaned.items():
            if isinstance(one, BadCell):
                outcomes[text] = one
            elif one:
                outcomes[text] = outcomes[one]
            else:
                outcomes[text] = BLANK
        return outcomes

    def _values(self, column: Column, texts: set[str]) -> dict[str, Any]:
        reader = column.rule.reader_for(texts)
        values = {text: attempt(reader, text) for text in texts}
        if column.is_name:
            values |= questions.turned_into_dates(texts & self.reading.table.dates)
        if column.name not in REFERENCES:
            return values
        keys = {text: key for text, key in values.items() if not isinstance(key, BadCell)}
        rows = self.lookups.resolve(column.name, keys.values()) if keys else {}
        for text, key in keys.items():
            values[text] = rows[key]
        return values

    def _refuse_all(self, column: Column, texts: Sequence[str], wrong: dict[str, BadCell]) -> None:
        """Add the errors of a column. Each different text is worded once, however many rows hold it."""
        worded = {
            text: Finding.of(None, column.name, text, problem)[1:]
            for text, problem in wrong.items()
        }
        places = [place for place, text in enumerate(texts) if text in worded]
        self.bad.update(places)
        self.found.errors += [
            Finding(self.numbers[place], *worded[texts[place]]) for place in places
        ]

    def _refuse_repeated(self, column: Column) -> None:
        key = column.key
        present = [values[key] for values in self.values if key in values]
        if len(set(present)) == len(present):
            return
        places: dict[str, list[int]] = defaultdict(list)
        for place, values in enumerate(self.values):
            if key in values:
                places[values[key]].append(place)
        for value, several in places.items():
            if len(several) > 1:
                self._refuse_duplicates(column, value, several)

    def _refuse_duplicates(self, column: Column, value: Any, several: list[int]) -> None:
        for place in several:
            others = ", ".join(str(self.numbers[other]) for other in several if other != place)
            where = _("Also in row %(rows)s.") % {"rows": shown(others)}
            message = _("Appears more than once in this file.")
            problem = BadCell("duplicate_in_file", message, where, is_advice=True)
            self.refuse(place, column.name, problem, value)

    # --- whole rows and the whole file --------------------------------------------------------------------------------
    def _check_company(self, company: "Company", *, named_in_file: bool) -> list[Finding]:
        if named_in_file:
            text = _(
                "The file has a column for the partner, so no partner can be chosen for all rows."
            )
            return [Finding(1, COMPANY, "company_twice", company.pk, text, "")]
        partner = self.lookups.resolve(COMPANY, [company.pk])[company.pk]
        if isinstance(partner, BadCell):
            return [Finding.of(1, COMPANY, company.pk, partner)]
        return []

    def _check_width(self, width: int) -> None:
        for place, (_number, cells) in enumerate(self.sheet.records):
            if len(cells) > width:
                message = _(
                    "Has more cells than the header. Check for a separator inside an unquoted text."
                )
                self.refuse(place, "", BadCell("too_many_cells", message), cells[width])

    def _check_blank(self) -> None:
        filling = {column.key for column in COLUMNS if column.fills}
        for place, values in enumerate(self.values):
            is_filled = any(value is not None and key in filling for key, value in values.items())
            if place not in self.bad and not is_filled:
                message = _("Fill at least one field. A partner ID alone is not enough.")
                self.refuse(place, "", BadCell("blank_row", message), "")

    def _settle(self, wrong: list[Finding]) -> Checked:
        """Finish the result.

        A wrong column leaves no good row, because each row would lack the values of that column.
        """
        found = self.found
        found.fingerprint = self.reading.fingerprint
        found.reading = questions.description(self)
        found.bad = [number for place, number in enumerate(self.numbers) if place in self.bad]
        found.errors = wrong + sorted(found.errors, key=record_number)
        found.warnings.sort(key=record_number)
        if not wrong:
            good = (place for place in range(len(self.numbers)) if place not in self.bad)
            found.rows = [(self.numbers[place], decided(self.values[place])) for place in good]
        return found


def record_number(finding: Finding) -> int:
    return finding.row or 0


def positions(headings: list[Heading]) -> dict[str, int]:
    """The position of each column of the file; the first one where a column is there twice."""
    found: dict[str, int] = {}
    for heading in headings:
        if heading.column not in ("", IGNORE):
            found.setdefault(heading.column, heading.position)
    return found


def decided(values: dict[str, Any]) -> dict[str, Any]:
    """The values without None. None has kept template and preset out of the field; now it is the same as blank."""
    if None not in values.values():
        return values
    return {key: value for key, value in values.items() if value is not None}


def attempt(reader: Reader, text: str) -> Any:
    """The value of a text, or the BadCell that the reader raises."""
    try:
        return reader(text)
    except BadCell as problem:
        return problem


def groups(findings: list[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Findings with the same column, code and message, each with one of them as its title; the largest group first."""
    together: dict[tuple, list[Finding]] = defaultdict(list)
    for finding in findings:
        together[finding.column, finding.code, finding.message].append(finding)
    sizes = Counter({key: len(several) for key, several in together.items()})
    return [(together[key][0], together[key]) for key, _size in sizes.most_common()]
