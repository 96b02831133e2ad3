from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet, User
from core.values.bidi import isolated
from core.values.text_fields import LineFormField, LinesFormField


class ReasonForm(forms.Form):
    reason = LinesFormField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The fleet can read it."),
    )


class OptionalReasonForm(ReasonForm):
    reason = LinesFormField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The installer and the fleet can read it."),
    )


class ReserveForm(forms.Form):
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Reserved for"),
        required=False,
        empty_label=_("nobody: any installer can take it"),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = company.memberships.live().values("user")
        user: Any = self.fields["user"]
        user.queryset = User.objects.filter(pk__in=members).order_by("last_name", "email")


def client_label(fleet: Fleet) -> str:
    return f"{isolated(fleet.provider.name)} · {isolated(fleet.name)}"


class JobFilterForm(forms.Form):
    """The filters above the list. Invalid values are ignored."""

    search = LineFormField(required=False, max_length=100)
    fleet = forms.ModelChoiceField(
        Fleet.objects.none(), required=False, label=_("Client"), empty_label=_("All clients")
    )
    installer = forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Installer"), empty_label=_("All installers")
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Clients with jobs of the company: ended partnerships are included, pending ones are not.
        fleets = company.partnerships.filter(status="ACCEPTED").values("fleet")
        fleet: Any = self.fields["fleet"]
        fleet.queryset = (
            Fleet.objects.filter(pk__in=fleets)
            .select_related("provider")
            .order_by("provider__name", "name")
        )
        fleet.label_from_instance = client_label
        for name in ("fleet", "installer"):
            self.fields[name].widget.attrs["class"] = "form-select"
        people = company.memberships.live().values("user")
        installer: Any = self.fields["installer"]
        installer.queryset = User.objects.filter(pk__in=people).order_by("last_name", "email")
