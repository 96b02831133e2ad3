"""Configuration presets: named sets of features that fill in a form in one step. Existing jobs do not change."""

from django.utils.translation import gettext_lazy as _

from fleetcontrol.forms.saved_settings import PresetForm
from fleetcontrol.tables.saved_settings import PresetTable
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
from jobs.models import ConfigurationPreset


class OfPresets:
    model: SavedModel = ConfigurationPreset
    noun = "preset"
    section = "presets"
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
    form_class = PresetForm
    posted: tuple[str, ...] = ("enter",)
    template_name = "fleetcontrol/saved/preset_form.html"


class CreatePreset(PresetFormView):
    title = _("New Preset")


class EditPreset(EditSaved, PresetFormView):
    title = _("Edit Preset")
    posted = ("enter", "seen")


class DuplicatePreset(DuplicateSaved, PresetFormView):
    pass


class DeletePreset(OfPresets, DeleteSaved):
    lead = _("Jobs and templates that were filled in with it do not change.")
