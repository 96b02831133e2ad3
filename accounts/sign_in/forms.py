"""allauth's forms that take an address, for pages and for the app.

Its own field refuses spellings that lead to a mailbox, such as a full-width @. Here the adapter reads the address
(`AccountAdapter.clean_email`), and names the reason where there is none.
"""

from typing import Any

from allauth.account import forms as library
from allauth.account.adapter import get_adapter
from allauth.headless.account import inputs
from django import forms

from accounts.web.mail_allowance import address_changes_left

LONGEST = 320


class AnySpelling(forms.BaseForm):
    """A form of the library whose field `address` takes any spelling of an address."""

    address = "email"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        strict = self.fields[self.address]
        self.fields[self.address] = forms.CharField(
            label=strict.label, widget=strict.widget, help_text=strict.help_text, max_length=LONGEST
        )


class LoginForm(AnySpelling, library.LoginForm):
    address = "login"

    def clean_login(self) -> str:
        return get_adapter().clean_email(super().clean_login())


class ResetPasswordForm(AnySpelling, library.ResetPasswordForm):
    pass


class AddEmailForm(AnySpelling, library.AddEmailForm):
    """It shows how many mails are left to confirm a new e-mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = address_changes_left(self.user.address_mails)


class AppLoginInput(AnySpelling, inputs.LoginInput):
    def clean_email(self) -> str:
        return get_adapter().clean_email(self.cleaned_data["email"])


class AppResetInput(AnySpelling, inputs.RequestPasswordResetInput):
    pass


class AppAddEmailInput(AnySpelling, inputs.AddEmailInput):
    pass
