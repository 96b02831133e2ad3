"""Configuration presets: named sets of features that fill in a form in one go, and touch no job that exists."""

from django.utils.translation import gettext_lazy as _

from fleetcontrol.forms.saved import PresetForm
from fleetcontrol.tables.saved import PresetTable
from fleetcontrol.views.saved import DeleteSaved, DuplicateSaved, EditSaved, SavedDetail, SavedForm, SavedMenu
from fleetcontrol.views.saved_list import SavedColumns, SavedExport, SavedList, SavedTableViews
from jobs.models import ConfigurationPreset


class OfPresets:
    model, noun, section = ConfigurationPreset, "preset", "presets"
    table_class = PresetTable
    names = ConfigurationPreset.FEATURES


class PresetList(OfPresets, SavedList):
    template_name = "fleetcontrol/saved/presets.html"


class PresetColumns(OfPresets, SavedColumns):
    pass


class PresetViews(OfPresets, SavedTableViews):
    pass


class PresetExport(OfPresets, SavedExport):
    pass


class PresetDetail(OfPresets, SavedDetail):
    pass


class PresetMenu(OfPresets, SavedMenu):
    pass


class PresetFormView(OfPresets, SavedForm):
    form_class, template_name = PresetForm, "fleetcontrol/saved/preset_form.html"
    done = _("The preset is saved.")


class CreatePreset(PresetFormView):
    title = _("New Preset")


class EditPreset(EditSaved, PresetFormView):
    title = _("Edit Preset")


class DuplicatePreset(OfPresets, DuplicateSaved):
    pass


class DeletePreset(OfPresets, DeleteSaved):
    lead = _("Jobs and templates that were filled in with it stay as they are.")
    submit, done = _("Delete"), _("The preset is deleted.")
