"""The form of a unit that is handed over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from fleetcontrol.forms.bulk import PartnerField, offer_partners


class HandOverForm(forms.Form):
    fields: dict[str, Any]
    company = PartnerField(empty_label=_("not chosen yet"))

    def __init__(self, *args: Any, fleet: Fleet, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer_partners(self.fields["company"], fleet)
