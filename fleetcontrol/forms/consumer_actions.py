"""The forms of what an admin does with an event consumer: deliver again, renew its secret."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fleetcontrol.forms.api_clients import AT_ONCE, LATER

ALL = "all"
SINCE = "since"


class TimeField(forms.DateTimeField):
    """A time in the past, in the reader's zone."""

    def __init__(self, **options: Any):
        super().__init__(
            label=gettext_lazy("Since"),
            widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            help_text=gettext_lazy("In your time zone."),
            **options,
        )

    def clean(self, value: Any) -> datetime | None:
        since = super().clean(value)
        if since and since > timezone.now():
            raise forms.ValidationError(_("Enter a time in the past."))
        return since


class ReplayForm(forms.Form):
    again = forms.ChoiceField(
        label=gettext_lazy("Which messages"),
        choices=[
            (ALL, gettext_lazy("all that are kept")),
            (SINCE, gettext_lazy("those since a time")),
        ],
        initial=ALL,
        widget=forms.RadioSelect,
    )
    since = TimeField(required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("again") != SINCE:
            given["since"] = None
        elif given.get("since") is None and "since" not in self.errors:
            self.add_error("since", _("Enter a time."))
        return given


def a_day_ago() -> datetime:
    return timezone.localtime() - timedelta(days=1)


class SinceForm(forms.Form):
    since = TimeField(initial=a_day_ago)


class RenewForm(forms.Form):
    former = forms.ChoiceField(
        label=gettext_lazy("The secret that is in use"),
        choices=[
            (LATER, gettext_lazy("works for 24 more hours")),
            (AT_ONCE, gettext_lazy("ends at once")),
        ],
        initial=LATER,
        widget=forms.RadioSelect,
    )
