"""How many mails to others a fleet, a company or a person may cause in 24 hours, so that nobody can flood mailboxes.

The mails themselves are counted: each names the party that caused it. The limits are settings.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils import timezone

from accounts.models.address import hold
from core.errors import MoveRefused
from core.models import Mail

if TYPE_CHECKING:
    from core.mail.mail import MailQuerySet

DAY = timedelta(days=1)


class MailAllowance(NamedTuple):
    """The mails of one party. `sender` is the party and what it does, as text."""

    sender: str
    limit: int
    refusal: str

    @property
    def sent(self) -> "MailQuerySet":
        return Mail.objects.filter(on_behalf_of=self.sender, created_at__gt=timezone.now() - DAY)

    @property
    def left(self) -> int:
        return max(0, self.limit - self.sent.count())

    def check(self, address: str) -> None:
        """Raise MoveRefused if no mail is left, or none to `address`. The count holds until the transaction ends."""
        hold(f"mails {self.sender}")
        if not self.left:
            raise self._refused(self.refusal, self.sent)
        to_address = self.sent.filter(to=address)
        if to_address.count() >= settings.MAILS_TO_AN_ADDRESS_PER_DAY:
            raise self._refused("address_mailed_too_often", to_address)

    def allows(self, address: str) -> bool:
        try:
            self.check(address)
        except MoveRefused:
            return False
        return True

    @staticmethod
    def _refused(code: str, sent: "MailQuerySet") -> MoveRefused:
        first = sent.order_by("created_at").values_list("created_at", flat=True).first()
        free_at = (first or timezone.now()) + DAY
        return MoveRefused(code, retry_after=(free_at - timezone.now()).total_seconds())


def invitations_of(team: str) -> MailAllowance:
    """The invitations of a fleet or a company, and their repetitions. `team` is its kind and id."""
    return MailAllowance(f"invite {team}", settings.INVITATIONS_PER_DAY, "no_invitations_left")


def address_changes_of(party: str) -> MailAllowance:
    """The mails that ask for the confirmation of a new address, of a company or a person."""
    return MailAllowance(
        f"address {party}", settings.ADDRESS_CHANGES_PER_DAY, "no_address_changes_left"
    )


def resets_of(person: str) -> MailAllowance:
    return MailAllowance(f"reset {person}", settings.MAILS_TO_AN_ADDRESS_PER_DAY, "just_sent")
