from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm
from accounts.models import Company


class CompanyForm(forms.Form):
    """How clients know the company."""

    name = forms.CharField(
        label=_("Company name"), max_length=100, widget=forms.TextInput({"autocomplete": "organization"})
    )
    email = forms.EmailField(
        label=_("Company e-mail"),
        help_text=_("Clients invite the company by it. A changed one counts once you have confirmed it by mail."),
    )


class CompanyAndMeForm(PersonForm):
    """Behind the gear: the company's name and e-mail, and the admin's own name."""

    name = CompanyForm.base_fields["name"]
    email = CompanyForm.base_fields["email"]
    field_order = ["name", "email", "first_name", "last_name"]

    def __init__(self, *args, company: Company, initial=None, **kwargs):
        company_now = {"name": company.name, "email": company.new_email or company.email}
        super().__init__(*args, initial=company_now | (initial or {}), **kwargs)


class SecondFactorForm(forms.Form):
    demanded = forms.BooleanField(
        label=_("Everybody of the company needs a second factor to sign in"),
        required=False,
        help_text=_("An authenticator app or a passkey, on this website and in SmartControl."),
    )


class AcceptAgreementForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("I have read the agreement and accept it for the company."),
        error_messages={"required": _("Without the agreement no job can be shown.")},
    )


class DeleteCompanyForm(forms.Form):
    """The name typed out, so that nobody deletes a company by a slip."""

    name = forms.CharField(
        label=_("Type the company's name to delete it"), widget=forms.TextInput({"autocomplete": "off"})
    )

    def __init__(self, *args, company: Company, **kwargs):
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_name(self) -> str:
        if self.cleaned_data["name"].strip() != self.company.name:
            raise forms.ValidationError(_("This is not the company's name."))
        return self.company.name
