from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedView
from core.values.text_fields import LineFormField


class SavedViewForm(forms.Form):
    name = LineFormField(label=_("Name"), max_length=64)
    with_columns = forms.BooleanField(
        label=_("Keep the columns too"),
        required=False,
        help_text=_("Otherwise everyone sees the view in their own columns."),
    )
    shared = forms.BooleanField(label=_("Share in this fleet"), required=False)

    def __init__(
        self, *args: Any, owner: dict[str, Any], query: QueryDict, columns: list[str], **kwargs: Any
    ):
        """`owner`: the person, fleet and table that the view belongs to."""
        kwargs["initial"] = {"with_columns": "columns" in query}
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.query = query
        self.columns = columns

    def clean(self) -> dict[str, Any] | None:
        if len(self.kept()) > SavedView.LONGEST_QUERY:
            raise forms.ValidationError(
                _("This search is too long to be saved. Shorten its list first.")
            )
        return super().clean()

    def kept(self) -> str:
        """Return the list parameters, with the columns only if they are to be kept."""
        query = self.query.copy()
        query.pop("columns", None)
        if self.cleaned_data["with_columns"]:
            query["columns"] = ",".join(self.columns)
        return query.urlencode()

    def save(self) -> SavedView:
        """Save the view; one of the reader's own with the same name is replaced."""
        values = {"query": self.kept(), "shared": self.cleaned_data["shared"]}
        name = self.cleaned_data["name"]
        view, _is_new = SavedView.objects.update_or_create(**self.owner, name=name, defaults=values)
        return view
