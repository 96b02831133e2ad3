"""Lists of QNRs, typed, scanned or in a file: each entry is checked by the rule that the import of jobs has."""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Fleet
from jobs.importing import bounds
from jobs.importing.columns import BY_NAME, UNIT
from jobs.importing.errors import BadCell, Finding, Unreadable
from jobs.importing.headings import column_of
from jobs.importing.reading import read
from jobs.importing.sheet import Row
from telematics.models import Unit
from telematics.values import QNR

RULE = BY_NAME[UNIT].rule
NO_COLUMN = gettext_lazy("No column with QNRs was found.")
NAME_IT = gettext_lazy("Write “QNR” above the column.")
TOO_MANY = gettext_lazy("Enter at most %(bound)s units at once.")
TWICE = gettext_lazy("Row %(row)s has this unit already.")


class Entry(NamedTuple):
    row: int  # of the lines that were typed, or of the records of a file (the header is 1)
    text: str


class Checked(NamedTuple):
    qnrs: list[str]
    errors: list[Finding]


def typed_entries(text: str) -> list[Entry]:
    """One a line, or several with commas, semicolons or blanks between them. A scanner ends each with Enter."""
    found = []
    for row, line in enumerate(text.splitlines(), start=1):
        for part in line.replace(";", ",").replace("\t", ",").split(","):
            found += [Entry(row, one) for one in _apart(part)]
    return found


def _apart(part: str) -> list[str]:
    """The QNRs that blanks separate. A QNR itself may be typed in groups."""
    words = part.split()
    if all(QNR.takes(QNR.canonical(word)) for word in words):
        return words
    return [part.strip()]


def entries_in(content: bytes) -> list[Entry]:
    """Those of a CSV or Excel file. Raises Unreadable, and nothing else."""
    sheet = read(content, _is_qnr)
    place = _place_of(sheet.header, sheet.records)
    cells = [(row, record[place] if place < len(record) else "") for row, record in sheet.records]
    return [Entry(row, cell) for row, cell in cells if cell.strip()]


def _is_qnr(heading: str) -> bool:
    return column_of(heading) == UNIT


def _place_of(header: list[str], records: list[Row]) -> int:
    """The column with a known heading, else the only one that holds a QNR, else the only one."""
    named = [place for place, heading in enumerate(header) if _is_qnr(heading)]
    if len(named) == 1:
        return named[0]
    holding = {
        place
        for _row, record in records
        for place, cell in enumerate(record)
        if QNR.takes(QNR.canonical(cell))
    }
    places = holding or set(range(len(header)))
    if len(places) == 1:
        return places.pop()
    raise Unreadable("no_column", NO_COLUMN, row=1, suggestion=NAME_IT)


def check(entries: Iterable[Entry], fleet: Fleet) -> Checked:
    """The QNRs that the fleet can enter, and what is wrong with the others. One statement."""
    entries = list(entries)
    if len(entries) > bounds.MAX_ROWS:
        too_many = BadCell("too_many", TOO_MANY % {"bound": bounds.MAX_ROWS})
        return Checked([], [Finding.of(None, "", "", too_many)])
    rows, errors = _read(entries)
    refused = Unit.objects.why_not_entered(list(rows), fleet)
    errors += [_refusal(rows[qnr], qnr, why) for qnr, why in refused.items()]
    return Checked([qnr for qnr in rows if qnr not in refused], sorted(errors, key=_position))


def _read(entries: list[Entry]) -> tuple[dict[str, int], list[Finding]]:
    """Each QNR with the row that has it first, and the entries that are none or repeat one."""
    rows: dict[str, int] = {}
    errors = []
    for row, text in entries:
        try:
            qnr = RULE.read(text)
            if qnr in rows:
                raise BadCell("twice", TWICE % {"row": rows[qnr]})
            rows[qnr] = row
        except BadCell as wrong:
            errors.append(Finding.of(row, "", text, wrong))
    return rows, errors


def _refusal(row: int, qnr: str, why: str) -> Finding:
    return Finding.of(row, "", qnr, BadCell("unit_not_available", why))


def _position(finding: Finding) -> int:
    return finding.row or 0


def in_words(finding: Finding) -> str:
    """An error as a line of its own."""
    text = finding.message
    if finding.suggestion:
        text = f"{text} ({finding.suggestion})"
    if finding.row is None:
        return text
    return _("Row %(row)s, “%(value)s”: %(problem)s") % {
        "row": finding.row,
        "value": finding.value,
        "problem": text,
    }
