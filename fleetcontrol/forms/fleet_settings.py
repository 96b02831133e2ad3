"""The form of *Settings ▸ Fleet*."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from accounts.models.fleet_settings import SETTINGS
from accounts.time_zones import time_zone_choices

NOT_CHOSEN = ("", _("automatic"))


class FleetSettingsForm(forms.ModelForm):
    # The version of the settings that the page shows.
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_(
            "Of mails to people without an account, and of new accounts. A job is overdue when its planned day has"
            " ended here."
        ),
    )

    class Meta:
        model = Fleet
        fields = list(SETTINGS)
        help_texts = {
            "job_prefix": _(
                "Two to four letters, such as BER in BER-1043. A change shows all numbers with the new prefix; the old"
                " one still finds them and stays this fleet's."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.settings_version
        fields: Any = self.fields
        fields["job_prefix"].required = True
        for name in ("language", "csv_separator"):
            choices = [choice for choice in fields[name].choices if choice[0]]
            fields[name].choices = [NOT_CHOSEN, *choices]
