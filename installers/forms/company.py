from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm
from accounts.models import Company
from core.values.addresses import AddressFormField
from core.values.text_fields import LineFormField
from core.values.texts import LINE


class CompanyForm(forms.Form):
    """The name and contact that clients see."""

    name = LineFormField(
        label=_("Company name"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "organization"}),
    )
    email = AddressFormField(
        label=_("Company e-mail"),
        help_text=_(
            "Clients use it to invite the company. A new e-mail applies once you have confirmed it by mail."
        ),
    )


class CompanyAndMeForm(PersonForm):
    """The page behind the gear icon: the company's name and e-mail, and the admin's own name."""

    name = CompanyForm.base_fields["name"]
    email = CompanyForm.base_fields["email"]
    field_order = ["name", "email", "first_name", "last_name"]

    def __init__(
        self, *args: Any, company: Company, initial: dict[str, Any] | None = None, **kwargs: Any
    ) -> None:
        company_now = {"name": company.name, "email": company.new_email or company.email}
        super().__init__(*args, initial=company_now | (initial or {}), **kwargs)


class AcceptAgreementForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label=_("I have read the agreement and accept it for the company."),
        error_messages={"required": _("No job can be shown until you accept the agreement.")},
    )


class DeleteCompanyForm(forms.Form):
    """Asks for the name, so that no one deletes a company by mistake."""

    name = LineFormField(
        label=_("Type the company's name to delete it"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, company: Company, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company

    def clean_name(self) -> str:
        if self.cleaned_data["name"] != LINE.canonical(self.company.name):
            raise forms.ValidationError(_("This is not the company's name."))
        return self.company.name
