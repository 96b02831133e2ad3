"""What is chosen beside the file: template, company, and by hand what a column means."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Company
from jobs.importing import Options
from jobs.importing.columns import COLUMNS
from jobs.importing.headings import IGNORE, Heading
from jobs.models import JobTemplate


class OptionsForm(forms.Form):
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
        help_text=_("Where file and template say different things, the template counts; otherwise the file does."),
    )
    company = forms.ModelChoiceField(
        Company.objects.none(),
        label=_("Company"),
        required=False,
        empty_label=_("none: the jobs stay pending"),
        help_text=_("All jobs are assigned to it. Not with a file that names companies itself."),
    )

    def __init__(self, *args, fleet, headings: list[Heading] = [], company_in_file: bool = False, **kwargs):  # noqa: B006
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = JobTemplate.objects.filter(fleet=fleet).select_related("vehicle_model")
        partners = fleet.partnerships.accepted().values("company")
        self.fields["company"].queryset = Company.objects.working().filter(pk__in=partners)
        self.fields["company"].disabled = company_in_file
        self.mapped = [self._add_column(heading) for heading in headings]

    def _add_column(self, heading: Heading) -> str:
        name = f"column_{heading.position}"
        known = [(column.name, f"{column.name} · {column.label}") for column in COLUMNS]
        self.fields[name] = forms.ChoiceField(
            label=heading.shown,
            required=False,
            choices=[("", _("please choose")), (IGNORE, _("ignore this column")), *known],
            initial=heading.column or heading.suggestion,
        )
        return name

    @property
    def column_fields(self) -> list:
        return [self[name] for name in self.mapped]

    def options(self) -> Options:
        told = self.cleaned_data
        columns = {name.removeprefix("column_"): told[name] for name in self.mapped if told[name]}
        return Options(told["template"], told["prefer_template"], told["company"], columns)


class UploadForm(OptionsForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), up to 1,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        max_length=1000,
        allow_empty_file=True,
    )
    field_order = ["file", "template", "prefer_template", "company"]
