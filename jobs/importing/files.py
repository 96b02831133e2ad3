"""Files to download: templates to fill in, lists of allowed values, and the bad rows of an import."""

import io
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Fleet
from jobs.importing.characters import to_mend
from jobs.importing.checking import attempt
from jobs.importing.columns import BY_NAME, COLUMNS, REASON
from jobs.importing.errors import Finding
from jobs.importing.headings import IGNORE, Heading, is_known
from jobs.importing.lookups import Lookups
from jobs.importing.reading import read
from jobs.importing.rules import Several
from jobs.spreadsheets import Rows, csv_lines, write_workbook
from telematics.models import VehicleModel

if TYPE_CHECKING:
    from jobs.models.job_import import JobImport

# Columns with an example in the template. The values of the others depend on the fleet.
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


# The example's date: one in the past would be warned of.
IN_TWO_WEEKS = timedelta(days=14)


def as_csv(rows: Rows, separator: str) -> bytes:
    return "".join(csv_lines(rows, separator)).encode()


def as_workbook(sheets: dict[str, Rows], choices: dict[str, list[str]] | None = None) -> bytes:
    out = io.BytesIO()
    write_workbook(out, sheets, as_text=True, choices=choices)
    return out.getvalue()


def template_choices(fleet: Fleet) -> dict[str, list[str]]:
    """For each column what a cell may be, where that is a list."""
    fixed = {
        column.name: list(column.allowed)
        for column in COLUMNS
        if column.allowed and not isinstance(column.rule, Several)
    }
    return fixed | Lookups(fleet).offered()


def template_rows() -> Rows:
    """The header and one example row, which can be imported as it is."""
    examples = {name: BY_NAME[name].example for name in EXAMPLES}
    examples["planned_service_date"] = (timezone.localdate() + IN_TWO_WEEKS).isoformat()
    model = VehicleModel.objects.active().first()
    if model:
        examples |= {"vehicle_model_id": model.pk, "brand": model.brand, "model": model.model}
    return [
        [column.name for column in COLUMNS],
        [examples.get(column.name, "") for column in COLUMNS],
    ]


def column_rows() -> Rows:
    yield (
        _("Column"),
        _("Label"),
        _("Rule"),
        _("Allowed characters"),
        _("Allowed values"),
        _("Example"),
    )
    for column in COLUMNS:
        rule = column.rule
        yield (
            column.name,
            column.label,
            rule.sentence,
            rule.characters,
            ", ".join(rule.allowed),
            column.example,
        )


def model_rows() -> Rows:
    yield (
        "vehicle_model_id",
        "brand",
        "model",
        "fuel_type",
        "vehicle_type",
        _("Built from"),
        _("Built to"),
        "installation_variant",
        "central_lock_connection_type",
        _("Features"),
    )
    for model in VehicleModel.objects.active():
        yield (
            model.pk,
            model.brand,
            model.model,
            model.fuel_type,
            model.vehicle_type,
            model.built_from,
            model.built_to or "",
            ", ".join(model.installation_variants),
            ", ".join(model.central_lock_connection_types),
            ", ".join(model.features),
        )


def bad_rows(job_import: "JobImport") -> Rows:
    """The rows that were not imported, each after its reasons. Once corrected, the file can be imported again."""
    kept = job_import.file
    headings = [Heading(*heading) for heading in kept.headings]
    options = job_import.options()
    sheet = read(bytes(kept.content), is_known, options.layout)
    shown = [heading for heading in headings if heading.column != IGNORE]
    yield [REASON, *(heading.column or heading.text for heading in shown)]
    reasons: dict[int, list[str]] = {number: [] for number in kept.bad}
    for finding in kept.findings("errors"):
        if finding.row in reasons:
            reasons[finding.row].append(_reason(finding))
    texts = []
    for heading in shown:
        decided_on = options.values.get(heading.column, {})
        cells_of = [cell_of(cells, heading) for _number, cells in sheet.records]
        texts.append(_to_mend(heading, [decided_on.get(text, text) for text in cells_of]))
    for place, (number, cells) in enumerate(sheet.records):
        if number in reasons:
            beyond = map(to_mend, cells[len(headings) :])
            yield [" · ".join(reasons[number]), *(column[place] for column in texts), *beyond]


def _reason(finding: Finding) -> str:
    text = finding.message
    if finding.column:
        text = f"{finding.column}: {text}"
    if finding.suggestion:
        text = f"{text} ({finding.suggestion})"
    return text


def cell_of(cells: list[str], heading: Heading) -> str:
    if heading.position < len(cells):
        return cells[heading.position]
    return ""


def _to_mend(heading: Heading, texts: list[str]) -> list[str]:
    """The cells of a column as they were read: with fewer rows, the same texts could be read differently."""
    known = {text: to_mend(text) for text in set(texts)}
    column = BY_NAME.get(heading.column)
    if column is not None and column.rule.needs_column:
        meant = {text for text in known.values() if text}
        reader = column.rule.reader_for(meant)
        values = {text: attempt(reader, text) for text in meant}
        for text, cleaned in known.items():
            if isinstance(values.get(cleaned), str):
                known[text] = values[cleaned]
    return [known[text] for text in texts]
