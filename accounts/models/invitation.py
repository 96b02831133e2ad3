"""An invitation, and its mails: send, resend, withdraw."""

import secrets
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.authority import authorise
from accounts.models.invitation_answers import InvitationAnswers
from accounts.models.invitation_columns import InvitationColumns
from accounts.models.invitation_letter import enqueue_letter
from accounts.models.invitation_queryset import LIFETIME, PAUSE, hash_of
from accounts.models.membership import MANAGING
from core.errors import MoveRefused

if TYPE_CHECKING:
    from accounts.models.authority import Actor


class Invitation(InvitationAnswers):
    """One mailed link. The table stores only the hash, so nobody can open the link from it."""

    class Meta(InvitationColumns.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    @classmethod
    def send(cls, *, by: "Actor", **fields: Any) -> "Invitation":
        """Create an invitation and mail its link. Call it in the transaction that creates what it leads to."""
        person: Any = by
        invitation = cls(created_by=person, **fields)
        invitation._mail(by)
        return invitation

    @transaction.atomic
    def resend(self, *, by: "Actor") -> None:
        """Mail a new link that works for another 14 days. The old link no longer works.

        Raises MoveRefused less than a minute after the last mail, or if the invitation is used or withdrawn.
        """
        self._lock_standing(by)
        if self.sent_at > timezone.now() - PAUSE:
            raise MoveRefused("just_sent")
        if not self.role_is_known:
            raise MoveRefused("no_such_role")
        self._mail(by)

    @transaction.atomic
    def withdraw(self, *, by: "Actor") -> None:
        """Withdraw the link. Withdrawing a partnership link ends the pending partnership."""
        if self.partnership:
            self.partnership.withdraw(by=by)
            self.refresh_from_db()
            return
        self._lock_standing(by)
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])

    def _lock_standing(self, by: "Actor") -> None:
        """Check the role of `by`, lock and reload this row. Raises MoveRefused if it is used or withdrawn."""
        authorise(by, self.team, *(MANAGING if self.partnership_id else ["ADMIN"]))
        standing = Invitation.objects.standing().select_for_update(of=("self",), no_key=True)
        self.refresh_from_db(
            from_queryset=Invitation.objects.select_for_update(of=("self",), no_key=True)
        )
        if not standing.filter(pk=self.pk).exists():
            raise self._not_open()

    def _mail(self, by: "Actor") -> None:
        self._check_mails()
        token = secrets.token_urlsafe(32)  # 256 bits
        now = timezone.now()
        self.token_hash = hash_of(token)
        self.sent_at = now
        self.expires_at = now + LIFETIME
        self.declined_at = None
        self.mail = enqueue_letter(self, token, by)
        self.save()

    def _check_mails(self) -> None:
        """Raise MoveRefused if the team has mailed the address a moment ago, or has no mail left today."""
        self.team.invitation_mails.check(self.email)
        others = Invitation.objects.twins_of(self).exclude(pk=self.pk)
        if others.unanswered().filter(sent_at__gt=timezone.now() - PAUSE).exists():
            raise MoveRefused("just_sent")
