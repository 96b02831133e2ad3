"""The table of *Partner & Teams*, with the number of jobs of each partner."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Func, IntegerField, OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from accounts.models import Company, Fleet, Partnership
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
from core.web.lists.tables import Table
from jobs.models import Job
from jobs.models.choices import JobStatus

KINDS = Job.Kind
Status = Job.Status
# The statuses of jobs that a partner can have.
AT_PARTNER = (Status.ASSIGNED, Status.RUNNING, Status.SUCCEEDED, Status.FAILED)
NOTHING = mark_safe('<span class="muted">0</span>')


def is_known(row: Row) -> bool:
    """Whether the company has accepted: before that, nobody may learn who works where."""
    return row["status"] == Partnership.Status.ACCEPTED


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
        self.urls = {
            kind: reverse(f"fleetcontrol:{kind.lower()}_jobs", args=[fleet.pk]) for kind in KINDS
        }

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

    def links(self, company: str, status: str) -> list[tuple[str, Count, str]]:
        """Return URL, number and label of each kind that has jobs."""
        links = []
        for kind in KINDS:
            number = self.count(company, status, kind)
            if number:
                links.append(
                    (
                        f"{self.urls[kind]}?company={company}&status={status}",
                        number,
                        str(kind.label),
                    )
                )
        return links

    def cell(self, company: str, status: str) -> SafeString:
        links = self.links(company, status)
        if not links:
            return NOTHING
        return format_html_join(" ", '<a href="{}">{} <span class="small">{}</span></a>', links)


class PartnerColumn(LinkColumn):
    def __init__(self, verbose_name: Any):
        super().__init__(verbose_name, names=("email", "company__name", "status"))

    def plain(self, value: Any, row: Row) -> str:
        return row["company__name"] if is_known(row) else row["email"]


class PartnerIdColumn(CodeColumn):
    def cell(self, value: Any, row: Row) -> SafeString:
        return super().cell(value if is_known(row) else "", row)


class WorkColumn(Column):
    css = "work"

    def __init__(self, status: JobStatus):
        super().__init__(status.label, accessor="company_id", reads=["status"], label_on_phone=True)
        self.status = status

    def cell(self, value: Any, row: Row) -> SafeString:
        return self._table.work.cell(value, self.status) if is_known(row) else mark_safe("")


class PartnerTable(Table):
    initial_sort = "-pk"
    initial = (
        "partner",
        "shown",
        "company_id",
        "allow_override",
        *(status.lower() for status in AT_PARTNER),
        "created_at",
    )

    partner = PartnerColumn(gettext_lazy("Partner"))
    shown = StatusColumn(gettext_lazy("Status"), choices=Partnership.Shown)
    company_id = PartnerIdColumn(gettext_lazy("Partner ID"), reads=["status"])
    allow_override = FlagColumn(
        gettext_lazy("Override"), tag="OVERRIDE", text=gettext_lazy("Override Enabled")
    )
    assigned = WorkColumn(Status.ASSIGNED)
    running = WorkColumn(Status.RUNNING)
    succeeded = WorkColumn(Status.SUCCEEDED)
    failed = WorkColumn(Status.FAILED)
    created_at = DateColumn(gettext_lazy("Invited"), label_on_phone=True)
    answered_at = DateColumn(gettext_lazy("Answered"), label_on_phone=True)

    def __init__(self, *, fleet: Fleet, **options: Any):
        super().__init__(**options)
        self.fleet = fleet

    def fill(self, rows: Iterable[Row]) -> Table:
        rows = list(rows)
        self.work = Workload(self.fleet, [row["company_id"] for row in rows if is_known(row)])
        return super().fill(rows)
