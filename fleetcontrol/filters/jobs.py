"""How a job list is narrowed. The names are those of the address, so that a link shows a colleague the same."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership, User
from core.web import cells
from jobs.models import Job, JobImport
from telematics.models import VehicleModel

LONGEST_CHIP = 60


def companies(request) -> QuerySet:
    """The partners of the fleet."""
    return Company.objects.filter(pk__in=request.fleet.partnerships.filter(status="ACCEPTED").values("company"))


def installers(request) -> QuerySet:
    """The people of those companies. A choice of the page, not a list of everybody."""
    return User.objects.filter(pk__in=CompanyMembership.objects.filter(company__in=companies(request)).values("user"))


def imports(request) -> QuerySet:
    return JobImport.objects.done().filter(fleet=request.fleet)


class DateFilter(filters.DateFilter):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class Yes(filters.BooleanFilter):
    """Narrows when it is ticked, and is no filter otherwise."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, widget=forms.CheckboxInput, **kwargs)

    def filter(self, qs, value):
        return super().filter(qs, value) if value else qs


class JobFilter(filters.FilterSet):
    search = filters.CharFilter(method="narrow_by_text", label=_("Search"))
    company = filters.ModelChoiceFilter(queryset=companies, label=_("Company"), empty_label=_("any"))
    installer = filters.ModelChoiceFilter(
        field_name="assignee", queryset=installers, label=_("Installer"), empty_label=_("any")
    )
    planned_after = DateFilter(field_name="planned_service_date", lookup_expr="gte", label=_("Planned from"))
    planned_before = DateFilter(field_name="planned_service_date", lookup_expr="lte", label=_("Planned to"))
    created_after = DateFilter(method="narrow_created_after", label=_("Created from"))
    created_before = DateFilter(method="narrow_created_before", label=_("Created to"))
    model = filters.ModelChoiceFilter(
        field_name="vehicle_model",
        queryset=lambda request: VehicleModel.objects.all(),
        label=_("Vehicle model"),
        empty_label=_("any"),
    )
    job_import = filters.ModelChoiceFilter(queryset=imports, label=_("Import"), widget=forms.HiddenInput)
    differs = Yes(field_name="differs", label=_("Differs from plan"))
    overdue = Yes(method="narrow_overdue", label=_("Overdue"))

    class Meta:
        model = Job
        fields: list[str] = []

    @classmethod
    def is_asked(cls, query) -> bool:
        return any(query.get(name) for name in cls.base_filters)

    def asked(self) -> "JobFilter":
        """With those filters alone that narrow now: a list needs no choices of the others."""
        self.filters = {name: found for name, found in self.filters.items() if self.data.get(name)}
        return self

    def filter_queryset(self, queryset):
        """A filter that does not resolve any more, as a partner that has gone, must not show, or change, everything."""
        return queryset.none() if self.form.errors else super().filter_queryset(queryset)

    def narrow_by_text(self, rows, name, value):
        return rows.matching_any(value)

    def narrow_created_after(self, rows, name, value):
        return rows.filter(created_at__gte=self._midnight(value))

    def narrow_created_before(self, rows, name, value):
        return rows.filter(created_at__lt=self._midnight(value + timedelta(days=1)))

    def narrow_overdue(self, rows, name, value):
        return rows.overdue(timezone.localdate(timezone=self._zone)) if value else rows

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.request.fleet.time_zone)

    def _midnight(self, day) -> datetime:
        return datetime.combine(day, time.min, self._zone)

    def chips(self) -> list[dict]:
        """What narrows the list now: label, value in words, and the parameters to take out of the address."""
        unknown = dict.fromkeys(self.form.errors, _("unknown"))
        narrowing = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", False)}
        return [
            {"label": str(self.filters[name].label), "value": _said(value)[:LONGEST_CHIP], "name": name}
            for name, value in (narrowing | unknown).items()
        ]


def _said(value) -> str:
    if value is True:
        return ""
    return cells.day(value) if hasattr(value, "strftime") else str(value)
