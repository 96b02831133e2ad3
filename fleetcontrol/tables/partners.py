"""The table of *Available Service Partners*, with the figures of each partner."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Func, IntegerField, OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from accounts.models import Company, Fleet, Partnership
from core.values.shown import percent, span
from core.web.lists.columns import (
    CodeColumn,
    Column,
    DateColumn,
    FlagColumn,
    LinkColumn,
    Row,
    StatusColumn,
)
from core.web.lists.counts import Count
from core.web.lists.pages import with_query
from core.web.lists.tables import Table
from jobs.models import Job
from jobs.models.choices import JobStatus
from jobs.reading.partner_figures import PartnerLine, figures_of_partners

KINDS = Job.Kind
Status = Job.Status
# The statuses of jobs that a partner can have.
AT_PARTNER = (Status.ASSIGNED, Status.RUNNING, Status.SUCCEEDED, Status.FAILED)
NOTHING = mark_safe('<span class="muted">0</span>')


def is_known(row: Row) -> bool:
    """Whether the company has accepted: before that, nobody may learn who works where."""
    return row["status"] == Partnership.Status.ACCEPTED


class KindLinks:
    """A company's jobs of each kind: how many, as a link to the list that shows them."""

    def __init__(self, fleet: Fleet) -> None:
        self.urls = {
            kind: reverse(f"fleetcontrol:{kind.lower()}_jobs", args=[fleet.pk]) for kind in KINDS
        }

    def cell(self, company: str, numbers: Mapping[Any, Any], **query: Any) -> SafeString:
        links = []
        for kind in KINDS:
            if numbers[kind]:
                url = with_query(self.urls[kind], company=company, **query)
                links.append((url, numbers[kind], str(kind.label)))
        if not links:
            return NOTHING
        return format_html_join(" ", '<a href="{}">{} <span class="small">{}</span></a>', links)


class Figures:
    """The figures of companies as cells, with links to the lists that they count."""

    def __init__(self, fleet: Fleet, companies: Iterable[str]) -> None:
        self.lines = figures_of_partners(fleet, companies)
        self.links = KindLinks(fleet)
        self.units_url = reverse("fleetcontrol:units", args=[fleet.pk])

    def open(self, line: PartnerLine) -> SafeString:
        return self.links.cell(line.partner, line.open, status=[Status.ASSIGNED, Status.RUNNING])

    def overdue(self, line: PartnerLine) -> SafeString:
        return self.links.cell(line.partner, line.overdue, overdue="on")

    def units(self, line: PartnerLine) -> SafeString:
        if not line.units:
            return NOTHING
        url = with_query(self.units_url, status="HELD", company=line.partner)
        return format_html('<a href="{}">{}</a>', url, line.units)

    def finished(self, line: PartnerLine) -> str:
        return str(line.finished)

    def first_time_success(self, line: PartnerLine) -> str:
        return percent(line.first_time_success)

    def duration(self, line: PartnerLine) -> str:
        return span(line.duration)


class Workload:
    """How many jobs of a fleet each company has, by status and kind, up to "1,000+".

    One statement with eight counts, however many companies there are.
    """

    KEYS: tuple[tuple[str, str], ...] = tuple(
        (status, kind) for status in AT_PARTNER for kind in KINDS
    )
    MOST = 1000

    def __init__(self, fleet: Fleet, companies: list[str]):
        self.fleet = fleet
        counted = Company.objects.filter(pk__in=companies).values_list("pk", *self._numbers(fleet))
        self.counts = {
            company: dict(zip(self.KEYS, numbers, strict=True)) for company, *numbers in counted
        }
        self.links = KindLinks(fleet)

    def _numbers(self, fleet: Fleet) -> list[Func]:
        jobs = Job.objects.in_fleet(fleet).filter(company=OuterRef("pk")).order_by()
        numbers: list[Func] = []
        for status, kind in self.KEYS:
            found = jobs.filter(status=status, kind=kind).values("pk")[: self.MOST + 1]
            template = "(SELECT COUNT(*) FROM %(expressions)s counted)"
            numbers.append(Func(Subquery(found), template=template, output_field=IntegerField()))
        return numbers

    def count(self, company: str, status: str, kind: str) -> Count:
        number = self.counts.get(company, {}).get((status, kind), 0)
        return Count(min(number, self.MOST), number > self.MOST)

    def cell(self, company: str, status: str) -> SafeString:
        numbers = {kind: self.count(company, status, kind) for kind in KINDS}
        return self.links.cell(company, numbers, status=status)


