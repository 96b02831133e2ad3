"""The files we hand out: templates to fill in, lists to look up, and the rows that want mending."""

import csv
import io
import re
from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell

from jobs.importing.characters import neutral, to_mend
from jobs.importing.checking import attempt
from jobs.importing.columns import BY_NAME, COLUMNS, REASON
from jobs.importing.errors import Finding
from jobs.importing.headings import IGNORE, Heading, is_known
from jobs.importing.reading import read
from telematics.models import VehicleModel

Rows = Iterable[Iterable[object]]
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A list separator as the spreadsheets of a language expect it; the importer takes each of them.
SEPARATORS = {"de": ";"}
# What the template's example shows; the rest is a matter of the fleet.
EXAMPLES = (
    "license_plate",
    "vin",
    "custom_name",
    "year_of_production",
    "transmission",
    "planned_service_date",
    "location",
    "contact",
    "instructions",
    "external_reference",
)


def as_csv(rows: Rows) -> bytes:
    out = io.StringIO()
    separator = SEPARATORS.get((get_language() or "")[:2], ",")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows([neutral(str(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def as_workbook(sheets: dict[str, Rows]) -> bytes:
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append([_text_cell(sheet, neutral(str(cell))) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet, text: str) -> Cell:
    """Formatted as text, so that no spreadsheet shortens a number or turns a plate into a date.

    What XML cannot hold is written as the sign of a lost character, which the importer refuses like the one it stands for.
    """
    cell = WriteOnlyCell(sheet, value=UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text))
    cell.number_format, cell.data_type = "@", "s"
    return cell


def template_rows() -> Rows:
    """The header, and one row that a copy of this file could import: what depends on the fleet is left to the lists."""
    model = VehicleModel.objects.active().first()
    known = {"vehicle_model_id": model.pk, "brand": model.brand, "model": model.model} if model else {}
    examples = {name: BY_NAME[name].example for name in EXAMPLES} | known
    return [[column.name for column in COLUMNS], [examples.get(column.name, "") for column in COLUMNS]]


def column_rows() -> Rows:
    yield _("Column"), _("Label"), _("Rule"), _("Allowed characters"), _("Allowed values"), _("Example")
    for column in COLUMNS:
        rule = column.rule
        yield column.name, column.label, rule.sentence, rule.characters, ", ".join(rule.allowed), column.example


def model_rows() -> Rows:
    yield (
        "vehicle_model_id", "brand", "model", "fuel_type", "vehicle_type", _("Built from"), _("Built to"),
        "installation_variant", "central_lock_connection_type", _("Features"),
    )  # fmt: skip
    for model in VehicleModel.objects.active():
        yield (
            model.pk, model.brand, model.model, model.fuel_type, model.vehicle_type, model.built_from, model.built_to or "",
            ", ".join(model.installation_variants), ", ".join(model.central_lock_connection_types), ", ".join(model.features),
        )  # fmt: skip


def bad_rows(job_import) -> Rows:
    """The rows that became no job, each behind its reasons: corrected, this file is imported again as it is."""
    kept = job_import.file
    headings = [Heading(*heading) for heading in kept.headings]
    sheet = read(bytes(kept.content), is_known)
    shown = [heading for heading in headings if heading.column != IGNORE]
    yield [REASON, *(heading.column or heading.text for heading in shown)]
    reasons: dict[int, list[str]] = {number: [] for number in kept.bad}
    for finding in kept.findings("errors"):
        if finding.row in reasons:
            reasons[finding.row].append(_reason(finding))
    texts = [_to_mend(heading, [cell_of(cells, heading) for _number, cells in sheet.records]) for heading in shown]
    for place, (number, cells) in enumerate(sheet.records):
        if number in reasons:
            beyond = map(to_mend, cells[len(headings) :])
            yield [" · ".join(reasons[number]), *(column[place] for column in texts), *beyond]


def _reason(finding: Finding) -> str:
    column = f"{finding.column}: " if finding.column else ""
    return f"{column}{finding.message}" + (f" ({finding.suggestion})" if finding.suggestion else "")


def cell_of(cells: list[str], heading: Heading) -> str:
    return cells[heading.position] if heading.position < len(cells) else ""


def _to_mend(heading: Heading, texts: list[str]) -> list[str]:
    """A column as it was understood: in the file of bad rows fewer rows stand below each other than before."""
    known = {text: to_mend(text) for text in set(texts)}
    rule = BY_NAME[heading.column].rule if heading.column in BY_NAME else None
    if rule and rule.needs_column:
        meant = {text for text in known.values() if text}
        reader = rule.reader_for(meant)
        read = {text: attempt(reader, text) for text in meant}
        known = {text: good if isinstance(good := read.get(one), str) else one for text, one in known.items()}
    return [known[text] for text in texts]
