"""How a person leaves a company, and how a company goes: rows are closed, never deleted."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.authority import authorise
from accounts.models.partnership import Partnership
from accounts.models.team import ADMIN, Team
from accounts.models.telling import tell
from core.ids import ShortIdModel
from core.models import Mail
from core.moves import MoveRefused


class CompanyLeaving(Team, ShortIdModel):
    class Meta:
        abstract = True

    @transaction.atomic
    def remove_member(self, membership, *, by) -> None:
        """End a membership with everything that hangs on it: jobs go back, sessions end, the account goes if nothing else needs it."""
        self.lock()
        authorise(by, self, *([] if by and by.pk == membership.user_id else [ADMIN]))
        self._hold(membership)
        self._keep_an_admin(membership)
        self._end_memberships([membership])
        signals.person_left.send(sender=type(self), company=self, user=membership.user, by=by)
        if by != membership.user:
            self._say_goodbye(membership.user)
        membership.user.leave()

    @transaction.atomic
    def close(self, *, by) -> None:
        """The end of the company. Only tombstones stay: its name and its people's in the history."""
        self.lock()
        if self.closed_at:
            raise MoveRefused("company_closed", _("This company does not take part any more."))
        links = list(self.partnerships.live().locked())
        memberships = list(
            self.memberships.live().select_related("user").order_by("pk").select_for_update(of=("self",), no_key=True)
        )
        authorise(by, self, ADMIN)
        self.closed_at = timezone.now()
        self.save(update_fields=["closed_at"])
        Partnership.decline_all(self, by=by)
        Partnership._end_all(self.partnerships.live(), by)
        self.invitations.all().withdraw()
        self._end_memberships(memberships)
        signals.company_closed.send(sender=type(self), company=self, by=by, partnerships=links)
        for membership in memberships:
            if membership.user != by:
                self._say_goodbye(membership.user)
            else:
                tell([by], "company_deleted", team=self.name)
        people = [membership.user for membership in memberships]
        if people:
            type(people[0]).objects.leave(people)

    def _end_memberships(self, memberships) -> None:
        self.memberships.filter(pk__in=[membership.pk for membership in memberships]).update(ended_at=timezone.now())

    def _say_goodbye(self, user) -> None:
        Mail.objects.enqueue(user=user, template="mails/member_removed", context={"team": self.name})
