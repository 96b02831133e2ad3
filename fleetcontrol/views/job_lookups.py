"""Help while a job is typed: the form follows its choices, a VIN is looked up, long choices are suggested."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import Fleet
from core.web.converters import Ulid
from fleetcontrol.forms.job import JobForm
from fleetcontrol.forms.lookups import suggested_units, suggested_vehicles, vehicle_called
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.warning_links import with_link
from jobs.models import Job
from jobs.warnings import Draft, warnings_of_all
from telematics.models import Unit
from telematics.models.unit import UnitQuerySet
from telematics.values import VIN


class FollowForm(FleetMixin, TemplateView):
    """The sections that follow the vehicle model and the preset, with what is filled in so far."""

    template_name = "fleetcontrol/jobs/follow.html"
    form_class = JobForm
    posted = ("job_id", "expected_version")
    writes = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        trigger = request.headers.get("HX-Trigger-Name", "")
        form = JobForm.followed(request.POST, trigger=trigger, fleet=self.fleet)
        return self.render_to_response(self.get_context_data(form=form))


class CheckVin(FleetMixin, TemplateView):
    """A warning while a person types; saving warns, too."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        warning = vin_warning(
            self.fleet,
            request.GET.get("vin", ""),
            job_id=request.GET.get("job_id", ""),
            vehicle=request.GET.get("vehicle", ""),
        )
        return HttpResponse(warning)


class Options(FleetMixin, TemplateView):
    """Suggestions for a field with many possible rows."""

    template_name = "fleetcontrol/jobs/options.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(options=self._options(), **context)

    def _options(self) -> list[tuple[str, str]]:
        given = self.request.GET
        if self.kwargs["what"] == "vehicles":
            return suggested_vehicles(self.fleet, given.get("vehicle", ""))
        if self.kwargs["what"] == "units":
            return suggested_units(
                self._units(), given.get("planned_unit") or given.get("unit") or ""
            )
        return []

    def _units(self) -> UnitQuerySet:
        """Return the units that the form accepts: for a job those that it may plan, otherwise the free ones."""
        if "kind" in self.request.GET:
            return self._job().fitting.units_to_plan()
        return Unit.objects.free().filter(fleet=self.fleet)

    def _job(self) -> Job:
        """The job in the form, with the vehicle that is chosen there."""
        given = self.request.GET
        job_id: Any = as_ulid(given.get("job", ""))
        job = Job.objects.in_fleet(self.fleet).filter(pk=job_id).first()
        if job is None:
            job = Job(fleet=self.fleet, kind=given["kind"])
        if job.kind == Job.Kind.MAINTENANCE:  # the form shows the field for this task alone
            job.task = Job.Task.REPLACE_UNIT
        job.vehicle = vehicle_called(given.get("vehicle", ""), self.fleet)
        return job


def as_ulid(text: str) -> str | None:
    """Return the id in a query; None for any other text."""
    return text if re.fullmatch(Ulid.regex, text) else None


def vin_warning(fleet: Fleet, vin: str, *, job_id: str = "", vehicle: str = "") -> SafeString | str:
    """Return which other open job or vehicle of the fleet has this VIN; "" if there is none."""
    typed = Draft(vin=VIN.canonical(vin), job=job_id)
    if found := vehicle_called(vehicle, fleet):
        typed.vehicle = found.pk
    warned = warnings_of_all(fleet, [typed])[0]
    for one in warned:
        if one.field == "vin":
            return with_link(fleet.pk, one, _("Warning: %(text)s") % {"text": one.sentence})
    return ""
