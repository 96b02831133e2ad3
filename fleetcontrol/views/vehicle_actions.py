"""The actions of a fleet on its vehicles: create one; assign, swap or remove its unit."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from core.web.once import answer_form_once, form_answer
from fleetcontrol import return_to
from fleetcontrol.forms.specification import SpecificationForm
from fleetcontrol.forms.vehicles import UnitForm, VehicleForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.views.vehicles import VehicleMixin
from jobs.models import Job
from telematics.models import Vehicle
from telematics.models.specification import Specification

# The field that a refusal is shown at.
FIELDS = {"vin_in_fleet": "vin", "unit_not_available": "unit"}


class CreateVehicle(FleetMixin, TemplateView):
    """GET shows the form, POST saves it; a refusal loses nothing that was typed."""

    template_name = "fleetcontrol/vehicles/form.html"
    form_class = VehicleForm
    posted = ("follow", "enter", "another", return_to.PARAMETER)
    writes = True
    section = "vehicles"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(VehicleForm(fleet=self.fleet, initial=self.like()))

    def like(self) -> dict[str, Any]:
        """The model, setup and features of the vehicle that was added before: the next one is often the same."""
        before = Vehicle.objects.filter(fleet=self.fleet, pk=self.request.GET.get("like", ""))
        values = before.values(*Specification.SPECIFICATION_FIELDS).first()
        return dict(values) if values else {}

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "follow" in request.POST:  # the button of a page without scripts
            return self.show(
                VehicleForm.followed(request.POST, trigger=request.POST["follow"], fleet=self.fleet)
            )
        if before := form_answer(request):
            return self.saved(before)
        form = VehicleForm(request.POST, fleet=self.fleet)
        if "enter" in request.POST or not form.is_valid():
            return self.show(form)
        try:
            vehicle_id = answer_form_once(request, lambda: self.save(form).pk)
        except MoveRefused as refused:
            form.add_error(FIELDS.get(refused.code), str(refused))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return self.saved(vehicle_id)
        return self.show(form)

    def save(self, form: VehicleForm) -> Vehicle:
        unit = form.cleaned_data["unit"]
        return Vehicle.objects.create_by(
            self.request.user, fleet=self.fleet, qnr=unit and unit.pk, **form.values
        )

    def saved(self, vehicle_id: str) -> HttpResponse:
        vehicle = Vehicle.objects.get(fleet=self.fleet, pk=vehicle_id)
        messages.success(self.request, with_names(_("%(vehicle)s was created."), vehicle=vehicle))
        if "another" in self.request.POST:
            page = reverse("fleetcontrol:vehicle-create", args=[self.fleet.pk])
            return redirect(f"{page}?like={vehicle_id}&{return_to.parameter(self.list_url)}")
        return redirect("fleetcontrol:vehicle-detail", self.fleet.pk, vehicle_id)

    @property
    def list_url(self) -> str:
        """The list as the reader left it, else from its start."""
        start = reverse("fleetcontrol:vehicles", args=[self.fleet.pk])
        return return_to.nearest_list(self.came_from, [start]) or start

    def show(self, form: SpecificationForm) -> HttpResponse:
        context = self.get_context_data(form=form, title=_("New Vehicle"), list_url=self.list_url)
        return self.render_to_response(context)


class FollowVehicle(FleetMixin, TemplateView):
    """The sections that follow the vehicle model and the preset, with what is filled in so far."""

    template_name = "fleetcontrol/jobs/follow.html"
    form_class = VehicleForm
    posted = (return_to.PARAMETER,)
    writes = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        trigger = request.headers.get("HX-Trigger-Name", "")
        form = VehicleForm.followed(request.POST, trigger=trigger, fleet=self.fleet)
        return self.render_to_response(self.get_context_data(form=form))


class UnitAction(VehicleMixin, ConfirmView):
    """An action on the unit of a vehicle. `needs_unit`: whether the vehicle must have one."""

    writes = True
    base_template = "fleetcontrol/base.html"
    form_class: type[forms.Form] = UnitForm
    question_template = "fleetcontrol/vehicles/unit_question.html"
    needs_unit = True

    def check(self) -> None:
        if self.vehicle.archived_at:
            raise MoveRefused("vehicle_archived")
        if self.needs_unit and not self.vehicle.unit_id:
            raise MoveRefused("no_unit")
        if not self.needs_unit and self.vehicle.unit_id:
            raise MoveRefused("vehicle_has_unit")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    @cached_property
    def open_job(self) -> Job | None:
        return Job.objects.open().filter(vehicle=self.vehicle).order_by("-pk").first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """While an open job prevents the action, show that job instead of the form."""
        if self.open_job and self.request.method == "GET":
            self.lead = ""
            self.submit = ""
            context["form"] = None
        return super().get_context_data(open_job=self.open_job, **context)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        unit = form.cleaned_data.get("unit")
        try:
            self.vehicle.exchange_unit(unit and unit.pk, by=self.request.user)
        except MoveRefused as refused:
            field = FIELDS.get(refused.code)
            form.add_error(field if field in form.fields else None, str(refused))
            return self.form_invalid(form)
        messages.success(
            self.request, with_names(self.done, unit=unit and unit.pk, vehicle=self.vehicle)
        )
        return redirect(self.get_success_url())

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:vehicle-detail", args=[self.fleet.pk, self.vehicle.pk])


class AssignUnit(UnitAction):
    needs_unit = False
    title = gettext_lazy("Assign a unit")
    submit = gettext_lazy("Assign")
    done = gettext_lazy("Unit %(unit)s was assigned to %(vehicle)s.")


class SwapUnit(UnitAction):
    title = gettext_lazy("Swap the unit")
    lead = gettext_lazy("The unit that is in the vehicle goes back to stock.")
    submit = gettext_lazy("Swap")
    done = gettext_lazy("Unit %(unit)s is now in %(vehicle)s. The old unit is back in stock.")


class RemoveUnit(UnitAction):
    title = gettext_lazy("Take the unit out?")
    lead = gettext_lazy(
        "It goes back to stock. The vehicle then sends nothing and takes no commands."
    )
    submit = gettext_lazy("Take it out")
    done = gettext_lazy("The unit of %(vehicle)s is back in stock.")
    danger = True
    form_class = forms.Form

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs()
        del kwargs["fleet"]
        return kwargs
