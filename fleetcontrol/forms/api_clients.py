"""The form of a new secret of an API client."""

from django import forms
from django.utils.translation import gettext_lazy as _

AT_ONCE = "now"
LATER = "later"


class SecretForm(forms.Form):
    former = forms.ChoiceField(
        label=_("The secret that is in use"),
        choices=[
            (AT_ONCE, _("ends at once, with its tokens")),
            (LATER, _("works for 24 more hours")),
        ],
        initial=AT_ONCE,
        widget=forms.RadioSelect,
    )
