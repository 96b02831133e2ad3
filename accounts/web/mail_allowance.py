"""How many mails are left today, for the pages that send them: a limit is announced before it applies."""

from django.utils.translation import ngettext

from accounts.models.mail_allowance import MailAllowance

FEW = 0.2  # of the limit


def few_invitations_left(allowance: MailAllowance) -> str:
    """How many invitations are left, for a list; empty while there are many."""
    left = allowance.left
    if left <= FEW * allowance.limit:
        return _invitations(left, allowance.limit)
    return ""


def invitations_left(allowance: MailAllowance) -> str:
    return _invitations(allowance.left, allowance.limit)


def _invitations(left: int, limit: int) -> str:
    return ngettext(
        "%(left)s of %(limit)s invitations is left today.",
        "%(left)s of %(limit)s invitations are left today.",
        left,
    ) % {"left": left, "limit": limit}


def address_changes_left(allowance: MailAllowance) -> str:
    left = allowance.left
    return ngettext(
        "%(left)s of %(limit)s mails for a new e-mail is left today.",
        "%(left)s of %(limit)s mails for a new e-mail are left today.",
        left,
    ) % {"left": left, "limit": allowance.limit}
