"""What helps while a job is typed: the form follows, a VIN is looked up, long choices are suggested."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from fleetcontrol.forms.job import JobForm
from fleetcontrol.forms.lookups import suggestions
from fleetcontrol.mixins import FleetMixin
from jobs.models import Job
from telematics.models import Vehicle


class FollowForm(FleetMixin, TemplateView):
    """The sections that follow the vehicle model and the preset, as somebody has filled them in so far."""

    template_name = "fleetcontrol/jobs/follow.html"
    writes = True

    def post(self, request, **kwargs):
        form = JobForm.followed(request.POST, trigger=request.headers.get("HX-Trigger-Name", ""), fleet=self.fleet)
        return self.render_to_response(self.get_context_data(form=form))


class CheckVin(FleetMixin, TemplateView):
    """Warns while typing; saving warns too."""

    def get(self, request, **kwargs):
        about = {name: request.GET.get(name, "") for name in ("job_id", "vehicle")}
        warning = vin_in_work(self.fleet, request.GET.get("vin", ""), **about)
        return HttpResponse(
            _("Warning: %(text)s") % {"text": warning} if warning else "", content_type="text/plain; charset=utf-8"
        )


class Options(FleetMixin, TemplateView):
    """Suggestions for a field with many possible rows."""

    template_name = "fleetcontrol/jobs/options.html"

    def get_context_data(self, **context):
        text = self.request.GET.get("vehicle") or self.request.GET.get("planned_unit") or ""
        return super().get_context_data(options=suggestions(self.kwargs["what"], self.fleet, text), **context)


def vin_in_work(fleet, vin: str, *, job_id: str = "", vehicle: str = "") -> str:
    """What speaks against this VIN, in words: it is in another open job or in another vehicle of the fleet."""
    vin = "".join(vin.split()).upper()
    if not vin:
        return ""
    others = Job.objects.in_fleet(fleet).open().filter(vin=vin)
    if (other := next((job for job in others[:2] if job.pk != job_id), None)) is not None:
        return _("The VIN %(vin)s is already in an open job (%(status)s).") % {
            "vin": vin,
            "status": other.get_status_display(),
        }
    if Vehicle.objects.live().filter(fleet=fleet, vin=vin).exclude(pk=vehicle).exists():
        return _("A vehicle of the fleet has the VIN %(vin)s already.") % {"vin": vin}
    return ""
