from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedView


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)
    with_columns = forms.BooleanField(
        label=_("Keep the columns too"),
        required=False,
        help_text=_("Without them everybody sees the view in columns of their own."),
    )
    shared = forms.BooleanField(label=_("Share with everybody of the fleet"), required=False)

    def __init__(self, *args, about: dict, query: QueryDict, columns: list[str], **kwargs):
        super().__init__(*args, initial={"with_columns": "columns" in query}, **kwargs)
        self.about, self.query, self.columns = about, query, columns

    def clean(self):
        if len(self.kept()) > SavedView.LONGEST_QUERY:
            raise forms.ValidationError(_("The search of this view is too long to be kept. Shorten its list first."))
        return super().clean()

    def kept(self) -> str:
        """What the address asks of the list, in columns only where that is wanted."""
        query = self.query.copy()
        query.pop("columns", None)
        if self.cleaned_data["with_columns"]:
            query["columns"] = ",".join(self.columns)
        return query.urlencode()

    def save(self) -> SavedView:
        """Under a name of the reader's own that is there already, the new filters take the place of the old."""
        name, shared = self.cleaned_data["name"].strip(), self.cleaned_data["shared"]
        values = {"query": self.kept(), "shared": shared}
        return SavedView.objects.update_or_create(**self.about, name=name, defaults=values)[0]
