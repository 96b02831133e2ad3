"""The tab *Templates*: saved settings for jobs. Editing one does not change existing jobs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from fleetcontrol.forms.saved_settings import TemplateForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.saved_settings import TemplateTable
from fleetcontrol.views.kind_tabs import TEMPLATES, kind_tabs
from fleetcontrol.views.saved_settings import (
    DeleteSaved,
    DuplicateSaved,
    EditSaved,
    SavedDetail,
    SavedForm,
    SavedMenu,
    SavedModel,
)
from fleetcontrol.views.saved_settings_list import (
    SavedColumns,
    SavedExport,
    SavedList,
    SavedTableViews,
)
from jobs.models import JobTemplate
from jobs.warnings import contradictions, preset_differences


class OfTemplates:
    model: SavedModel = JobTemplate
    noun = "template"
    section = "templates"
    table_class = TemplateTable
    names = (*JobTemplate.SPECIFICATION_FIELDS, "further_tests", "required_photos", "roll_out")
    searched: tuple[str, ...] = (
        "name",
        "brand",
        "model",
        "vehicle_model__brand",
        "vehicle_model__model",
    )


class TemplateList(OfTemplates, SavedList):
    template_name = "fleetcontrol/saved/templates.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        counts = {TEMPLATES: context["total"]}
        return context | {"kind_tabs": kind_tabs(self.fleet.pk, current=TEMPLATES, counts=counts)}


class TemplateColumns(OfTemplates, SavedColumns):
    pass


class TemplateViews(OfTemplates, SavedTableViews):
    pass


class TemplateExport(OfTemplates, SavedExport):
    pass


class TemplateDetail(OfTemplates, SavedDetail):
    pass


class TemplateMenu(OfTemplates, SavedMenu):
    pass


class TemplateFormView(OfTemplates, SavedForm):
    form_class = TemplateForm
    posted: tuple[str, ...] = ("follow", "enter")
    template_name = "fleetcontrol/saved/template_form.html"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "follow" not in request.POST:
            return super().post(request, **kwargs)
        # The button of a page without scripts.
        trigger = request.POST["follow"]
        return self.show(
            TemplateForm.followed(
                request.POST, trigger=trigger, fleet=self.fleet, instance=self.instance
            )
        )

    def warn(self, form: TemplateForm) -> None:
        if not form.is_valid():  # sent twice: the first has taken its name
            return
        given = form.cleaned_data
        warned = contradictions(given.get("vehicle_model"), given)
        for one in warned + preset_differences(given.get("preset"), given):
            messages.warning(self.request, one.message)


class CreateTemplate(TemplateFormView):
    title: Any = _("New Template")

    def save(self, form: TemplateForm) -> str:
        form.instance.created_by = self.request.user
        return super().save(form)


class EditTemplate(EditSaved, TemplateFormView):
    title = _("Edit Template")
    posted = ("follow", "enter", "seen")


class DuplicateTemplate(DuplicateSaved, CreateTemplate):
    pass


class DeleteTemplate(OfTemplates, DeleteSaved):
    lead = _("Jobs that were created from it do not change.")


class FollowTemplate(FleetMixin, TemplateView):
    """The sections that follow the vehicle model and the preset, with what is filled in so far."""

    template_name = "fleetcontrol/jobs/follow.html"
    form_class = TemplateForm
    posted = ("seen",)
    writes = True

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        trigger = request.headers.get("HX-Trigger-Name", "")
        form = TemplateForm.followed(request.POST, trigger=trigger, fleet=self.fleet)
        return self.render_to_response(self.get_context_data(form=form))
