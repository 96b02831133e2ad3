"""How the partners of a fleet do: what each has to do, what it holds, and what it has finished lately."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, Q, QuerySet, Value

from accounts.models import Fleet
from jobs.models import Job
from jobs.models.choices import Kind
from jobs.parts.obstacles import overdue
from jobs.reading.figures import ENDED, Line, midnight
from telematics.models import Custody

# What a partner has finished on so many days, today among them.
DAYS = 30

INSTALLATION = Q(kind=Kind.INSTALLATION)
MAINTENANCE = Q(kind=Kind.MAINTENANCE)


@dataclass
class PartnerLine(Line):
    """What one partner has finished lately, and what it has now. `group` is its ID."""

    open_installation: int = 0
    open_maintenance: int = 0
    overdue_installation: int = 0
    overdue_maintenance: int = 0
    units: int = 0

    @property
    def partner(self) -> str:
        return str(self.group)

    @property
    def finished(self) -> int:
        return self.succeeded + self.failed

    @property
    def open(self) -> dict[str, int]:
        """The jobs that it is to do, by kind."""
        return {
            Kind.INSTALLATION: self.open_installation,
            Kind.MAINTENANCE: self.open_maintenance,
        }

    @property
    def overdue(self) -> dict[str, int]:
        """Those of them that were planned for a day before today, by kind."""
        return {
            Kind.INSTALLATION: self.overdue_installation,
            Kind.MAINTENANCE: self.overdue_maintenance,
        }


# A number that another part of the statement counts.
NOT_HERE: dict[str, Value] = {
    **{name: Value(0) for name in ENDED},
    "duration": Value(None, output_field=DurationField()),
    "open_installation": Value(0),
    "open_maintenance": Value(0),
    "overdue_installation": Value(0),
    "overdue_maintenance": Value(0),
    "units": Value(0),
}


def figures_of_partners(fleet: Fleet, companies: Iterable[str]) -> dict[str, PartnerLine]:
    """The figures of each company."""
    lines = {company: PartnerLine(company) for company in companies}
    if not lines:
        return lines
    found = _finished(fleet, list(lines)).union(
        _at_work(fleet, list(lines)), _held(fleet, list(lines)), all=True
    )
    for company, *numbers in found:
        for name, number in zip(NOT_HERE, numbers, strict=True):
            if number:
                setattr(lines[company], name, number)
    return lines


def _finished(fleet: Fleet, companies: list[str]) -> QuerySet:
    since = midnight(fleet.today - timedelta(days=DAYS - 1), fleet.zone)
    jobs = Job.objects.in_fleet(fleet).shown().filter(company__in=companies)
    return _numbers(jobs.filter(finished_at__gte=since), ENDED)


def _at_work(fleet: Fleet, companies: list[str]) -> QuerySet:
    jobs = Job.objects.in_fleet(fleet).with_partner().filter(company__in=companies)
    late = overdue(fleet.today)
    counts = {
        "open_installation": Count("pk", filter=INSTALLATION),
        "open_maintenance": Count("pk", filter=MAINTENANCE),
        "overdue_installation": Count("pk", filter=INSTALLATION & late),
        "overdue_maintenance": Count("pk", filter=MAINTENANCE & late),
    }
    return _numbers(jobs, counts)


def _held(fleet: Fleet, companies: list[str]) -> QuerySet:
    held = Custody.objects.open().filter(
        unit__fleet=fleet, unit__retired_at=None, company__in=companies
    )
    return _numbers(held, {"units": Count("pk")})


def _numbers(rows: Any, counted: dict[str, Any]) -> QuerySet:
    """A row for each company: what is counted of these rows, with the columns of the other parts."""
    return rows.order_by().values_list("company").annotate(**NOT_HERE | counted)
