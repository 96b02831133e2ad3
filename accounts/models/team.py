"""What a company and a fleet have in common: people in roles, invited by mail, and never without an admin."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models.address import lock_addresses
from accounts.models.authority import authorise
from accounts.models.invitation import Invitation
from accounts.models.suspension import Suspendable
from accounts.models.telling import tell
from core.moves import MoveRefused

ADMIN = "ADMIN"


class Team(Suspendable):
    class Meta:
        abstract = True

    def lock(self) -> None:
        """Hold this row until the transaction ends and see it as it is now."""
        self.refresh_from_db(from_queryset=type(self)._base_manager.select_for_update(of=("self",), no_key=True))

    def lock_memberships(self, *people) -> None:
        """Those of several people at once, in the order of their keys; `User.lock_membership` then asks each."""
        rows = self.memberships.live().filter(user__in=people).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True))

    @property
    def people(self):
        """The live memberships, admins first."""
        return self.memberships.live().select_related("user").order_by("role", "user__last_name", "user__email")

    @property
    def users(self):
        from accounts.models.user import User

        return User.objects.filter(is_active=True, pk__in=self.memberships.live().values("user"))

    @property
    def admins(self):
        return self.users.filter(pk__in=self.memberships.live().admins().values("user"))

    @transaction.atomic
    def invite(self, *, email: str, role: str, by, first_name: str = "", last_name: str = "") -> Invitation:
        """Mail `email` a link that makes its reader a member in `role`. The answer never says whether the address is known."""
        email = email.lower()
        lock_addresses(email)
        self.lock()
        authorise(by, self, ADMIN)
        if self.memberships.live().filter(user__emailaddress__email=email, user__emailaddress__verified=True).exists():
            raise MoveRefused("already_member", _("This person is a member already."))
        earlier = self.invitations.filter(kind=self.INVITATION, email=email)
        if earlier.waiting().exists():
            raise MoveRefused(
                "already_invited", _("This person is invited already. You can send the invitation again.")
            )
        earlier.withdraw()  # a declined one gives way
        names = {"first_name": first_name, "last_name": last_name}
        return Invitation.send(
            kind=self.INVITATION, email=email, by=by, role=role, **{self.INVITATION.lower(): self}, **names
        )

    @transaction.atomic
    def change_role(self, membership, role: str, *, by) -> None:
        self.lock()
        authorise(by, self, ADMIN)
        self._hold(membership)
        if role != ADMIN:
            self._keep_an_admin(membership)
        if role == membership.role:
            return
        membership.role = role
        membership.save(update_fields=["role"])
        tell([membership.user], "role", team=self.known_as, role=role, path="/")

    @transaction.atomic
    def set_second_factor(self, demanded: bool, *, by) -> None:
        self.lock()
        authorise(by, self, ADMIN)
        if demanded and not self.demand_second_factor:
            tell(self.users, "second_factor", team=self.known_as, path="/accounts/2fa/")
        self.demand_second_factor = demanded
        self.save(update_fields=["demand_second_factor"])

    def _hold(self, membership) -> None:
        """Lock the row of somebody of this team and see it as it is now; gone means that another admin was faster."""
        rows = self.memberships.live().select_for_update(of=("self",), no_key=True)
        try:
            membership.refresh_from_db(from_queryset=rows)
        except membership.DoesNotExist as gone:
            raise MoveRefused("not_a_member", _("This person is not a member any more.")) from gone

    def _keep_an_admin(self, membership) -> None:
        if membership.role == ADMIN and not self.memberships.live().admins().exclude(pk=membership.pk).exists():
            raise MoveRefused("last_admin", _("The last admin cannot go. Make somebody else an admin first."))
