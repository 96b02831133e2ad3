"""The form of an API client, for the fleet's page and for the admin."""

import ipaddress
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import ApiClient
from accounts.models.api_client import RIGHTS
from core.values.text_fields import LineFormField

RIGHT_CHOICES = [(right, format_lazy("{} ({})", label, right)) for right, label in RIGHTS.items()]
MOST_ADDRESSES = 50


class AddressesField(forms.Field):
    """IP addresses and networks, one a line."""

    widget = forms.Textarea

    def __init__(self, **options: Any):
        super().__init__(
            required=False,
            label=gettext_lazy("Allowed IP addresses"),
            help_text=gettext_lazy(
                "One address or network a line, e.g. 192.0.2.0/24. Blank: from anywhere."
            ),
            widget=forms.Textarea({"rows": 3}),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Each network once, in its canonical form."""
        given = [line.strip() for line in (value or "").splitlines() if line.strip()]
        if len(given) > MOST_ADDRESSES:
            raise forms.ValidationError(
                _("Enter at most %(most)s addresses.") % {"most": MOST_ADDRESSES}
            )
        found, wrong = [], []
        for line in given:
            try:
                found.append(str(ipaddress.ip_network(line, strict=False)))
            except ValueError:
                wrong.append(line[:40])
        if wrong:
            raise forms.ValidationError(
                _("Not an IP address or network: %(wrong)s.") % {"wrong": ", ".join(wrong)}
            )
        return list(dict.fromkeys(found))


class ApiClientForm(forms.Form):
    """Name, rights and addresses of a client; with `client`, of one that there is."""

    name = LineFormField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Of the program that uses it. Give each program its own client."),
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=RIGHT_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one right.")},
    )
    allowed_addresses = AddressesField()

    def __init__(self, *args: Any, fleet: Any, client: ApiClient | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        self.client = client

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = ApiClient.objects.filter(fleet=self.fleet, name=name, revoked_at=None)
        if self.client is not None:
            others = others.exclude(pk=self.client.pk)
        if others.exists():
            raise forms.ValidationError(
                _("The fleet already has an API client with this name."), code="unique"
            )
        return name
