from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import CompanyMembership


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=CompanyMembership.Role.choices,
        initial=CompanyMembership.Role.INSTALLER,
        help_text=_(
            "An installer does the jobs. An admin also runs users, clients and the company, and may do jobs too."
        ),
    )


class InviteUserForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    field_order = ["email", "first_name", "last_name", "role"]
