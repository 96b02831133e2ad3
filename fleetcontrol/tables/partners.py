"""The table of *Partner & Teams*, with how much work each partner has."""

from typing import Any

from django.db.models import Func, IntegerField, OuterRef, Subquery
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy

from accounts.models import Company, Partnership
from core.web.columns import CodeColumn, Column, DateColumn, FlagColumn, LinkColumn, Row, StatusColumn
from core.web.counts import Count
from core.web.tables import Table
from jobs.models import Job
from jobs.models.choices import JobStatus

KINDS, Status = Job.Kind, Job.Status
# Assigned and waiting, being worked on, and the two ends: what a partner can have.
AT_PARTNER = (Status.ASSIGNED, Status.RUNNING, Status.SUCCEEDED, Status.FAILED)
NOTHING = mark_safe('<span class="muted">0</span>')


def is_known(row: Row) -> bool:
    """Who works where is nobody's business before the company has accepted."""
    return row["status"] == Partnership.Status.ACCEPTED


class Workload:
    """How many jobs of a fleet each company has, by status and kind, as far as "1,000+".

    One statement, which stays the same however many companies there are: PostgreSQL plans eight counts, not eight each.
    """

    KEYS = tuple((status, kind) for status in AT_PARTNER for kind in KINDS)
    MOST = 1000

    def __init__(self, fleet, companies):
        self.fleet = fleet
        counted = Company.objects.filter(pk__in=companies).values_list("pk", *self._numbers(fleet))
        self.counts = {company: dict(zip(self.KEYS, numbers, strict=True)) for company, *numbers in counted}
        self.urls = {kind: reverse(f"fleetcontrol:{kind.lower()}_jobs", args=[fleet.pk]) for kind in KINDS}

    def _numbers(self, fleet) -> list[Func]:
        jobs = Job.objects.in_fleet(fleet).filter(company=OuterRef("pk")).order_by()
        each = (jobs.filter(status=status, kind=kind).values("pk")[: self.MOST + 1] for status, kind in self.KEYS)
        template, number = "(SELECT COUNT(*) FROM %(expressions)s counted)", IntegerField()
        return [Func(Subquery(found), template=template, output_field=number) for found in each]

    def count(self, company: str, status: str, kind: str) -> Count:
        number = self.counts.get(company, {}).get((status, kind), 0)
        return Count(min(number, self.MOST), number > self.MOST)

    def links(self, company: str, status: str) -> list[tuple[str, Count, str]]:
        """Address, number and kind, of the kinds that there are."""
        found = [(kind, self.count(company, status, kind)) for kind in KINDS]
        return [
            (f"{self.urls[kind]}?company={company}&status={status}", number, str(kind.label))
            for kind, number in found
            if number
        ]

    def cell(self, company: str, status: str) -> SafeString:
        links = self.links(company, status)
        return format_html_join(" ", '<a href="{}">{} <span class="small">{}</span></a>', links) if links else NOTHING


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
    allow_override = FlagColumn(gettext_lazy("Override"), tag="OVERRIDE", text=gettext_lazy("Override Enabled"))
    assigned = WorkColumn(Status.ASSIGNED)
    running = WorkColumn(Status.RUNNING)
    succeeded = WorkColumn(Status.SUCCEEDED)
    failed = WorkColumn(Status.FAILED)
    created_at = DateColumn(gettext_lazy("Invited"), label_on_phone=True)
    answered_at = DateColumn(gettext_lazy("Answered"), label_on_phone=True)

    def __init__(self, *, fleet, **options: Any):
        super().__init__(**options)
        self.fleet = fleet

    def fill(self, rows):
        self.work = Workload(self.fleet, [row["company_id"] for row in rows if is_known(row)])
        return super().fill(rows)
