"""The fleet's side of a partnership: invite a company, resend and withdraw the invitation, allow override."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from accounts import signals
from accounts.models.address import company_at, lock_addresses
from accounts.models.authority import authorise
from accounts.models.invitation import Invitation
from accounts.models.membership import MANAGING
from accounts.models.partnership_end import PartnershipEnd
from accounts.refusals import INVITATION_CLOSED
from core.errors import MoveRefused
from core.values.addresses import canonical

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.company import Company
    from accounts.models.fleet import Fleet
    from accounts.models.partnership import Partnership


class PartnershipInvites(PartnershipEnd):
    class Meta:
        abstract = True

    @classmethod
    @transaction.atomic
    def invite(
        cls, *, fleet: "Fleet", email: str, by: "Actor", allow_override: bool = False
    ) -> "Partnership":
        """Invite the reader of `email` to become a partner. The new invitation replaces a declined one.

        Raises MoveRefused if the address is invited already, or if its company is a partner.
        """
        email = canonical(email)
        lock_addresses(email)
        company = company_at(email)
        if company:
            company.lock()
        same_company = Q(company=company, company__isnull=False)
        standing = list(
            cls.objects.live().filter(Q(email=email) | same_company, fleet=fleet).locked()
        )
        authorise(by, fleet, *MANAGING)
        for earlier in standing:
            earlier._give_way(email, company, by)
        if any(one.company_id and one.status == cls.Status.PENDING for one in standing):
            # Another address of the company waits for its answer, so this one stays unresolved. Otherwise the fleet
            # could learn that both addresses belong to one company, and so who works where.
            company = None
        person: Any = by
        partnership: Any = cls.objects.create(
            fleet=fleet,
            email=email,
            allow_override=allow_override,
            created_by=person,
            status=cls.Status.PENDING,
            company=company,
        )
        Invitation.send(
            kind=Invitation.Kind.PARTNERSHIP, email=email, partnership=partnership, by=by
        )
        if company:
            signals.client_waits.send(
                sender=cls,
                partnership=partnership,
                by=by,
            )
        return partnership

    @classmethod
    @transaction.atomic
    def invite_into(
        cls, fleets: "Iterable[Fleet]", *, email: str, by: "Actor", allow_override: bool = False
    ) -> None:
        """Invite into several fleets: all of them or none. MoveRefused names the fleet that refuses."""
        for fleet in sorted(fleets, key=lambda fleet: fleet.pk):
            try:
                cls.invite(
                    fleet=fleet,
                    email=email,
                    by=by,
                    allow_override=allow_override,
                )
            except MoveRefused as refused:
                raise MoveRefused(refused.code, f"{fleet}: {refused}") from refused

    def _give_way(self, email: str, company: "Company | None", by: "Actor") -> None:
        """Make room for a new invitation of `email`, or refuse it."""
        if self.status == self.Status.ACCEPTED and company and self.company_id == company.pk:
            raise MoveRefused("already_partner")
        if self.email == email and self.status == self.Status.PENDING:
            raise MoveRefused("already_invited")
        if self.email == email and self.status == self.Status.DECLINED:
            self._end(by)
        elif self.status == self.Status.DECLINED:
            self._move(
                "release",
                by=by,
                where={"ended_at": None},
                company=None,
            )

    @transaction.atomic
    def set_override(self, value: bool, *, by: "Actor") -> None:
        """Allow or stop override for jobs assigned from now on. Assigned jobs keep their setting."""
        self._lock()
        authorise(by, self.fleet, *MANAGING)
        self._move(
            "set_override",
            by=by,
            where={"ended_at": None},
            allow_override=value,
        )

    @transaction.atomic
    def resend(self, *, by: "Actor") -> None:
        """Mail the link again. Raises MoveRefused if the invitation is answered, or less than a minute later."""
        self._lock()
        self._check_open()
        invitation = self.invitations.standing().first()
        if invitation:
            invitation.resend(by=by)
        else:
            authorise(by, self.fleet, *MANAGING)
            Invitation.send(
                kind=Invitation.Kind.PARTNERSHIP, email=self.email, partnership=self, by=by
            )

    @transaction.atomic
    def withdraw(self, *, by: "Actor") -> None:
        """Withdraw the invitation. Raises MoveRefused if it is answered."""
        if self.company:
            self.company.lock()
        self._lock()
        self._check_open()
        self.end(by=by)

    def _check_open(self) -> None:
        if self.ended_at or self.status != self.Status.PENDING:
            raise MoveRefused("wrong_status", INVITATION_CLOSED.sentence, status=self.status)
