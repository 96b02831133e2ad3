from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, CompanyMembership, Fleet, FleetMembership, Invitation, User
from accounts.time_zones import time_zone_choices
from core.values.addresses import AddressFormField
from core.values.text_fields import LineFormField

FLEET_ROLES = [
    (
        FleetMembership.Role.ADMIN,
        _("Admin: jobs, partners and vehicles, also users"),
    ),
    (FleetMembership.Role.MANAGER, _("Manager: jobs, partners and vehicles")),
    (FleetMembership.Role.VIEWER, _("Viewer: reads everything")),
]
COMPANY_ROLES = [
    (CompanyMembership.Role.ADMIN, _("Admin: does jobs, also users, clients and the company")),
    (CompanyMembership.Role.INSTALLER, _("Installer: does jobs")),
]


class RegisterForm(forms.Form):
    """The account of an invited person. The invitation has the address, so the form asks for password and name only."""

    first_name = LineFormField(
        label=_("First name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "given-name"}),
    )
    last_name = LineFormField(
        label=_("Last name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, and none of the common ones."),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        if invitation.kind == Invitation.Kind.PARTNERSHIP:
            # The registration of a company has a later step for the name.
            del self.fields["first_name"], self.fields["last_name"]
            return
        for name in ("first_name", "last_name"):
            self.fields[name].initial = getattr(invitation, name)

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        names = {name: self.cleaned_data.get(name, "") for name in ("first_name", "last_name")}
        password_validation.validate_password(password, User(email=self.invitation.email, **names))
        return password


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["first_name", "last_name"]
        widgets = {
            "first_name": forms.TextInput({"autocomplete": "given-name"}),
            "last_name": forms.TextInput({"autocomplete": "family-name"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            self.fields[name].required = True


class ProfileForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["first_name", "last_name", "language", "time_zone", "theme"]

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)


class RoleForm(forms.Form):
    """One of the roles in `team`, a fleet or a company."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, team: Company | Fleet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = FLEET_ROLES if isinstance(team, Fleet) else COMPANY_ROLES


class InviteForm(RoleForm):
    email = AddressFormField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    first_name = LineFormField(label=_("First name"), max_length=100, required=False)
    last_name = LineFormField(label=_("Last name"), max_length=100, required=False)
    field_order = ["email", "first_name", "last_name", "role"]


class SecondFactorForm(forms.Form):
    required = forms.BooleanField(
        label=_("Require two-factor authentication for everyone here"),
        required=False,
        help_text=_("An authenticator app or a passkey, in the browser and in SmartControl."),
    )


class EraseForm(forms.Form):
    """Asks for the e-mail, so that no one erases their account by mistake."""

    email = AddressFormField(
        label=_("Type your e-mail to erase your account"),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        if self.cleaned_data["email"] != self.user.email:
            raise forms.ValidationError(_("This is not your e-mail."))
        return self.user.email
