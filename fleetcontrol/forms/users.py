from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import FleetMembership

Role = FleetMembership.Role
ROLES = [
    (Role.ADMIN, _("Admin: also users and API clients")),
    (Role.MANAGER, _("Manager: jobs, partners and vehicles")),
    (Role.VIEWER, _("Viewer: reads everything")),
]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=ROLES, widget=forms.RadioSelect)


class InviteUserForm(RoleForm):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "off"}))
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=100, required=False)
    field_order = ["email", "first_name", "last_name", "role"]


class SecondFactorForm(forms.Form):
    demanded = forms.BooleanField(label=_("Everybody of this fleet signs in with a second factor"), required=False)
