"""The options of an import: template, company, how the file is read, what its columns and values mean."""

import hashlib
import re
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.values.text_fields import LineFormField
from fleetcontrol.forms.bulk import PartnerField, partners_of
from fleetcontrol.import_preview import Preview
from jobs.importing.checking import Doubt, Options
from jobs.importing.columns import BY_NAME, COLUMNS, MODEL
from jobs.importing.encoding import CODECS, NAMES
from jobs.importing.headings import IGNORE, Heading
from jobs.importing.layout import ALL, NO_HEADER, VISIBLE, Layout
from jobs.importing.rules import Choice, Flag
from jobs.models import JobTemplate
from telematics.models import VehicleModel

# What a person writes or chooses for a value that means a blank cell.
LEAVE_BLANK = "-"
# The names of the fields for a column and for a value.
OPEN_FIELD = re.compile(r"column_\d+|value_[a-z_]+_[0-9a-f]{16}")
SELECT = {"class": "form-select"}


class OptionsForm(forms.Form):
    fields: dict[str, Any]
    template = forms.ModelChoiceField(
        JobTemplate.objects.none(),
        label=_("Template"),
        required=False,
        empty_label=_("without"),
        help_text=_("Fills what the file leaves blank."),
    )
    prefer_template = forms.BooleanField(
        label=_("Prefer template data"),
        required=False,
        help_text=_(
            "Where the file and the template differ, the template applies; otherwise the file applies."
        ),
    )
    company = PartnerField(
        required=False,
        empty_label=_("none: the jobs stay pending"),
        help_text=_(
            "All jobs are assigned to it. Not available if the file has a column for the company."
        ),
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"),
        required=False,
        choices=[("", _("recognise it by the letters")), *NAMES.items()],
        help_text=_("Choose another one if the letters of the file are wrong."),
    )

    def __init__(self, *args: Any, fleet: Fleet, company_in_file: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = JobTemplate.objects.filter(fleet=fleet).select_related(
            "vehicle_model"
        )
        self.fields["company"].queryset = partners_of(fleet)
        self.fields["company"].disabled = company_in_file

    def options(self) -> Options:
        given = self.cleaned_data
        layout = Layout(encoding=given.get("encoding", ""))
        return Options(given["template"], given["prefer_template"], given["company"], layout=layout)


class UploadForm(OptionsForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), up to 1,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        max_length=1000,
        allow_empty_file=True,
    )
    field_order = ["file", "encoding", "template", "prefer_template", "company"]


