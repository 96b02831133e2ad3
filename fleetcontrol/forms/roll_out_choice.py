"""The field by which jobs and templates choose a roll-out of their fleet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from jobs.models import RollOut


class RollOutField(forms.ModelChoiceField):
    """Chooses a roll-out. The form offers those of its fleet."""

    def __init__(self, **options: Any):
        options.setdefault("label", _("Roll-out"))
        super().__init__(RollOut.objects.none(), required=False, empty_label=_("none"), **options)


def offer_roll_outs(field: Any, fleet: Fleet, current: Any = None) -> None:
    """Offer the roll-outs of this fleet, and the archived one that is chosen already."""
    field.queryset = RollOut.objects.live().filter(fleet=fleet)
    if current:
        field.queryset |= RollOut.objects.filter(fleet=fleet, pk=current)
