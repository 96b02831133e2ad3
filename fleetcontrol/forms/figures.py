"""Which time the figures of an overview are about, and by what they are grouped."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.values.days import DayFormField
from jobs.reading.figures import DAY, PARTNER, PLACE, ROLL_OUT, WEEK

WEEKS = 8
LONGEST = timedelta(days=366)
GROUPS = [
    (WEEK, gettext_lazy("Week")),
    (DAY, gettext_lazy("Day")),
    (PARTNER, gettext_lazy("Partner")),
    (PLACE, gettext_lazy("Place")),
    (ROLL_OUT, gettext_lazy("Roll-out")),
]


class FiguresForm(forms.Form):
    """Nothing is required: without a choice it is about the last weeks, week by week, and shows that."""

    by = forms.ChoiceField(choices=GROUPS, required=False, label=gettext_lazy("By"))
    since = DayFormField(required=False, label=gettext_lazy("From"))
    until = DayFormField(required=False, label=gettext_lazy("To"))

    def __init__(self, *args: Any, today: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        given["by"] = given["by"] or WEEK
        given["until"] = given["until"] or self.today
        monday = given["until"] - timedelta(days=given["until"].weekday())
        given["since"] = given["since"] or monday - timedelta(weeks=WEEKS - 1)
        self.data = {name: str(value) for name, value in given.items()}
        if given["until"] < given["since"]:
            self.add_error("until", _("This day is before the first one."))
        elif given["until"] - given["since"] > LONGEST:
            self.add_error("since", _("Choose at most a year."))
        return given
