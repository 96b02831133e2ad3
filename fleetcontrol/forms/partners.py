from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, User
from core.values.addresses import AddressFormField

OVERRIDE = _("Allow partner to override job configuration and data")


class OverrideForm(forms.Form):
    allow_override = forms.BooleanField(
        label=OVERRIDE,
        required=False,
        help_text=_(
            "Installers may then change what a job has preset. Every difference is kept and shown."
        ),
    )


class InvitePartnerForm(OverrideForm):
    """One address; this fleet, and others of the provider in which the inviter may write."""

    email = AddressFormField(
        label=_("E-mail of the partner"),
        help_text=_("Of the company or one of its people. The link in the mail works for 14 days."),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    fleets = forms.ModelMultipleChoiceField(
        Fleet.objects.none(),
        label=_("Into these fleets"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one fleet.")},
    )
    field_order = ["email", "fleets", "allow_override"]
    fields: dict[str, Any]

    def __init__(self, *args: Any, fleet: Fleet, by: User, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fleets = Fleet.objects.select_related("provider")  # the mail names both
        writable = fleets.writable_by(by).filter(provider=fleet.provider_id).order_by("name")
        self.fields["fleets"].queryset = writable
        self.fields["fleets"].initial = [fleet.pk]
        self.only = fleet if len(writable) == 1 else None
        if self.only:
            del self.fields["fleets"]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.only:
            given["fleets"] = [self.only]
        return given
