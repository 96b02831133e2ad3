"""The filters of the list of accesses. Their names are those in the URL."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership, User
from fleetcontrol.filters.base import DateFilter, ListFilter, OneOf, OneOfRows, Yes
from fleetcontrol.filters.vehicles import found_by
from jobs.models import Job, VehicleAccess
from jobs.models.vehicle_access import VehicleAccessQuerySet
from jobs.reading.accesses import company_of, refused
from jobs.search import parse_search
from telematics.models import Vehicle


def memberships(request: Any) -> QuerySet[CompanyMembership]:
    """Return those in which a person has had an access for a job of the fleet.

    Of other companies than these, such as one that has not accepted an invitation, the fleet reads no name.
    """
    fleet = request.fleet
    own = VehicleAccess.objects.in_fleet(fleet).filter(key__holder=OuterRef("user"))
    own = own.alias(of_company=company_of("company")).filter(of_company=OuterRef("company"))
    companies_of_fleet = fleet.partnerships.values("company")
    return CompanyMembership.objects.filter(Exists(own), company__in=companies_of_fleet)


def companies(request: Any) -> QuerySet[Company]:
    """Return the companies whose people have had an access, also former partners."""
    return Company.objects.filter(pk__in=memberships(request).values("company"))


def holders(request: Any) -> QuerySet[User]:
    """Return the people who have had an access for a job of the fleet."""
    return User.objects.filter(pk__in=memberships(request).values("user"))


class AccessFilter(ListFilter):
    search = django_filters.CharFilter(method="filter_by_text", label=_("Search"))
    company = OneOfRows(queryset=companies, method="filter_by_company", label=_("Company"))
    installer = OneOfRows(field_name="key__holder", queryset=holders, label=_("Installer"))
    open_after = DateFilter(method="filter_after", label=_("From"))
    open_before = DateFilter(method="filter_before", label=_("To"))
    reason = OneOf(
        field_name="end_reason", choices=VehicleAccess.EndReason.choices, label=_("Why it ended")
    )
    open_now = Yes(method="filter_open", label=_("Open now"))
    refused = Yes(method="filter_refused", label=_("With refused attempts"))

    class Meta:
        model = VehicleAccess
        fields: list[str] = []

    def filter_by_text(
        self, rows: VehicleAccessQuerySet, name: str, value: str
    ) -> VehicleAccessQuerySet:
        """By the job's number, reference and names, and by those of the vehicle: each by its index."""
        fleet = self.request.fleet
        jobs = Job.objects.in_fleet(fleet).matching_any(value, fleet).order_by()
        vehicles = found_by(Vehicle.objects.filter(fleet=fleet), parse_search(value)).order_by()
        all_rows = VehicleAccess.objects.order_by()
        of_jobs = all_rows.filter(job__in=jobs.values("pk")).values("pk")
        of_vehicles = all_rows.filter(key__vehicle__in=vehicles.values("pk")).values("pk")
        return rows.filter(pk__in=of_jobs.union(of_vehicles))

    def filter_by_company(
        self, rows: VehicleAccessQuerySet, name: str, value: Iterable[Company]
    ) -> VehicleAccessQuerySet:
        if not value:
            return rows
        people = CompanyMembership.objects.filter(company__in=value).values("user")
        of_people = rows.filter(key__holder__in=people)
        return of_people.alias(of_company=company_of("company")).filter(of_company__in=value)

    def filter_after(
        self, rows: VehicleAccessQuerySet, name: str, value: date
    ) -> VehicleAccessQuerySet:
        start = self.midnight(value)
        unended = Q(key__ended_at=None, key__ends_at__gte=start)
        return rows.filter(Q(key__ended_at__gte=start) | unended)

    def filter_before(
        self, rows: VehicleAccessQuerySet, name: str, value: date
    ) -> VehicleAccessQuerySet:
        return rows.filter(key__opened_at__lt=self.midnight(value + timedelta(days=1)))

    def filter_open(
        self, rows: VehicleAccessQuerySet, name: str, value: bool | None
    ) -> VehicleAccessQuerySet:
        return rows.live() if value else rows

    def filter_refused(
        self, rows: VehicleAccessQuerySet, name: str, value: bool | None
    ) -> VehicleAccessQuerySet:
        return rows.filter(refused()) if value else rows
