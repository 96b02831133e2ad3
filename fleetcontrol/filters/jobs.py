"""The filters of a job list. Their names are those in the URL, so that a link shows a colleague the same list."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership, User
from fleetcontrol.filters.base import (
    DateFilter,
    DaysFilter,
    ListFilter,
    OneOf,
    OneOfRows,
    PlaceFilter,
    Yes,
)
from jobs.models import Job, JobImport, RollOut
from jobs.models.job_queryset import JobQuerySet
from telematics.models import VehicleModel

STATUS_LABEL = _("Status")


def companies(request: Any) -> QuerySet[Company]:
    """Return the partners of the fleet."""
    return Company.objects.filter(
        pk__in=request.fleet.partnerships.filter(status="ACCEPTED").values("company")
    )


def installers(request: Any) -> QuerySet[User]:
    """Return the people of the fleet's partners."""
    return User.objects.filter(
        pk__in=CompanyMembership.objects.filter(company__in=companies(request)).values("user")
    )


def imports(request: Any) -> QuerySet[JobImport]:
    return JobImport.objects.done().filter(fleet=request.fleet)


def roll_outs(request: Any) -> QuerySet[RollOut]:
    """Return the roll-outs of the fleet, also archived ones."""
    return RollOut.objects.filter(fleet=request.fleet)


def vehicle_models(request: Any) -> QuerySet[VehicleModel]:
    return VehicleModel.objects.all()


class JobFilter(ListFilter):
    search = django_filters.CharFilter(method="filter_by_text", label=_("Search"))
    company = OneOfRows(queryset=companies, label=_("Company"))
    installer = OneOfRows(field_name="assignee", queryset=installers, label=_("Installer"))
    place = PlaceFilter()
    roll_out = OneOfRows(queryset=roll_outs, label=_("Roll-out"))
    planned_after = DateFilter(
        field_name="planned_service_date", lookup_expr="gte", label=_("Planned from")
    )
    planned_before = DateFilter(
        field_name="planned_service_date", lookup_expr="lte", label=_("Planned to")
    )
    created_after = DateFilter(method="filter_created_after", label=_("Created from"))
    created_before = DateFilter(method="filter_created_before", label=_("Created to"))
    model = OneOfRows(field_name="vehicle_model", queryset=vehicle_models, label=_("Vehicle model"))
    task = OneOf(choices=Job.Task.choices, label=_("Task"))
    reason = OneOf(
        field_name="failure_reason",
        choices=Job.FailureReason.choices,
        label=_("Reason of the failure"),
    )
    job_import = django_filters.ModelChoiceFilter(
        queryset=imports, label=_("Import"), widget=forms.HiddenInput
    )
    differs = Yes(field_name="differs", label=_("Differs from plan"))
    overdue = Yes(method="filter_overdue", label=_("Overdue"))
    asked_back = Yes(method="filter_asked_back", label=_("Asked back"))
    refused = Yes(method="filter_refused", label=_("Partner keeps it"))
    to_follow_up = Yes(method="filter_to_follow_up", label=_("Failed without a follow-up"))
    untouched = DaysFilter(method="filter_untouched", label=_("Assigned, untouched for days"))
    running_for = DaysFilter(method="filter_running_for", label=_("Running for days"))

    class Meta:
        model = Job
        fields: list[str] = []

    def filter_by_text(self, rows: JobQuerySet, name: str, value: str) -> JobQuerySet:
        return rows.matching_any(value, self.request.fleet)

    def filter_created_after(self, rows: JobQuerySet, name: str, value: date) -> JobQuerySet:
        return rows.filter(created_at__gte=self.midnight(value))

    def filter_created_before(self, rows: JobQuerySet, name: str, value: date) -> JobQuerySet:
        return rows.filter(created_at__lt=self.midnight(value + timedelta(days=1)))

    def filter_overdue(self, rows: JobQuerySet, name: str, value: bool | None) -> JobQuerySet:
        return rows.overdue(self.request.fleet.today) if value else rows

    def filter_asked_back(self, rows: JobQuerySet, name: str, value: bool | None) -> JobQuerySet:
        return rows.asked_back() if value else rows

    def filter_refused(self, rows: JobQuerySet, name: str, value: bool | None) -> JobQuerySet:
        return rows.kept_by_partner() if value else rows

    def filter_to_follow_up(self, rows: JobQuerySet, name: str, value: bool | None) -> JobQuerySet:
        return rows.to_follow_up() if value else rows

    def filter_untouched(self, rows: JobQuerySet, name: str, value: int) -> JobQuerySet:
        return rows.untouched(value)

    def filter_running_for(self, rows: JobQuerySet, name: str, value: int) -> JobQuerySet:
        return rows.running_for(value)


class StatusFilter(JobFilter):
    """With the statuses, for the form. In the URL of a list one status is a tab."""

    status = OneOf(choices=Job.Status.shown_choices, label=STATUS_LABEL)
