from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import SavedView


class SavedViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=64)
    shared = forms.BooleanField(label=_("Share with everybody of the fleet"), required=False)

    def __init__(self, *args, about: dict, query: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.about, self.query = about, query

    def clean(self):
        if len(self.query) > SavedView.LONGEST_QUERY:
            raise forms.ValidationError(_("The search of this view is too long to be kept. Shorten its list first."))
        return super().clean()

    def save(self) -> SavedView:
        """Under a name of the reader's own that is there already, the new filters take the place of the old."""
        name, shared = self.cleaned_data["name"].strip(), self.cleaned_data["shared"]
        values = {"query": self.query, "shared": shared}
        return SavedView.objects.update_or_create(**self.about, name=name, defaults=values)[0]
