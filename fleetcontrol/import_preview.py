"""What the preview of an import shows, from what was kept of it."""

from collections import Counter
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Company
from jobs.importing.checking import groups
from jobs.importing.columns import COMPANY
from jobs.importing.errors import Finding
from jobs.importing.headings import IGNORE, Heading
from jobs.models import ImportedFile, Job, JobImport
from jobs.words import Words

PAGE = 50
KINDS = {
    "errors": gettext_lazy("Errors"),
    "warnings": gettext_lazy("Warnings"),
    "differences": gettext_lazy("Template differences"),
    "rows": gettext_lazy("Rows without errors"),
}
SHOWN = ("license_plate", "vin", "custom_name", "vehicle_model", "planned_service_date", "location", "company")


class Group(NamedTuple):
    number: int
    first: Finding
    rows: int


class Listed(NamedTuple):
    kind: str
    group: str
    page: Page
    tabs: list[dict[str, Any]]
    heads: list[str]


class Preview:
    def __init__(self, job_import: JobImport):
        self.job_import = job_import

    @cached_property
    def kept(self) -> ImportedFile | None:
        """None once the file is forgotten."""
        return ImportedFile.objects.filter(pk=self.job_import.pk).first()

    # --- columns ------------------------------------------------------------------------------------------------------
    @cached_property
    def headings(self) -> list[Heading]:
        return [Heading(*heading) for heading in self.kept.headings] if self.kept else []

    @property
    def headings_to_choose(self) -> list[Heading]:
        """What nobody knows, what is there twice, and what was chosen by hand."""
        times = Counter(heading.column for heading in self.headings if heading.column != IGNORE)
        chosen = self.job_import.columns
        return [
            heading
            for heading in self.headings
            if not heading.column or times[heading.column] > 1 or str(heading.position) in chosen
        ]

    @property
    def company_in_file(self) -> bool:
        return any(heading.column == COMPANY for heading in self.headings)

    # --- findings -----------------------------------------------------------------------------------------------------
    def findings(self, kind: str) -> list[Finding]:
        return self.kept.findings(kind) if self.kept else []

    def groups(self, kind: str) -> list[Group]:
        return [
            Group(number, first, len({one.row for one in same}))
            for number, (first, same) in enumerate(groups(self.findings(kind)))
        ]

    @property
    def error_groups(self) -> list[Group]:
        return self.groups("errors")

    @property
    def warning_groups(self) -> list[Group]:
        return self.groups("warnings")

    @property
    def difference_groups(self) -> list[Group]:
        return self.groups("differences")

    # --- lists --------------------------------------------------------------------------------------------------------
    @cached_property
    def counts(self) -> dict[str, int]:
        return {kind: len(getattr(self.kept, kind)) if self.kept else 0 for kind in KINDS}

    def tabs(self, current: str) -> list[dict[str, Any]]:
        return [
            {"url": f"?list={kind}", "label": label, "count": self.counts[kind], "current": kind == current}
            for kind, label in KINDS.items()
            if self.counts[kind] or kind == "rows"
        ]

    def listed(self, query) -> Listed:
        """The list that the address asks for; of itself the one with the problems."""
        kind = query.get("list")
        if kind not in KINDS:
            kind = next((one for one in KINDS if self.counts[one]), "rows")
        group = query.get("group", "")
        rows = self._rows() if kind == "rows" else self._of_group(kind, group)
        page = Paginator(rows, PAGE).get_page(query.get("page"))
        if kind == "rows":
            page.object_list = self._worded(page.object_list)
        return Listed(kind, group, page, self.tabs(kind), [Words.label(name) for name in SHOWN])

    def _of_group(self, kind: str, number: str) -> list[Finding]:
        found = self.findings(kind)
        together = groups(found)
        return together[int(number)][1] if number.isdecimal() and int(number) < len(together) else found

    def _rows(self) -> list:
        return self.kept.rows if self.kept else []

    def _worded(self, rows: list) -> list[tuple[int, list[tuple[str, str]]]]:
        """Number, and label and value in words of each column shown."""
        words = Words.for_values((name, values.get(name)) for _row, values in rows for name in SHOWN)
        return [
            (number, [(words.label(name), words.value(name, values[name]) if name in values else "") for name in SHOWN])
            for number, values in rows
        ]

    # --- assigning ----------------------------------------------------------------------------------------------------
    @cached_property
    def assigned(self) -> dict[Company, int]:
        """How many jobs each company gets."""
        counts = Counter(values["company"] for _row, values in self._rows() if "company" in values)
        return {company: counts[company.pk] for company in Company.objects.filter(pk__in=counts).order_by("name")}

    @cached_property
    def overriding(self) -> list[Company]:
        """Those of them that may override what is set."""
        links = self.job_import.fleet.partnerships.accepted().filter(allow_override=True)
        may = set(links.filter(company__in=self.assigned).values_list("company", flat=True))
        return [company for company in self.assigned if company.pk in may]

    @property
    def locked(self) -> list[tuple[str, int]]:
        """What becomes locked: each planned field with the number of its jobs."""
        planned = Counter(
            name for _row, values in self._rows() if "company" in values for name in values if name in LOCKABLE
        )
        return [(Words.label(name), planned[name]) for name in LOCKABLE if planned[name]]

    @property
    def same_file(self) -> JobImport | None:
        """The last import of the very same file."""
        return (
            JobImport.objects.done()
            .filter(fleet=self.job_import.fleet, sha256=self.job_import.sha256)
            .exclude(pk=self.job_import.pk)
            .select_related("confirmed_by", "client")
            .order_by("-pk")
            .first()
        )

    @property
    def summary(self) -> str:
        kept = self.job_import
        numbers = {"total": kept.total, "good": kept.good, "bad": kept.bad}
        if kept.bad and not kept.good and self.kept and len(self.kept.bad) < kept.total:
            text = ngettext(
                "%(total)s row. First the columns want a decision, then it can be imported.",
                "%(total)s rows. First the columns want a decision, then their rows can be imported.",
                kept.total,
            )
        else:
            text = ngettext(
                "%(total)s row: %(good)s ready, %(bad)s with errors.",
                "%(total)s rows: %(good)s ready, %(bad)s with errors.",
                kept.total,
            )
        return text % numbers


LOCKABLE = (*Job.INSTALLER_FIELDS, "planned_unit")