class PartnerColumn(LinkColumn):
    def __init__(self, verbose_name: Any):
        super().__init__(verbose_name, names=("email", "company__name", "status"))

    def plain(self, value: Any, row: Row) -> str:
        return row["company__name"] if is_known(row) else row["email"]


class PartnerIdColumn(CodeColumn):
    css = "copied"

    def cell(self, value: Any, row: Row) -> SafeString:
        return super().cell(value if is_known(row) else "", row)


class WorkColumn(Column):
    css = "work"

    def __init__(self, status: JobStatus):
        super().__init__(status.label, accessor="company_id", reads=["status"], label_on_phone=True)
        self.status = status

    def cell(self, value: Any, row: Row) -> SafeString:
        return self._table.work.cell(value, self.status) if is_known(row) else mark_safe("")


class FigureColumn(Column):
    """One of the figures; nothing of a company that is not known yet."""

    css = "work"
    isolates = False

    def __init__(self, verbose_name: Any, show: Callable[[Figures, PartnerLine], str]) -> None:
        super().__init__(verbose_name, accessor="company_id", reads=["status"], label_on_phone=True)
        self.show = show

    def cell(self, value: Any, row: Row) -> str:
        if not is_known(row):
            return ""
        figures = self._table.figures
        return self.show(figures, figures.lines[value])


class PartnerTable(Table):
    initial_sort = "-pk"
    initial = (
        "partner",
        "shown",
        "company_id",
        "allow_override",
        "open",
        "overdue",
        "finished",
        "first_time_success",
        "duration",
        "units",
    )

    partner = PartnerColumn(gettext_lazy("Partner"))
    shown = StatusColumn(gettext_lazy("Status"), choices=Partnership.Shown)
    company_id = PartnerIdColumn(gettext_lazy("Partner ID"), reads=["status"])
    allow_override = FlagColumn(
        gettext_lazy("Override"), tag="OVERRIDE", text=gettext_lazy("Override Enabled")
    )
    open = FigureColumn(gettext_lazy("Open jobs"), Figures.open)
    overdue = FigureColumn(gettext_lazy("Overdue"), Figures.overdue)
    finished = FigureColumn(gettext_lazy("Finished in 30 days"), Figures.finished)
    first_time_success = FigureColumn(
        gettext_lazy("First-time success"), Figures.first_time_success
    )
    duration = FigureColumn(gettext_lazy("Assigned to finished"), Figures.duration)
    units = FigureColumn(gettext_lazy("Units"), Figures.units)
    assigned = WorkColumn(Status.ASSIGNED)
    running = WorkColumn(Status.RUNNING)
    succeeded = WorkColumn(Status.SUCCEEDED)
    failed = WorkColumn(Status.FAILED)
    created_at = DateColumn(gettext_lazy("Invited"), label_on_phone=True)
    answered_at = DateColumn(gettext_lazy("Answered"), label_on_phone=True)

    known: list[str]  # the IDs of the partners that it shows

    def __init__(self, *, fleet: Fleet | None = None, **options: Any):
        super().__init__(**options)
        self.fleet: Any = fleet

    @cached_property
    def figures(self) -> Figures:
        """Read where one of their columns is shown."""
        return Figures(self.fleet, self.known)

    @cached_property
    def work(self) -> Workload:
        return Workload(self.fleet, self.known)

    def fill(self, rows: Iterable[Row]) -> Table:
        rows = list(rows)
        self.known = [row["company_id"] for row in rows if is_known(row)]
        return super().fill(rows)
