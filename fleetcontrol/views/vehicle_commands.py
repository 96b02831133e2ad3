"""A command that a person at the desk sends to a vehicle, after a question that names who has access to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.refusals import sentence
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from core.web.once import answer_form_once
from fleetcontrol.forms.vehicle_commands import CommandForm
from fleetcontrol.views.vehicles import VehicleMixin
from jobs.models import VehicleAccess
from telematics.models import Command
from telematics.web.waiting import settled_if_there_is_room

# How many seconds the page that follows waits for the vehicle. It then goes on to show how far the command is.
WAIT = 5.0


class SendCommand(VehicleMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"
    form_class = CommandForm
    question_template = "fleetcontrol/vehicles/command_question.html"
    title = gettext_lazy("Send a command")
    submit = gettext_lazy("Send")

    def check(self) -> None:
        if self.vehicle.archived_at:
            raise MoveRefused("vehicle_archived")
        if not self.vehicle.unit_id:
            raise MoveRefused("no_unit")

    @cached_property
    def access(self) -> VehicleAccess | None:
        """The open access of an installer, who may be at the vehicle."""
        open_ones = VehicleAccess.objects.live().filter(key__vehicle=self.vehicle)
        return open_ones.select_related("key__holder", "job__company").first()

    def get_initial(self) -> dict[str, Any]:
        """The command of the button that led here."""
        return {"command": self.request.GET.get("command", "")}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"vehicle": self.vehicle}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(access=self.access, **context)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        verb = form.cleaned_data["command"]
        by = signed_in(self.request)
        try:
            command_id = answer_form_once(
                self.request, lambda: self.vehicle.commands_by(by).send(verb).pk
            )
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        self.report(settled_if_there_is_room(command_id, within=WAIT))
        return redirect(self.get_success_url())

    def report(self, command: Command) -> None:
        names = {"command": command.get_verb_display(), "vehicle": self.vehicle}
        if command.settled_at is None:
            text = _("“%(command)s” is being sent to %(vehicle)s.")
            messages.info(self.request, with_names(text, **names))
        elif command.refusal:
            text = _("“%(command)s” was not carried out: %(reason)s")
            reason = sentence(command.refusal)
            messages.error(self.request, with_names(text, reason=reason, **names))
        else:
            text = _("“%(command)s” was carried out by %(vehicle)s.")
            messages.success(self.request, with_names(text, **names))

    def get_success_url(self) -> str:
        # Without a fragment: from the dialog over this page, a script would then not load it again.
        return reverse("fleetcontrol:vehicle-detail", args=[self.fleet.pk, self.vehicle.pk])
