"""What a fleet does to its vehicles: a new one; its unit assigned, swapped or taken out."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.moves import MoveRefused
from core.web.confirm import ConfirmView
from core.web.once import act_once, acted_before
from fleetcontrol.forms.vehicles import UnitForm, VehicleForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.vehicles import VehicleMixin
from jobs.models import Job
from telematics.models import Vehicle

FIELDS = {"vin_in_fleet": "vin", "unit_not_available": "unit"}


class CreateVehicle(FleetMixin, TemplateView):
    """GET shows the form, POST saves it; nothing typed is lost by a refusal."""

    template_name = "fleetcontrol/vehicles/form.html"
    writes = True
    section = "vehicles"

    def get(self, request, **kwargs):
        return self.show(VehicleForm(fleet=self.fleet))

    def post(self, request, **kwargs):
        if "follow" in request.POST:  # the button of those without scripts
            return self.show(VehicleForm.followed(request.POST, trigger=request.POST["follow"], fleet=self.fleet))
        if before := acted_before(request):
            return self.saved(before)
        form = VehicleForm(request.POST, fleet=self.fleet)
        if not form.is_valid():
            return self.show(form)
        try:
            vehicle_id = act_once(request, lambda: self.save(form).pk)
        except MoveRefused as refused:
            form.add_error(FIELDS.get(refused.code), str(refused))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return self.saved(vehicle_id)
        return self.show(form)

    def saved(self, vehicle_id: str):
        messages.success(self.request, _("The vehicle is in the fleet."))
        return redirect("fleetcontrol:vehicle-detail", self.fleet.pk, vehicle_id)

    def save(self, form) -> Vehicle:
        unit = form.cleaned_data["unit"]
        return Vehicle.objects.create_by(self.request.user, fleet=self.fleet, qnr=unit and unit.pk, **form.values)

    def show(self, form):
        list_url = reverse("fleetcontrol:vehicles", args=[self.fleet.pk])
        return self.render_to_response(self.get_context_data(form=form, title=_("New Vehicle"), list_url=list_url))


class FollowVehicle(FleetMixin, TemplateView):
    """The sections that follow the vehicle model and the preset, as somebody has filled them in so far."""

    template_name = "fleetcontrol/jobs/follow.html"
    writes = True

    def post(self, request, **kwargs):
        trigger = request.headers.get("HX-Trigger-Name", "")
        form = VehicleForm.followed(request.POST, trigger=trigger, fleet=self.fleet)
        return self.render_to_response(self.get_context_data(form=form))


class UnitAct(VehicleMixin, ConfirmView):
    """Which of them there is depends on whether a unit is in the vehicle."""

    writes = True
    base_template = "fleetcontrol/base.html"
    form_class: Any = UnitForm
    question_template = "fleetcontrol/vehicles/unit_question.html"
    needs_unit = True

    def check(self):
        if self.vehicle.archived_at:
            raise MoveRefused("vehicle_archived", _("This vehicle is archived."))
        if self.needs_unit and not self.vehicle.unit_id:
            raise MoveRefused("no_unit_here", _("No unit is mounted in this vehicle."))
        if not self.needs_unit and self.vehicle.unit_id:
            raise MoveRefused("vehicle_has_unit", _("Another unit is mounted in this vehicle."))

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"fleet": self.fleet}

    @cached_property
    def open_job(self) -> Job | None:
        return Job.objects.open().filter(vehicle=self.vehicle).order_by("-pk").first()

    def get_context_data(self, **context):
        """What an open job keeps from being done is not asked: its reader is told, and led there."""
        if self.open_job and self.request.method == "GET":
            self.lead = self.submit = ""
            context["form"] = None
        return super().get_context_data(open_job=self.open_job, **context)

    def form_valid(self, form):
        unit = form.cleaned_data.get("unit")
        try:
            self.vehicle.exchange_unit(unit and unit.pk, by=self.request.user)
        except MoveRefused as refused:
            field = FIELDS.get(refused.code)
            form.add_error(field if field in form.fields else None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, str(self.done))
        return redirect(self.get_success_url())

    def get_success_url(self):
        return reverse("fleetcontrol:vehicle-detail", args=[self.fleet.pk, self.vehicle.pk])


class AssignUnit(UnitAct):
    needs_unit = False
    title = gettext_lazy("Assign a unit")
    submit, done = gettext_lazy("Assign"), gettext_lazy("The unit is in the vehicle.")


class SwapUnit(UnitAct):
    title = gettext_lazy("Swap the unit")
    lead = gettext_lazy("The unit that is in the vehicle goes back to stock.")
    submit, done = gettext_lazy("Swap"), gettext_lazy("The units are swapped.")


class TakeUnitOut(UnitAct):
    title = gettext_lazy("Take the unit out?")
    lead = gettext_lazy("It goes back to stock. The vehicle then sends nothing and takes no commands.")
    submit, done = gettext_lazy("Take it out"), gettext_lazy("The unit is back in stock.")
    danger = True
    form_class = forms.Form

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        del kwargs["fleet"]
        return kwargs
