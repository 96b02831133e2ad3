"""How signing in behaves here: by invitation alone, and every mail of it through our own queue."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest

from accounts.models import Partnership, User
from accounts.models.address import check_free, lock_addresses, verified_addresses
from core.models import Mail
from core.moves import MoveRefused

# What the library calls its mails → our template. All others are notices of a sensitive change.
TEMPLATES = {
    "password_reset_key": "mails/password_reset",
    "email_confirmation": "mails/email_confirmation",
    "email_confirmation_signup": "mails/email_confirmation",
    "unknown_account": "mails/unknown_account",
}
NOTICE = "mails/security_notice"
LINKS = ("activate_url", "password_reset_url")


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations, whose page makes them itself."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name = template_prefix.rsplit("/", 1)[-1]
        told = {key: context[key] for key in ("ip", "user_agent") if key in context}
        if "timestamp" in context:
            told["happened_at"] = context["timestamp"].isoformat()
        for link in LINKS:
            if link in context:
                told["path"] = urlsplit(context[link]).path  # never the host of the request
        reader = context.get("user") or User.objects.filter(emailaddress__email=email).first()
        manners = reader.manners if reader else {}
        Mail.objects.enqueue(to=email, template=TEMPLATES.get(name, NOTICE), context=told | {"what": name}, **manners)

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A verified address leads to its reader's company, so it must not lead to another one."""
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
            Partnership.resolve(company)
        return confirmed