class PreviewForm(OptionsForm):
    """The options, and everything that the file leaves open. What is not posted stays as it was decided."""

    header_row = forms.TypedChoiceField(
        label=_("Row with the headings"), required=False, coerce=int, empty_value=None
    )
    hidden_rows = forms.ChoiceField(required=False, choices=[(ALL, ""), (VISIBLE, "")])
    use_suggestions = forms.BooleanField(required=False)

    def __init__(self, *args: Any, preview: Preview, **kwargs: Any):
        self.preview = preview
        super().__init__(
            *args,
            fleet=preview.job_import.fleet,
            company_in_file=preview.company_in_file,
            **kwargs,
        )
        self._add_header_row()
        if preview.reading.get("encoding") not in CODECS:
            del self.fields["encoding"]
        self.mapped = {self._add_column(heading): heading for heading in preview.headings_to_choose}
        self.decided = {self._add_value(doubt): doubt for doubt in preview.doubts_to_decide}

    def _add_header_row(self) -> None:
        rows = [
            (row, _("Row %(row)s: %(text)s") % {"row": row, "text": text})
            for row, text in self.preview.reading.get("top", [])
        ]
        self.fields["header_row"].choices = [*rows, (NO_HEADER, _("none: each row is a job"))]
        self.initial["header_row"] = self.preview.reading.get("header")
        self.initial["encoding"] = self.preview.reading.get("encoding", "")

    def _add_column(self, heading: Heading) -> str:
        name = f"column_{heading.position}"
        known = [(one.name, f"{capfirst(one.label)} · {one.name}") for one in COLUMNS]
        self.fields[name] = forms.ChoiceField(
            label=heading.shown,
            required=False,
            choices=[("", _("please choose")), (IGNORE, _("ignore this column")), *known],
            initial=heading.column or heading.suggestion,
            widget=forms.Select(attrs=SELECT),
        )
        return name

    def _add_value(self, doubt: Doubt) -> str:
        """A field named by the text itself: another preview may list the texts in another order."""
        digest = hashlib.sha256(doubt.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        name = f"value_{doubt.column}_{digest}"
        rule = BY_NAME[doubt.column].rule
        meaning = self.preview.meaning_of(doubt)
        options: dict[str, Any] = {"label": doubt.text[:100], "required": False, "initial": meaning}
        if isinstance(rule, Choice | Flag):
            known = [(value, value) for value in rule.allowed]
            choices = [("", _("please choose")), (LEAVE_BLANK, _("leave blank")), *known]
            widget = forms.Select(attrs=SELECT)
            self.fields[name] = forms.ChoiceField(choices=choices, widget=widget, **options)
        else:
            text = forms.TextInput(attrs={"class": "form-control"})
            self.fields[name] = LineFormField(max_length=200, widget=text, **options)
            attrs = self.fields[name].widget.attrs
            if doubt.replacement:
                attrs["placeholder"] = doubt.replacement
            if doubt.column == MODEL:
                attrs["list"] = "vehicle-models"
        return name

    @property
    def vehicle_models(self) -> list[VehicleModel]:
        """The models that a doubtful name may mean."""
        if any(doubt.column == MODEL for doubt in self.decided.values()):
            return list(VehicleModel.objects.active())
        return []

    @property
    def columns_shown(self) -> list[tuple[forms.BoundField, Heading, list[str]]]:
        """The field, the heading and the first values of each column of the file."""
        return [
            (self[name], heading, self.preview.samples_of(heading))
            for name, heading in self.mapped.items()
        ]

    @property
    def values_shown(self) -> list[tuple[forms.BoundField, Doubt]]:
        return [(self[name], doubt) for name, doubt in self.decided.items()]

    def options(self) -> Options:
        options = super().options()
        options.layout = self._layout()
        if not self.rereads_file:
            options.columns = self._columns()
            options.values = self._values(self.preview.job_import.values)
        return options

    @property
    def rereads_file(self) -> bool:
        """Whether another row or encoding was chosen: what was decided on columns and values is void."""
        given = self.cleaned_data
        reading = self.preview.reading
        header = given["header_row"]
        encoding = given.get("encoding")
        is_other_header = header is not None and header != reading.get("header")
        return is_other_header or bool(encoding and encoding != reading.get("encoding"))

    def _layout(self) -> Layout:
        """The layout as it was, with what the form changes. Posting a found row again does not fix it."""
        before = self.preview.job_import.options().layout
        given = self.cleaned_data
        hidden = given["hidden_rows"] or before.hidden
        if self.rereads_file:
            return Layout(given.get("encoding") or before.encoding, given["header_row"], hidden)
        header = before.header
        if given["header_row"] == NO_HEADER:
            header = NO_HEADER  # the question whether there is none is answered
        return Layout(before.encoding, header, hidden)

    def _columns(self) -> dict[str, str]:
        chosen = {}
        for name, heading in self.mapped.items():
            if self.cleaned_data[name]:
                chosen[str(heading.position)] = self.cleaned_data[name]
        return chosen

    def _values(self, before: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """What each doubtful text means. The suggestions are taken for all that are still open."""
        values = {column: dict(meanings) for column, meanings in before.items()}
        if self.cleaned_data["use_suggestions"]:
            for doubt in self.preview.suggested:
                values.setdefault(doubt.column, {})[doubt.text] = doubt.replacement
        for name, doubt in self.decided.items():
            self._decide(values.setdefault(doubt.column, {}), doubt, self.cleaned_data[name], name)
        return {column: meanings for column, meanings in values.items() if meanings}

    def _decide(self, meanings: dict[str, str], doubt: Doubt, meaning: str, name: str) -> None:
        if meaning == LEAVE_BLANK:
            meanings[doubt.text] = ""
        elif meaning:
            meanings[doubt.text] = meaning
        elif name in self.data and not self.cleaned_data["use_suggestions"]:
            meanings.pop(doubt.text, None)
