"""What a company and a fleet have in common: people in roles, who are invited by mail, and always an admin."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models.address import lock_addresses
from accounts.models.authority import authorise
from accounts.models.invitation import Invitation
from accounts.models.invitation_queryset import InvitationKind
from accounts.models.mail_allowance import MailAllowance, invitations_of
from accounts.models.notification import notify
from accounts.models.suspension import Suspendable
from core.errors import MoveRefused
from core.values.addresses import canonical

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.invitation_queryset import InvitationQuerySet
    from accounts.models.membership import CompanyMembership, FleetMembership
    from accounts.models.user import User

    Membership = CompanyMembership | FleetMembership

ADMIN = "ADMIN"


class Team(Suspendable):
    """A company or a fleet."""

    INVITATION: ClassVar[InvitationKind]

    require_second_factor = models.BooleanField(
        _("require two-factor authentication"), default=False, db_column="demand_second_factor"
    )

    if TYPE_CHECKING:
        memberships: Any  # the reverse of CompanyMembership.company or FleetMembership.fleet
        invitations: Any

    class Meta:
        abstract = True

    def lock(self) -> None:
        """Lock this row until the transaction ends, and reload it."""
        self.refresh_from_db(
            from_queryset=type(self)._base_manager.select_for_update(of=("self",), no_key=True)
        )

    def lock_memberships(self, *people: "User | int") -> None:
        """Lock the memberships of several people in the order of their keys, before
        `User.lock_membership` checks each.
        """
        rows = self.memberships.live().filter(user__in=people).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True))

    @property
    def people(self) -> Any:
        """The live memberships, admins first: a queryset of CompanyMembership or FleetMembership."""
        return (
            self.memberships.live()
            .select_related("user")
            .order_by("role", "user__last_name", "user__email")
        )

    @property
    def users(self) -> "models.QuerySet[User]":
        from accounts.models.user import User

        return User.objects.filter(is_active=True, pk__in=self.memberships.live().values("user"))

    @property
    def admins(self) -> "models.QuerySet[User]":
        return self.users.filter(pk__in=self.memberships.live().admins().values("user"))

    @property
    def users_path(self) -> str:
        """The path of the page where admins see who belongs to the team and who is invited."""
        raise NotImplementedError

    @property
    def mail_settings(self) -> dict[str, str]:
        """The language and time zone that the team has chosen for mails to people without their own."""
        return {}

    @property
    def invitation_mails(self) -> MailAllowance:
        return invitations_of(f"{self._meta.model_name}:{self.pk}")

    # --- joining --------------------------------------------------------------------------------------------------
    @property
    def standing_invitations(self) -> "InvitationQuerySet":
        """Invitations to this team that are neither used nor withdrawn."""
        return self.invitations.filter(kind=self.INVITATION).standing()

    @transaction.atomic
    def invite(
        self, *, email: str, role: str, by: "Actor", first_name: str = "", last_name: str = ""
    ) -> Invitation:
        """Mail `email` a link that makes its reader a member in `role`.

        Raises MoveRefused if the person is a member or invited already. The answer never reveals whether the
        address has an account.
        """
        self.check_role(role)
        email = canonical(email)
        lock_addresses(email)
        self.lock()
        authorise(by, self, ADMIN)
        self._check_not_a_member(email)
        earlier = self.invitations.filter(kind=self.INVITATION, email=email)
        if earlier.waiting().exists():
            raise MoveRefused("already_invited")
        earlier.withdraw()  # the new invitation replaces a declined one
        return Invitation.send(
            kind=self.INVITATION,
            email=email,
            by=by,
            role=role,
            first_name=first_name,
            last_name=last_name,
            **{self.INVITATION.lower(): self},
        )

    def _check_not_a_member(self, email: str) -> None:
        members = self.memberships.live()
        if members.filter(
            user__emailaddress__email=email, user__emailaddress__verified=True
        ).exists():
            raise MoveRefused("already_member")

    def check_role(self, role: str) -> None:
        if role not in self.memberships.model.Role.values:
            raise MoveRefused("no_such_role")

    def admit(self, user: "User", role: str) -> "Membership":
        """Make `user` a member, and return the membership."""
        raise NotImplementedError

    # --- changing and leaving -------------------------------------------------------------------------------------
    @transaction.atomic
    def change_role(self, membership: "Membership", role: str, *, by: "Actor") -> None:
        """Give a member another role, and notify them. Raises MoveRefused for the last admin."""
        self.check_role(role)
        self.lock()
        self._lock_both(membership, by)
        authorise(by, self, ADMIN)
        self._hold(membership)
        if role != ADMIN:
            self._keep_an_admin(membership)
        if role == membership.role:
            return
        membership.role = role
        membership.save(update_fields=["role"])
        notify(
            [membership.user],
            "role",
            team=self.known_as,
            role=role,
            path="/",
        )

    def remove_member(self, membership: "Membership", *, by: "Actor") -> None:
        """End a membership, the sessions of its person, and the account if nothing else needs it.

        Members may leave by themselves. Raises MoveRefused for the last admin.
        """
        raise NotImplementedError

    def _authorise_removal(self, membership: "Membership", by: "Actor") -> None:
        """Admins remove anyone. Other members remove only themselves."""
        if by is not None and by.pk == membership.user_id:
            authorise(by, self)
        else:
            authorise(by, self, ADMIN)

    @transaction.atomic
    def set_second_factor(self, required: bool, *, by: "Actor") -> None:
        """Require two-factor authentication of everyone in the team, or stop requiring it."""
        self.lock()
        authorise(by, self, ADMIN)
        if required and not self.require_second_factor:
            notify(self.users, "second_factor", team=self.known_as, path="/accounts/2fa/")
        self.require_second_factor = required
        self.save(update_fields=["require_second_factor"])

    def _lock_both(self, membership: "Membership", by: "Actor") -> None:
        """Lock the memberships of a member and of the person who acts on them, in the order of their keys."""
        acting = [by.pk] if by is not None and by.is_person else []
        self.lock_memberships(membership.user_id, *acting)

    def _hold(self, membership: "Membership") -> None:
        """Lock and reload the row of a member. Raises MoveRefused if another admin has removed it."""
        rows = self.memberships.live().select_for_update(of=("self",), no_key=True)
        try:
            membership.refresh_from_db(from_queryset=rows)
        except membership.DoesNotExist as gone:
            raise MoveRefused("not_a_member") from gone

    def _keep_an_admin(self, membership: "Membership") -> None:
        """Raise MoveRefused if this is the last admin."""
        others = self.memberships.live().admins().exclude(pk=membership.pk)
        if membership.role == ADMIN and not others.exists():
            raise MoveRefused("last_admin")
