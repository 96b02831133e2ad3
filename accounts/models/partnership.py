"""The link of one fleet and one company. The company's side: accept and decline."""

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.address import addresses_of, lock_addresses
from accounts.models.authority import authorise
from accounts.models.membership import (
    CompanyMembership,
    CompanyMembershipQuerySet,
    FleetMembership,
)
from accounts.models.partnership_columns import PartnershipColumns
from accounts.models.partnership_invites import PartnershipInvites
from core.errors import MoveRefused, NotAllowed
from core.sql import lock_in_turn

if TYPE_CHECKING:
    from accounts.models.api_client import ApiClient
    from accounts.models.company import Company
    from accounts.models.fleet import Fleet
    from accounts.models.user import User


class Partnership(PartnershipInvites):
    """The link of one fleet and one company, from the invitation to its end.

    Until an invited address leads to a company, `company` is None and the partnership is called unresolved.
    """

    class Meta(PartnershipColumns.Meta):
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")

    def accept(self, *, by: "User") -> None:
        """Raises MoveRefused if the company has not signed an agreement."""
        self._answer("accept", by)

    def decline(self, *, by: "User") -> None:
        self._answer("decline", by)

    @transaction.atomic
    def _answer(self, verb: str, by: "User") -> None:
        """Answer every invitation of this fleet to any address of the company."""
        company = self.company
        if company is None:
            raise NotAllowed
        lock_addresses(*addresses_of(company))
        company.lock()
        twins = Partnership.objects.unresolved(company).filter(fleet=self.fleet_id)
        list(Partnership.objects.filter(Q(pk=self.pk) | Q(pk__in=twins.values("pk"))).locked())
        authorise(by, company, "ADMIN")
        if verb == "accept" and not company.signatures.exists():
            raise MoveRefused("agreement_not_signed")
        self._move(
            verb,
            by=by,
            where={"ended_at": None, "company": company.pk},
            answered_at=Now(),
            answered_by=by,
        )
        if verb == "accept":
            twins.end(by=by)
        else:
            Partnership._move_all(
                "decline",
                twins,
                by=by,
                answered_at=Now(),
                answered_by=by,
            )
        self.invitations.all().standing().update(
            used_at=Now(),
            used_by=by,
            company=company,
        )
        signals.partnership_answered.send(
            sender=Partnership,
            partnership=self,
            by=by,
        )

    @classmethod
    def lock_accepted(cls, fleet: "Fleet", company: "Company") -> "Partnership":
        """Lock and return the accepted partnership of the two. Its end waits for us, or we for it.

        Raises MoveRefused if there is none, or if the company is suspended.
        """
        assignable = cls.objects.assignable(fleet).filter(company=company)
        partnership = assignable.select_for_update(of=("self",), no_key=True).first()
        if partnership is None:
            raise MoveRefused("not_a_partner")
        return partnership

    @classmethod
    def lock_accepted_by(
        cls, by: "User | ApiClient", fleet: "Fleet", company: "Company", roles: tuple[str, ...]
    ) -> bool:
        """Lock the accepted partnership, then the caller's membership of the fleet. For a person in one statement.

        Returns whether the company may override. Raises as `lock_accepted` and `lock_membership` do.
        """
        if not by.is_person:
            partnership = cls.lock_accepted(fleet, company)
            by.lock_membership(of=fleet, roles=roles)
            return partnership.allow_override
        accepted = cls.objects.assignable(fleet).filter(company=company).order_by("pk")
        members = FleetMembership.objects.live().working().filter(user=by.pk, fleet=fleet)
        overrides, memberships = lock_in_turn(
            accepted.select_for_update(of=("self",), no_key=True).values(
                number=Cast("allow_override", models.IntegerField())
            ),
            members.filter(role__in=roles)
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
            .values("pk"),
        )
        if not overrides:
            raise MoveRefused("not_a_partner")
        if not memberships:
            raise NotAllowed
        return bool(overrides[0])

    @classmethod
    def lock_all_accepted(cls, fleet: "Fleet", companies: set[str]) -> dict[str, bool]:
        """The same for several. Return for each company whether it may override."""
        if not companies:
            return {}
        assignable = cls.objects.assignable(fleet).filter(company__in=companies)
        found = dict(assignable.locked().values_list("company_id", "allow_override"))
        if companies - found.keys():
            raise MoveRefused("not_a_partner")
        return found


def installers_for(**fleets: Any) -> CompanyMembershipQuerySet:
    """The live memberships of every company that is an accepted partner of the filtered fleets."""
    partners = Partnership.objects.accepted().filter(**fleets)
    return CompanyMembership.objects.live().filter(company__in=partners.values("company"))
