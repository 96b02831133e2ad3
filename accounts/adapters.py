"""Sign-in: accounts come only by invitation, and its mails go through our own queue."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from accounts.models import Partnership, User
from accounts.models.address import (
    check_free,
    lock_addresses,
    stored_spelling,
    verified_addresses,
)
from accounts.models.mail_allowance import MailAllowance
from core.errors import MoveRefused
from core.models import Mail
from core.values.addresses import canonical, comparable

# The library's name of a mail → our template. All other mails are notices of a sensitive change.
TEMPLATES = {
    "password_reset_key": "mails/password_reset",
    "email_confirmation": "mails/email_confirmation",
    "email_confirmation_signup": "mails/email_confirmation",
    "unknown_account": "mails/unknown_account",
}
CONFIRMATIONS = ("email_confirmation", "email_confirmation_signup")
NOTICE = "mails/security_notice"
LINKS = ("activate_url", "password_reset_url")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are created only on the page of an invitation."""
        return False

    def clean_email(self, email: str) -> str:
        """The address that was typed to sign in, to set a new password or to change the e-mail.

        Raises ValidationError with the reason, unless an account from before has exactly this address.
        """
        try:
            canonical(email)
        except ValidationError:
            if not EmailAddress.objects.filter(email=comparable(email)).exists():
                raise
        return stored_spelling(email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name = template_prefix.rsplit("/", 1)[-1]
        reader = context.get("user") or User.objects.filter(emailaddress__email=email).first()
        allowance = allowance_of(name, reader)
        if allowance and not allowance.allows(email):
            return  # the links of the earlier mails still work
        Mail.objects.enqueue(
            to=email,
            template=TEMPLATES.get(name, NOTICE),
            context=mail_context(context) | {"what": name},
            on_behalf_of=allowance.sender if allowance else "",
            **(reader.mail_settings if reader else {}),
        )

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address, unless it belongs to another company than its user's."""
        lock_addresses(email_address.email, *verified_addresses(email_address.user))
        company = email_address.user.company
        if company:
            company.lock()
            try:
                check_free([email_address.email], company)
            except MoveRefused as refused:
                self.add_message(request, messages.ERROR, message=str(refused))
                return False
        confirmed = super().confirm_email(request, email_address)
        if confirmed and company:
            Partnership.objects.resolve(company)
        return confirmed


def allowance_of(name: str, reader: User | None) -> MailAllowance | None:
    """The limit of the mails that anyone can cause: a stranger a reset, a person mails to a new address of theirs."""
    if reader is None:
        return None
    if name == "password_reset_key":
        return reader.reset_mails
    if name in CONFIRMATIONS:
        return reader.address_mails
    return None


def check_address_change(user: User, email: str, **kwargs: Any) -> None:
    """Refuse a new address of `user` if no mail is left to confirm it: allauth's signal, from pages and app."""
    try:
        user.address_mails.check(email)
    except MoveRefused as refused:
        raise ValidationError(str(refused), code=refused.code) from refused


def store_canonical(instance: EmailAddress, **kwargs: Any) -> None:
    """Store a new address of allauth's table in its canonical form. Older rows are rewritten by a task."""
    if instance._state.adding:
        instance.email = comparable(instance.email)


def mail_context(context: dict[str, Any]) -> dict[str, str]:
    """What our templates read of the library's context."""
    ours: dict[str, str] = {name: context[name] for name in ("ip", "user_agent") if name in context}
    if "timestamp" in context:
        ours["happened_at"] = context["timestamp"].isoformat()
    for link in LINKS:
        if link in context:
            ours["path"] = urlsplit(context[link]).path  # never the host of the request
    return ours
