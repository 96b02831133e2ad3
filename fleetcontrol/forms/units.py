"""The forms of units: one that is handed over, and those that are entered."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.values.text_fields import LinesFormField
from fleetcontrol.forms.bulk import PartnerField, offer_partners
from jobs.importing.errors import Unreadable
from jobs.importing.reading import take
from jobs.importing.unit_list import Entry, check, entries_in, in_words, typed_entries

# A thousand QNRs, each in groups and on a line of its own.
LONGEST = 30_000
MOST_SHOWN = 100


class HandOverForm(forms.Form):
    fields: dict[str, Any]
    company = PartnerField(empty_label=_("not chosen yet"))

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_partners(self.fields["company"], fleet)


class EnterForm(forms.Form):
    """QNRs, typed or in a file. `qnrs` are those to enter, once the form is valid."""

    units = LinesFormField(
        label=_("QNRs"),
        required=False,
        max_length=LONGEST,
        help_text=_("One a line. A scanner that types and presses Enter fills line after line."),
        widget=forms.Textarea(
            {
                "rows": 8,
                "autocomplete": "off",
                "spellcheck": "false",
                "autocapitalize": "characters",
            }
        ),
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("CSV or Excel (.xlsx) with a column “QNR”, up to 1,000 rows and 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        max_length=1000,
        allow_empty_file=True,
    )

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        self.qnrs: list[str] = []

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        source = "file" if given.get("file") else "units"
        if given.get("file") and given.get("units"):
            self.add_error("file", _("Enter QNRs or choose a file, not both."))
        elif not self.errors:
            self.check_entries(source)
        return given

    def check_entries(self, source: str) -> None:
        entries = self.entries_of(source)
        if not entries:
            if not self.errors:
                self.add_error(source, _("Enter at least one QNR."))
            return
        checked = check(entries, self.fleet)
        self.qnrs = checked.qnrs
        self.show(source, [in_words(error) for error in checked.errors])

    def entries_of(self, source: str) -> list[Entry]:
        if source == "units":
            return typed_entries(self.cleaned_data["units"])
        try:
            return entries_in(take(self.cleaned_data["file"]))
        except Unreadable as refused:
            self.add_error("file", f"{refused} {refused.suggestion}".strip())
            return []

    def refuse(self, wrong: ValidationError) -> None:
        """Show what has changed since the form was checked."""
        source = "file" if self.cleaned_data.get("file") else "units"
        self.show(source, [f"{qnr}: {why[0]}" for qnr, why in wrong.message_dict.items()])

    def show(self, source: str, problems: list[str]) -> None:
        """Show the first of them at the field, and how many more there are."""
        for problem in problems[:MOST_SHOWN]:
            self.add_error(source, problem)
        more = len(problems) - MOST_SHOWN
        if more > 0:
            self.add_error(source, _("and %(number)s more") % {"number": more})
