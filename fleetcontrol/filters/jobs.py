"""The filters of a job list. Their names are those in the URL, so that a link shows a colleague the same list."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership, User
from core.values.days import OUT_OF_RANGE, DayFormField
from core.values.shown import day
from jobs.models import Job, JobImport
from jobs.models.job_queryset import JobQuerySet
from telematics.models import VehicleModel

LONGEST_CHIP = 60


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


def vehicle_models(request: Any) -> QuerySet[VehicleModel]:
    return VehicleModel.objects.all()


class DateFilter(django_filters.DateFilter):
    field_class = DayFormField


class Yes(django_filters.BooleanFilter):
    """Filters while it is ticked."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, widget=forms.CheckboxInput, **kwargs)

    def filter(self, qs: QuerySet, value: bool | None) -> QuerySet:
        return super().filter(qs, value) if value else qs


class JobFilter(django_filters.FilterSet):
    filters: dict[str, Any]

    search = django_filters.CharFilter(method="filter_by_text", label=_("Search"))
    company = django_filters.ModelChoiceFilter(
        queryset=companies, label=_("Company"), empty_label=_("any")
    )
    installer = django_filters.ModelChoiceFilter(
        field_name="assignee", queryset=installers, label=_("Installer"), empty_label=_("any")
    )
    planned_after = DateFilter(
        field_name="planned_service_date", lookup_expr="gte", label=_("Planned from")
    )
    planned_before = DateFilter(
        field_name="planned_service_date", lookup_expr="lte", label=_("Planned to")
    )
    created_after = DateFilter(method="filter_created_after", label=_("Created from"))
    created_before = DateFilter(method="filter_created_before", label=_("Created to"))
    model = django_filters.ModelChoiceFilter(
        field_name="vehicle_model",
        queryset=vehicle_models,
        label=_("Vehicle model"),
        empty_label=_("any"),
    )
    job_import = django_filters.ModelChoiceFilter(
        queryset=imports, label=_("Import"), widget=forms.HiddenInput
    )
    differs = Yes(field_name="differs", label=_("Differs from plan"))
    overdue = Yes(method="filter_overdue", label=_("Overdue"))
    asked_back = Yes(method="filter_asked_back", label=_("Asked back"))

    class Meta:
        model = Job
        fields: list[str] = []

    @classmethod
    def is_used(cls, query: QueryDict) -> bool:
        return any(query.get(name) for name in cls.base_filters)

    def only_used(self) -> "JobFilter":
        """Drop the filters without a value: a list does not need their choices."""
        self.filters = {name: found for name, found in self.filters.items() if self.data.get(name)}
        return self

    def filter_queryset(self, queryset: JobQuerySet) -> JobQuerySet:
        """Find nothing if a value is wrong: a partner that has left must not show, or change, all jobs."""
        return queryset.none() if self.form.errors else super().filter_queryset(queryset)

    def filter_by_text(self, rows: JobQuerySet, name: str, value: str) -> JobQuerySet:
        return rows.matching_any(value)

    def filter_created_after(self, rows: JobQuerySet, name: str, value: date) -> JobQuerySet:
        return rows.filter(created_at__gte=self._midnight(value))

    def filter_created_before(self, rows: JobQuerySet, name: str, value: date) -> JobQuerySet:
        return rows.filter(created_at__lt=self._midnight(value + timedelta(days=1)))

    def filter_overdue(self, rows: JobQuerySet, name: str, value: bool | None) -> JobQuerySet:
        return rows.overdue(timezone.localdate(timezone=self._zone)) if value else rows

    def filter_asked_back(self, rows: JobQuerySet, name: str, value: bool | None) -> JobQuerySet:
        return rows.asked_back() if value else rows

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.request.fleet.time_zone)

    @staticmethod
    def _midnight(day: date) -> datetime:
        """The start of a day in the reader's zone, in which the list shows its times."""
        return datetime.combine(day, time.min, timezone.get_current_timezone())

    def chips(self) -> list[dict[str, Any]]:
        """Describe the filters in use: label, value in words, and the parameter that a chip removes."""
        values = {}
        for name, value in self.form.cleaned_data.items():
            if value not in (None, "", False):
                values[name] = _in_words(value)[:LONGEST_CHIP]
        for name in self.form.errors:
            values[name] = self._error(name)
        return [self._chip(name, value) for name, value in values.items()]

    def _chip(self, name: str, value: str) -> dict[str, Any]:
        return {"label": str(self.filters[name].label), "value": value, "name": name}

    def _error(self, name: str) -> str:
        """Why no job is shown: the year is not allowed, or the value does not exist."""
        error = self.form.errors.as_data()[name][0]
        return error.message if error.code == OUT_OF_RANGE else str(_("unknown"))


def _in_words(value: Any) -> str:
    if value is True:
        return ""
    return day(value) if isinstance(value, date) else str(value)
