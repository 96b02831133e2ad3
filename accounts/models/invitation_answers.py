"""The answers to an invitation, by the person who reads its mail: accept, decline, register."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models.address import lock_addresses, verified_addresses
from accounts.models.invitation_columns import InvitationColumns
from core.errors import MoveRefused, NotAllowed
from core.models import Mail

if TYPE_CHECKING:
    from accounts.models.user import User


class InvitationAnswers(InvitationColumns):
    class Meta:
        abstract = True

    def fits(self, user: "User") -> bool:
        """Whether `user` is the invited person.

        A partnership link is for every admin of the company that its address leads to.
        """
        if self.email in verified_addresses(user):
            return True
        company = self.answered_by_company
        return (
            company is not None and company.memberships.live().admins().filter(user=user).exists()
        )

    @transaction.atomic
    def accept(self, *, by: "User") -> None:
        """Use the link, which works once. `by` becomes a member; a partnership link lets them register a company.

        Raises MoveRefused if the link is for someone else or no longer open.
        """
        lock_addresses(self.email, *verified_addresses(by))
        if not self.partnership_id:
            self.team.lock()
        if not self.fits(by):
            raise MoveRefused("invitation_of_somebody_else")
        changes: dict[str, Any] = {"used_at": Now(), "used_by": by}
        if self.partnership_id:
            # A used partnership link without a company is the permission to register one.
            changes["company"] = by.company
        used = type(self).objects.open().filter(pk=self.pk).update(**changes)
        self.refresh_from_db()
        if not used:
            raise self._not_open()
        if not self.partnership_id:
            self.team.admit(by, self.role)

    @transaction.atomic
    def decline(self, *, by: "User | None" = None) -> None:
        """Decline the invitation, and notify the inviter, who can invite again.

        Without `by`, the reader is not signed in. That is enough if the address has no account, because the link came
        to their mailbox. A partnership is declined by the company, under Clients.
        """
        if not self._may_decline(by):
            raise NotAllowed
        declined = type(self).objects.open().filter(pk=self.pk).update(declined_at=Now())
        self.refresh_from_db()
        if not declined:
            raise self._not_open()
        context = {
            "email": self.email,
            "team": self.team.known_as,
            "path": self.team.users_path,
        }
        for reader in self._inviters():
            Mail.objects.enqueue(
                user=reader,
                template="mails/invitation_declined",
                context=context,
            )

    def _may_decline(self, by: "User | None") -> bool:
        if self.partnership_id:
            return False
        if by:
            return self.fits(by)
        return not self._account_exists()

    def _inviters(self) -> "list[User]":
        """The person who invited, or all admins of the team if that person can no longer sign in."""
        if self.created_by and self.created_by.is_active:
            return [self.created_by]
        return list(self.team.admins)

    def _account_exists(self) -> bool:
        from accounts.models.user import User

        return User.objects.filter(email=self.email).exists()

    def register(
        self, *, password: str, first_name: str = "", last_name: str = "", language: str = ""
    ) -> "User":
        """Create the account of the invited person, and use the link. The link proves the address.

        Raises MoveRefused if the address has an account or a company, or if the link is no longer open.
        """
        from accounts.models.user import User

        choices = {}
        if language:
            choices["language"] = language
        if zone := self._time_zone():
            choices["time_zone"] = zone
        user = User.objects.prepare(
            self.email, password, first_name=first_name, last_name=last_name, **choices
        )
        self._enter(user)
        return user

    def _time_zone(self) -> str:
        """The zone for a new account: of the fleet, or of the person who invites into a company."""
        if self.kind != self.Kind.COMPANY:
            fleet: Any = self.team
            return fleet.time_zone
        if self.created_by:
            return self.created_by.time_zone
        return ""

    @transaction.atomic
    def _enter(self, user: "User") -> None:
        lock_addresses(self.email)
        if self._account_exists():
            raise MoveRefused("account_exists")
        if self.answered_by_company:
            raise MoveRefused("company_exists")
        type(user).objects.enter(user)
        self.accept(by=user)
