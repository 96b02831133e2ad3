"""What a fleet can do with a partner now: one list for the menu and the page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Partnership
from core.web.actions import Action, Actions


class PartnerActions(Actions):
    """An invitation that waits for its answer can be sent again; a declined one is replaced by a new one."""

    def __init__(self, partnership: Partnership) -> None:
        self.partnership = partnership

    def offered(self) -> Iterator[Action]:
        is_pending = self.partnership.can("accept")
        if is_pending:
            yield Action(
                _("Resend Invitation"), self.url("resend"), "send", posts=True, is_main=True
            )
        if self.partnership.can("release"):
            yield Action(
                _("Invite Again"), self.url("again"), "arrow-repeat", posts=True, is_main=True
            )
        if self.partnership.can("set_override"):
            yield Action(_("Partner Settings"), self.url("override"), "gear", opens_dialog=True)
        label = _("Withdraw Invitation") if is_pending else _("Remove")
        yield Action(
            label, self.url("remove"), "trash", opens_dialog=True, is_danger=True, begins_group=True
        )

    def url(self, name: str) -> str:
        return reverse(
            f"fleetcontrol:partner-{name}", args=[self.partnership.fleet_id, self.partnership.pk]
        )
