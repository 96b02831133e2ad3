"""The bulk actions on vehicles: a selection, a form, its consequence, a summary."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from core.errors import MoveRefused
from core.web.once import answer_form_once, form_answer
from core.web.posted import names_of, require_field
from fleetcontrol import return_to
from fleetcontrol.forms.vehicle_bulk import (
    ArchiveBulkForm,
    CustomFieldsBulkForm,
    OperationStatusBulkForm,
    PlaceBulkForm,
    TagsBulkForm,
    VehicleBulkForm,
)
from fleetcontrol.vehicle_consequences import consequences, first_of, pending_jobs_of
from fleetcontrol.views.vehicle_filtering import SelectedVehicles
from telematics.models.bulk_changes import Archive
from telematics.models.many_edits import MOST, Judged, ManyEdits

FORMS: dict[str, type[VehicleBulkForm]] = {
    "tags": TagsBulkForm,
    "place": PlaceBulkForm,
    "custom-fields": CustomFieldsBulkForm,
    "status": OperationStatusBulkForm,
    "archive": ArchiveBulkForm,
}
TITLES = {
    "tags": gettext_lazy("Change tags"),
    "place": gettext_lazy("Set place"),
    "custom-fields": gettext_lazy("Change custom fields"),
    "status": gettext_lazy("Set operation status"),
    "archive": gettext_lazy("Archive vehicles"),
}
CONFIRMED = "confirmed"


class BulkVehicles(SelectedVehicles, TemplateView):
    """POST from the list shows the form, POST from the form its consequence, and POST from there changes the vehicles.

    The form carries the selection, and a digest of what the consequence replaces.
    """

    writes = True
    most = MOST
    template_name = "fleetcontrol/vehicles/bulk.html"
    posted = ("query", "select", "all", return_to.PARAMETER, "step", "seen", "again")

    def find(self) -> None:
        if self.kwargs["change"] not in FORMS:
            raise Http404
        self.form_class = FORMS[self.kwargs["change"]]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """The return from signing in: the page sends selection and form once more (static/js/page/drafts.js)."""
        return self.show(self.make_form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        step = request.POST.get("step")
        if not step or "again" in request.POST:
            return self.show(self.make_form(request.POST if step else None))
        form = self.make_form(request.POST)
        if not form.is_valid() or not self.fits:
            return self.show(form)
        if step != CONFIRMED:
            return self.show_consequence(form)
        require_field(request, "seen")
        return self.change_once(form)

    def make_form(self, data: QueryDict | None = None) -> VehicleBulkForm:
        return self.form_class(data, fleet=self.fleet)

    def change_once(self, form: VehicleBulkForm) -> HttpResponse:
        if before := form_answer(self.request):
            return self.finish(before)
        try:
            result = answer_form_once(self.request, lambda: self.change(form))
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.show_consequence(form)
        return self.finish(result)

    def change(self, form: VehicleBulkForm) -> str:
        outcome = ManyEdits(self.selected, form.made).apply(
            self.request.user,
            fleet=self.fleet,
            seen=self.request.POST["seen"],
            reason=form.cleaned_data["reason"],
        )
        return str(outcome.changed)

    def finish(self, result: str) -> HttpResponse:
        number = int(result)
        text = ngettext("%(n)s vehicle was changed.", "%(n)s vehicles were changed.", number)
        if self.form_class is ArchiveBulkForm:
            text = ngettext("%(n)s vehicle was archived.", "%(n)s vehicles were archived.", number)
        level = messages.SUCCESS if number else messages.WARNING
        messages.add_message(self.request, level, text % {"n": number})
        return redirect(self.list_url)

    # --- what is shown --------------------------------------------------------------------------------------------
    def show(self, form: VehicleBulkForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, step="filled"))

    def show_consequence(self, form: VehicleBulkForm) -> HttpResponse:
        judged = ManyEdits(self.selected, form.made).judge()
        context = self.get_context_data(
            form=form, step=CONFIRMED, judged=judged, **self.consequence(form, judged)
        )
        return self.render_to_response(context)

    def consequence(self, form: VehicleBulkForm, judged: Judged) -> dict[str, Any]:
        is_archive = isinstance(form.made, Archive)
        return {
            "able": len(judged.changed),
            "lines": consequences(form.made, judged.changed),
            "obstacles": [(reason, first_of(rows)) for reason, rows in judged.refused.items()],
            "pending": pending_jobs_of(judged.changed) if is_archive else None,
            "sent": self.sent_with(form),
            "submit": _("Archive") if is_archive else _("Change"),
            "submit_class": "btn-danger" if is_archive else "btn-primary",
        }

    def sent_with(self, form: VehicleBulkForm) -> list[tuple[str, str]]:
        """The form as it was sent, which the confirmation carries."""
        names = names_of(form)
        return [
            (name, value)
            for name, values in self.request.POST.lists()
            if name in names
            for value in values
        ]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = TITLES[self.kwargs["change"]]
        return super().get_context_data(title=title, **self.selection_context(), **context)
