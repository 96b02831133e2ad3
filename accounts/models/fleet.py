from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models.authority import authorise
from accounts.models.invitation import Invitation
from accounts.models.membership import FleetMembership
from accounts.models.team import ADMIN, Team
from accounts.time_zones import validate_time_zone
from core.ids import ShortIdField, ShortIdModel
from core.models import Mail
from core.moves import MoveRefused

Role = FleetMembership.Role


class FleetQuerySet(models.QuerySet):
    def working(self):
        return self.filter(suspended_at=None, provider__suspended_at=None)

    def visible_to(self, principal):
        """Whose fleets these are: a person's by membership, an API client's its own."""
        return self._of(principal, Role.values)

    def writable_by(self, principal):
        return self._of(principal, [Role.ADMIN, Role.MANAGER])

    def _of(self, principal, roles):
        if not principal.is_person:
            return self.working().filter(pk=principal.fleet_id)
        return self.working().filter(
            pk__in=FleetMembership.objects.filter(user=principal.pk, role__in=roles).values("fleet")
        )


class Fleet(Team, ShortIdModel):
    """One fleet of a mobility provider: the tenant of FleetControl."""

    INVITATION = Invitation.Kind.FLEET

    fleet_id = ShortIdField()
    provider = models.ForeignKey(
        "accounts.MobilityProvider", models.PROTECT, related_name="fleets", verbose_name=_("mobility provider")
    )
    name = models.CharField(_("name"), max_length=100)
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_time_zone]
    )
    demand_second_factor = models.BooleanField(_("demand a second factor"), default=False)
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FleetQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("fleet"), _("fleets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def known_as(self) -> str:
        return f"{self.provider.name} {self.name}"

    @property
    def users_path(self) -> str:
        """Where its admins see who belongs to it and who is invited."""
        return f"/fleetcontrol/{self.pk}/settings/users/"

    @property
    def is_working(self) -> bool:
        return not self.suspended_at and not self.provider.suspended_at

    @transaction.atomic
    def admit(self, user, role: str) -> FleetMembership:
        """Make `user` a member; somebody who is one keeps the role he has."""
        self.lock()
        if not self.is_working:
            raise MoveRefused("fleet_suspended", _("This fleet does not take part any more."))
        return self.memberships.get_or_create(user=user, defaults={"role": role})[0]

    @transaction.atomic
    def remove_member(self, membership, *, by) -> None:
        """End a membership, the person's sessions, and the account if nothing else needs it."""
        self.lock()
        authorise(by, self, *([] if by and by.pk == membership.user_id else [ADMIN]))
        self._hold(membership)
        self._keep_an_admin(membership)
        user = membership.user
        membership.delete()
        if by != user:
            Mail.objects.enqueue(user=user, template="mails/member_removed", context={"team": self.known_as})
        user.leave()
