"""From a sheet to jobs: every cell at once, column by column, then what only a whole row or the whole file can tell."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from jobs.importing import comparing
from jobs.importing.characters import clean, odd_ones
from jobs.importing.columns import BY_NAME, COLUMNS, COMPANY, MODEL, PRESET, UNIT, Column
from jobs.importing.errors import BadCell, Finding, shown
from jobs.importing.headings import IGNORE, Heading, match
from jobs.importing.lookups import Lookups
from jobs.importing.sheet import Sheet

# What a cell of nothing but blanks holds; None is a value of its own, "installer decides".
BLANK: Any = object()
REFERENCES = (MODEL, PRESET, COMPANY, UNIT)


@dataclass
class Options:
    """What whoever imports has chosen beside the file."""

    template: Any = None
    prefer_template: bool = False
    company: Any = None
    columns: dict[str, str] = field(default_factory=dict)  # by position: a column's name or IGNORE


@dataclass
class Checked:
    """What the preview shows and the import does."""

    headings: list[Heading] = field(default_factory=list)
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # the good ones: number, job's values
    total: int = 0
    errors: list[Finding] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    differences: list[Finding] = field(default_factory=list)
    bad: list[int] = field(default_factory=list)  # record numbers


class Check:
    def __init__(self, fleet, sheet: Sheet, options: Options):
        self.sheet, self.options, self.lookups = sheet, options, Lookups(fleet)
        self.numbers = [number for number, _cells in sheet.records]
        self.values: list[dict[str, Any]] = [{} for _record in sheet.records]  # by field, as far as good
        # By position in the file; the rows are as wide as the widest of them and the header.
        cells = [sheet.header, *(cells for _number, cells in sheet.records)]
        self.texts = [texts[1:] for texts in zip_longest(*cells, fillvalue="")]
        self.bad: set[int] = set()  # places of rows, not their numbers
        self.found = Checked(total=len(sheet.records))

    def run(self) -> Checked:
        width = len(self.sheet.header)
        filled = {position for position, texts in enumerate(self.texts[:width]) if any(texts)}
        self.found.headings, wrong = match(self.sheet.header, self.options.columns, filled)
        self._check_width(width)
        taken = {h.column: h.position for h in reversed(self.found.headings) if h.column not in ("", IGNORE)}
        if not taken:
            wrong.append(Finding(1, "", "no_known_column", "", _("None of the columns is known."), ""))
        if self.options.company:
            wrong += self._check_company(COMPANY in taken)
        for column, position in sorted(taken.items(), key=lambda one: one[1]):
            self._read(BY_NAME[column], position)
        self._check_blank()
        comparing.compare(self, taken)
        return self._settle(wrong)

    def refuse(self, place: int, column: str, problem: BadCell, value: Any) -> None:
        self.bad.add(place)
        self.found.errors.append(Finding.of(self.numbers[place], column, value, problem))

    def warn(self, place: int, column: str, code: str, value: Any, message: Any, suggestion: str = "") -> None:
        self.found.warnings.append(
            Finding(self.numbers[place], column, code, shown(value), str(message), str(suggestion))
        )

    # --- one column ---------------------------------------------------------------------------------------------------
    def _read(self, column: Column, position: int) -> None:
        texts, key = self.texts[position], column.key
        read = self._outcomes(column, set(texts) - {""})
        wrong = {text: outcome for text, outcome in read.items() if isinstance(outcome, BadCell)}
        blank = {"", *wrong, *(text for text, outcome in read.items() if outcome is BLANK)}
        for values, text in zip(self.values, texts, strict=True):
            if text not in blank:
                values[key] = read[text]
        if wrong:
            self._refuse_all(column, texts, wrong)
        if column.once:
            self._refuse_repeated(column)

    def _outcomes(self, column: Column, texts: set[str]) -> dict[str, Any]:
        """For each different text of a column its value, BLANK, or what is wrong with it."""
        cleaned = {text: attempt(clean, text) for text in odd_ones(texts)}
        meant = {text for text in cleaned.values() if text and not isinstance(text, BadCell)}
        read = self._values(column, (texts - cleaned.keys()) | meant)
        return read | {
            text: one if isinstance(one, BadCell) else read[one] if one else BLANK for text, one in cleaned.items()
        }

    def _values(self, column: Column, texts: set[str]) -> dict[str, Any]:
        reader = column.rule.reader_for(texts)
        read = {text: attempt(reader, text) for text in texts}
        if column.name not in REFERENCES:
            return read
        meant = self.lookups.resolve(column.name, {key for key in read.values() if not isinstance(key, BadCell)})
        return {text: key if isinstance(key, BadCell) else meant[key] for text, key in read.items()}

    def _refuse_all(self, column: Column, texts: Sequence[str], wrong: dict[str, BadCell]) -> None:
        told = {text: Finding.of(None, column.name, text, problem)[1:] for text, problem in wrong.items()}
        for place, text in enumerate(texts):
            if text in told:
                self.bad.add(place)
                self.found.errors.append(Finding(self.numbers[place], *told[text]))

    def _refuse_repeated(self, column: Column) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        for place, values in enumerate(self.values):
            if column.key in values:
                places[values[column.key]].append(place)
        for value, several in places.items():
            for place in several if len(several) > 1 else ():
                others = ", ".join(str(self.numbers[other]) for other in several if other != place)
                where = _("Also in row %(rows)s.") % {"rows": shown(others)}
                told = BadCell("duplicate_in_file", _("Is there more than once in this file."), where)
                self.refuse(place, column.name, told, value)

    # --- whole rows and the whole file ---------------------------------------------------------------------------------------------------
    def _check_company(self, named_in_file: bool) -> list[Finding]:
        pk = self.options.company.pk
        if named_in_file:
            text = _("The file names companies itself; none can be chosen for all rows.")
            return [Finding(1, COMPANY, "company_twice", pk, text, "")]
        partner = self.lookups.resolve(COMPANY, [pk])[pk]
        return [Finding.of(1, COMPANY, pk, partner)] if isinstance(partner, BadCell) else []

    def _check_width(self, width: int) -> None:
        for place, (_number, cells) in enumerate(self.sheet.records):
            if len(cells) > width:
                message = _("Has more cells than the header. Is there a separator inside of an unquoted text?")
                self.refuse(place, "", BadCell("too_many_cells", message), cells[width])

    def _check_blank(self) -> None:
        filling = {column.key for column in COLUMNS if column.fills}
        for place, values in enumerate(self.values):
            if place not in self.bad and not any(value is not None and key in filling for key, value in values.items()):
                message = _("No field is filled; a partner ID alone is none.")
                self.refuse(place, "", BadCell("blank_row", message), "")

    def _settle(self, wrong: list[Finding]) -> Checked:
        """A wrong column leaves no good row: what stands in it would be missing in each of them."""
        found = self.found
        found.bad = [number for place, number in enumerate(self.numbers) if place in self.bad]
        found.errors = wrong + sorted(found.errors, key=lambda one: one.row)
        found.warnings.sort(key=lambda one: one.row)
        if not wrong:
            found.rows = [
                (self.numbers[place], decided(values))
                for place, values in enumerate(self.values)
                if place not in self.bad
            ]
        return found


def decided(values: dict[str, Any]) -> dict[str, Any]:
    """Without what the row leaves to the installer: that has kept template and preset out, and is the same as blank now."""
    return {key: value for key, value in values.items() if value is not None} if None in values.values() else values


def attempt(read: Any, text: str) -> Any:
    try:
        return read(text)
    except BadCell as problem:
        return problem


def groups(findings: list[Finding]) -> list[tuple[Finding, list[Finding]]]:
    """Equal ones together, the most frequent first: same column, same word, same reason."""
    together: dict[tuple, list[Finding]] = defaultdict(list)
    for finding in findings:
        together[finding.column, finding.code, finding.message].append(finding)
    sizes = Counter({key: len(several) for key, several in together.items()})
    return [(together[key][0], together[key]) for key, _size in sizes.most_common()]
