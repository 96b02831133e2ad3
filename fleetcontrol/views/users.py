"""*Settings ▸ Users*: the people of a fleet, for its admins."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy

from accounts.models import Fleet, FleetMembership
from accounts.web import team
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.settings_tabs import settings_tabs


class FleetTeamMixin(FleetMixin, team.TeamPage):
    section = "settings"
    base_template = "fleetcontrol/base.html"
    url_names: ClassVar = {
        "list": "fleetcontrol:users",
        "invite": "fleetcontrol:user-invite",
        "role": "fleetcontrol:user-role",
        "remove": "fleetcontrol:user-remove",
        "resend": "fleetcontrol:user-invitation-resend",
        "withdraw": "fleetcontrol:user-invitation-withdraw",
        "second_factor": "fleetcontrol:users-second-factor",
    }

    load: Callable[[], None]

    @property
    def team(self) -> Fleet:
        return self.fleet

    @property
    def url_args(self) -> list[str]:
        return [self.fleet.pk]

    def find(self) -> None:
        self.load()
        if self.fleet.role != FleetMembership.Role.ADMIN:
            raise PermissionDenied


class UserList(FleetTeamMixin, team.UserList):
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["lead"] = gettext_lazy("Who belongs to this fleet, and what each of them may do.")
        context["tabs"] = settings_tabs(self.fleet.pk, self.fleet.role, current="USERS")
        context["second_factor_url"] = self.team_url("second_factor")
        context["operator_actions"] = self.fleet.operator_actions.select_related("operator")[:50]
        return super().get_context_data(**context)


class InviteUser(FleetTeamMixin, team.InviteUser):
    def get_initial(self) -> dict[str, Any]:
        return {"role": FleetMembership.Role.MANAGER}


class RequireSecondFactor(FleetTeamMixin, team.RequireSecondFactor):
    pass


class ChangeRole(FleetTeamMixin, team.ChangeRole):
    pass


class RemoveUser(FleetTeamMixin, team.RemoveUser):
    pass


class ResendInvitation(FleetTeamMixin, team.ResendInvitation):
    pass


class WithdrawInvitation(FleetTeamMixin, team.WithdrawInvitation):
    pass
