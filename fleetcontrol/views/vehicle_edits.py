"""What a fleet corrects of a vehicle: a page, or dialog, for each method of FleetEdits."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.errors import MoveRefused
from core.values.bidi import isolated, with_names
from core.web.confirm import ConfirmView
from fleetcontrol.forms.vehicle_edits import (
    CustomFieldsForm,
    MasterDataForm,
    OperationStatusForm,
    TagsForm,
    VehicleEditForm,
    VehicleModelForm,
    VehiclePlaceForm,
)
from fleetcontrol.views.vehicle_actions import FIELDS
from fleetcontrol.views.vehicles import VehicleMixin
from jobs.models import Job
from jobs.reading.vehicle_changes import compared, replaced_since
from telematics.models import Vehicle
from telematics.models.fleet_edits import FleetEdits
from telematics.refusals import NOT_ARCHIVED, VEHICLE_IS_HELD


class VehicleEdit(VehicleMixin, ConfirmView):
    """A change of a vehicle. A refusal loses nothing that was typed."""

    writes = True
    base_template = "fleetcontrol/base.html"
    question_template = "fleetcontrol/vehicles/edit_question.html"
    form_class: Any = VehicleEditForm
    submit = _("Save")

    def find(self) -> None:
        super().find()
        self.title = with_names(type(self).title, vehicle=self.vehicle)
        self.lead = type(self).lead or isolated(str(self.vehicle))

    def check(self) -> None:
        if self.vehicle.archived_at:
            raise MoveRefused("vehicle_archived")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"vehicle": self.vehicle}

    def form_valid(self, form: Any) -> HttpResponse:
        edits = self.vehicle.edits(self.request.user, expected=form.cleaned_data["expected"])
        try:
            self.change(edits, **form.values)
        except MoveRefused as refused:
            if refused.code == "stale":
                return self.show_stale(form, refused)
            field = FIELDS.get(refused.code)
            form.add_error(field if field in form.fields else None, str(refused))
            return self.form_invalid(form)
        except ValidationError as wrong:
            form.refuse(wrong)
            return self.form_invalid(form)
        return self.saved()

    def change(self, edits: FleetEdits, **values: Any) -> None:
        """Call the method that this page is for."""
        raise NotImplementedError

    def saved(self) -> HttpResponse:
        messages.success(self.request, with_names(self.done, vehicle=self.vehicle))
        return redirect(self.get_success_url())

    def show_stale(self, form: VehicleEditForm, refused: MoveRefused) -> HttpResponse:
        """Show what is there now beside what was typed: who saves once more has seen it."""
        self.find()
        differences = form.differences(self.vehicle)
        if form.values and not differences:  # as when the form is sent twice
            return self.saved()
        untouched = form.untouched(replaced_since(self.vehicle, form.cleaned_data["expected"]))
        form.add_error(None, str(refused))
        form.begin_again(self.vehicle, untouched)
        theirs = compared(differences, untouched)
        return self.render_to_response(self.get_context_data(form=form, theirs=theirs))

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:vehicle-detail", args=[self.fleet.pk, self.vehicle.pk])


class EditMasterData(VehicleEdit):
    form_class = MasterDataForm
    title = _("Edit vehicle data")
    done = _("The data of %(vehicle)s were saved.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.set_master_data(**values)


class EditVehicleModel(VehicleEdit):
    form_class = VehicleModelForm
    title = _("Edit vehicle model")
    done = _("The model of %(vehicle)s was saved.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.set_vehicle_model(values["vehicle_model"])


class EditPlaceOfVehicle(VehicleEdit):
    form_class = VehiclePlaceForm
    title = _("Edit place")
    done = _("The place of %(vehicle)s was saved.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.set_place(values["place"])


class EditCustomFields(VehicleEdit):
    form_class = CustomFieldsForm
    title = _("Edit custom fields")
    done = _("The custom fields of %(vehicle)s were saved.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.set_custom_fields(values["custom_fields"], replace=True)


class EditTags(VehicleEdit):
    form_class = TagsForm
    title = _("Edit tags")
    done = _("The tags of %(vehicle)s were saved.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.set_tags(values["tags"])


class EditOperationStatus(VehicleEdit):
    form_class = OperationStatusForm
    title = _("Edit operation status")
    done = _("The operation status of %(vehicle)s was saved.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.set_operation_status(
            values["operation_status"], remark=values["operation_status_remark"]
        )


class ArchiveVehicle(VehicleEdit):
    title = _("Archive %(vehicle)s?")
    lead: Any = _(
        "Its unit goes back to stock, and the vehicle takes no more commands. "
        "It can be restored for 90 days, without its unit."
    )
    submit: Any = _("Archive")
    danger = True
    done = _("%(vehicle)s was archived.")

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.archive()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """While somebody holds the vehicle, show by which job instead of the form."""
        if Vehicle.objects.not_held().filter(pk=self.vehicle.pk).exists():
            return super().get_context_data(**context)
        self.lead = ""
        self.submit = ""
        context["form"] = None
        held_by = Job.objects.with_partner().filter(vehicle=self.vehicle).order_by("-pk").first()
        return super().get_context_data(held=VEHICLE_IS_HELD, held_by=held_by, **context)


class RestoreVehicle(VehicleEdit):
    title = _("Restore %(vehicle)s?")
    lead = _("It is in the fleet again, without a unit.")
    submit = _("Restore")
    done = _("%(vehicle)s was restored.")

    def check(self) -> None:
        if not self.vehicle.archived_at:
            raise MoveRefused("wrong_status", NOT_ARCHIVED)

    def change(self, edits: FleetEdits, **values: Any) -> None:
        edits.restore()
