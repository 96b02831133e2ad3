"""An installer company: its people, its end, and its agreement."""

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.address import check_free, lock_addresses, verified_addresses
from accounts.models.agreement import Agreement, AgreementSignature
from accounts.models.authority import authorise
from accounts.models.company_name import CompanyName
from accounts.models.company_queryset import CompanyQuerySet
from accounts.models.invitation import Invitation
from accounts.models.membership import CompanyMembership
from accounts.models.notification import notify
from accounts.models.partnership import Partnership
from accounts.models.suspension import suspended
from core.errors import MoveRefused
from core.models import Mail

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models.authority import Actor
    from accounts.models.membership import CompanyMembershipQuerySet
    from accounts.models.team import Membership
    from accounts.models.user import User

Role = CompanyMembership.Role


class Company(CompanyName):
    """An installer company. A closed company stays as a tombstone, so that the history keeps its name."""

    INVITATION = Invitation.Kind.COMPANY

    objects = CompanyQuerySet.as_manager()

    class Meta(CompanyName.Meta):
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        permissions = [("suspend_company", "Can suspend and reinstate companies")]
        indexes = [
            suspended("company_suspended"),
            models.Index(fields=["email"], name="company_by_email"),
        ]

    users_path = "/installers/users/"

    @property
    def known_as(self) -> str:
        return self.name

    @property
    def installers(self) -> "CompanyMembershipQuerySet":
        return self.memberships.live()

    @transaction.atomic
    def admit(self, user: "User", role: str) -> CompanyMembership:
        """Make `user` a member.

        Raises MoveRefused if the company is closed or suspended, or if the person or one of their addresses belongs to
        another company.
        """
        self.check_role(role)
        lock_addresses(*verified_addresses(user))
        self.lock()
        if self.closed_at or self.suspended_at:
            raise self._closed()
        if user.company_memberships.live().exists():
            raise MoveRefused("has_company")
        check_free(verified_addresses(user), self)
        membership = self.memberships.create(user=user, role=role)
        Partnership.objects.resolve(self)
        signals.person_joined.send(sender=Company, team=self, user=user)
        return membership

    @transaction.atomic
    def remove_member(self, membership: "Membership", *, by: "Actor") -> None:
        """End a membership, as Team describes it. The person's running jobs return to the company."""
        self.lock()
        self._lock_both(membership, by)
        self._authorise_removal(membership, by)
        self._hold(membership)
        self._keep_an_admin(membership)
        self._end_memberships([membership])
        signals.person_left.send(
            sender=type(self),
            company=self,
            user=membership.user,
            by=by,
        )
        if by != membership.user:
            self._notify_removed(membership.user)
        membership.user.leave()

    @transaction.atomic
    def close(self, *, by: "Actor") -> None:
        """Close the company for good. Only its name and the names of its people stay, for the history.

        All memberships and partnerships end, and its open jobs return to the fleets. Raises MoveRefused if it is closed
        already.
        """
        self.lock()
        if self.closed_at:
            raise self._closed()
        links = list(self.partnerships.live().locked())
        live = self.memberships.live().select_related("user").order_by("pk")
        memberships = list(live.select_for_update(of=("self",), no_key=True))
        authorise(by, self, Role.ADMIN)
        self.closed_at = timezone.now()
        self.save(update_fields=["closed_at"])
        Partnership.objects.decline_all(self, by=by)
        self.partnerships.live().end(by=by)
        self.invitations.all().withdraw()
        self._end_memberships(memberships)
        signals.company_closed.send(
            sender=type(self),
            company=self,
            by=by,
            partnerships=links,
        )
        self._notify_of_closing([membership.user for membership in memberships], by)

    def _notify_of_closing(self, people: "list[User]", by: "Actor") -> None:
        """Notify the people of a closed company, and close their accounts if nothing else needs them."""
        from accounts.models.user import User

        for user in people:
            if user == by:
                notify([user], "company_deleted", team=self.name)
            else:
                self._notify_removed(user)
        if people:
            User.objects.leave(people)

    def _closed(self) -> MoveRefused:
        return MoveRefused("company_closed")

    def _end_memberships(self, memberships: "Iterable[Membership]") -> None:
        self.memberships.filter(pk__in=[membership.pk for membership in memberships]).update(
            ended_at=timezone.now()
        )

    def _notify_removed(self, user: "User") -> None:
        Mail.objects.enqueue(
            user=user, template="mails/member_removed", context={"team": self.name}
        )

    # --- the agreement --------------------------------------------------------------------------------------------
    @transaction.atomic
    def sign(
        self, agreement: Agreement | None, *, by: "User", address: str | None
    ) -> AgreementSignature:
        """Accept a version for the company. Idempotent. Raises MoveRefused if there is a newer version."""
        authorise(by, self, Role.ADMIN)
        if agreement is None or agreement != Agreement.objects.newest():
            raise MoveRefused("agreement_superseded")
        signature: dict[str, Any] = {"signed_by": by, "name": by.name, "address": address}
        return self.signatures.get_or_create(agreement=agreement, defaults=signature)[0]

    def unsigned_agreement(self) -> Agreement | None:
        """The newest version, unless the company has signed it."""
        newest = Agreement.objects.newest()
        if newest is None or self.signatures.filter(agreement=newest).exists():
            return None
        return newest

    def may_take(self) -> bool:
        """Whether the agreement lets its people take jobs."""
        return Agreement.objects.allows_taking(self)
