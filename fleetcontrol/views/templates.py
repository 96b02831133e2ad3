"""The tab *Templates*: saved settings for jobs, edited at any time without touching a job that exists."""

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from fleetcontrol.forms.saved import TemplateForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.saved import TemplateTable
from fleetcontrol.views.saved import DeleteSaved, DuplicateSaved, EditSaved, SavedDetail, SavedForm, SavedMenu
from fleetcontrol.views.saved_list import SavedColumns, SavedExport, SavedList, SavedTableViews
from jobs.models import JobTemplate


class OfTemplates:
    model, noun, section = JobTemplate, "template", "templates"
    table_class = TemplateTable
    names = (*JobTemplate.SPECIFICATION_FIELDS, "further_tests")
    searched = ("name", "brand", "model", "vehicle_model__brand", "vehicle_model__model")


class TemplateList(OfTemplates, SavedList):
    template_name = "fleetcontrol/saved/templates.html"


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
    form_class, template_name = TemplateForm, "fleetcontrol/saved/template_form.html"
    done = _("The template is saved.")

    def post(self, request, **kwargs):
        if "follow" not in request.POST:
            return super().post(request, **kwargs)
        # the button of those without scripts
        form = TemplateForm.followed(
            request.POST, trigger=request.POST["follow"], fleet=self.fleet, instance=self.object
        )
        return self.render_to_response(self.get_context_data(form=form))


class CreateTemplate(TemplateFormView):
    title = _("New Template")

    def save(self, form):
        form.instance.created_by = self.request.user
        return super().save(form)


class EditTemplate(EditSaved, TemplateFormView):
    title = _("Edit Template")


class DuplicateTemplate(OfTemplates, DuplicateSaved):
    pass


class DeleteTemplate(OfTemplates, DeleteSaved):
    lead = _("Jobs that were made from it stay as they are.")
    submit, done = _("Delete"), _("The template is deleted.")


class FollowTemplate(FleetMixin, TemplateView):
    """The sections that follow the vehicle model and the preset, as somebody has filled them in so far."""

    template_name = "fleetcontrol/jobs/follow.html"
    writes = True

    def post(self, request, **kwargs):
        trigger = request.headers.get("HX-Trigger-Name", "")
        form = TemplateForm.followed(request.POST, trigger=trigger, fleet=self.fleet)
        return self.render_to_response(self.get_context_data(form=form))
