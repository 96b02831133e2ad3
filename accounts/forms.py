from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, User
from accounts.time_zones import time_zone_choices


class RegisterForm(forms.Form):
    """The account of somebody invited: the address is the invitation's, so only a password is asked, and a name."""

    first_name = forms.CharField(
        label=_("First name"), max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("At least 8 characters, and none of the common ones."),
    )

    def __init__(self, *args, invitation: Invitation, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitation = invitation
        if invitation.kind == Invitation.Kind.PARTNERSHIP:
            # Registering a company asks for the name in a step of its own.
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

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("first_name", "last_name"):
            self.fields[name].required = True


class ProfileForm(PersonForm):
    class Meta(PersonForm.Meta):
        fields = ["first_name", "last_name", "language", "time_zone", "theme"]

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zone_choices)
