"""The end of a partnership, from either side."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models.functions import Now

from accounts import signals
from accounts.models.authority import authorise
from accounts.models.membership import MANAGING
from accounts.models.partnership_columns import PartnershipColumns
from core.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.company import Company


class PartnershipEnd(PartnershipColumns):
    class Meta:
        abstract = True

    @transaction.atomic
    def end(self, *, by: "Actor") -> None:
        """End the partnership, from either side. Open jobs return to the fleet in the same transaction."""
        company = self.company
        if company:
            company.lock()
        self._lock()
        if self.company_id != (company and company.pk):
            raise self._refusal()
        by_the_company = self._authorise_end(by, company)
        self._end(by)
        signals.partnership_ended.send(
            sender=type(self), partnership=self, by=by, by_the_company=by_the_company
        )
        if company and not by_the_company:
            # Another address of the company may still be invited.
            type(self).objects.resolve(company)

    def _authorise_end(self, by: "Actor", company: "Company | None") -> bool:
        """Whether `by` acts for the company, not for the fleet. Raises NotAllowed for anyone else."""
        try:
            authorise(by, self.fleet, *MANAGING)
        except NotAllowed:
            if company is None:
                raise
            authorise(by, company, "ADMIN")
            return True
        return False

    def _end(self, by: "Actor") -> None:
        self._move(
            "end",
            by=by,
            where={"ended_at": None, "company": self.company_id},
            ended_at=Now(),
            ended_by=by,
        )
        self.invitations.all().withdraw()
