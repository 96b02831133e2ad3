"""Jobs that go back: to the company, when they are withdrawn or their installer has gone, or to the fleet."""

from typing import Any, Self

from django.db import transaction
from django.db.models import Q

from accounts.models import Company, User
from core.errors import MoveRefused
from core.values.texts import is_blank
from jobs import freshness
from jobs.models.choices import JobStatus, VoidReason
from jobs.models.handback_request import HandbackRequest, HandbackRequestQuerySet
from jobs.models.installation_test import InstallationTest
from jobs.moves.base import Movable, Principal
from jobs.notifications.sending import notify_desk, notify_installer, notify_office

# What a PENDING job no longer has.
LEFT_BEHIND: dict[str, Any] = {
    "company": None,
    "assignee": None,
    "assignment": None,
    "taken_at": None,
    "reserved_for": None,
    "access_stopped_at": None,
    "planned": None,
    "unit": None,
    "replaced_unit": None,
    "mounted": False,
    "vehicle_created": False,
    "differs": False,
    "allow_override": False,
}


class ReturningMoves(Movable):
    class Meta:
        abstract = True

    # --- to the company -------------------------------------------------------------------------------------------
    @transaction.atomic
    def withdraw(self, *, by: User, reason: str = "") -> None:
        """RUNNING → ASSIGNED: free a job whose holder is away. Unit and values stay; the holder is notified."""
        if not by.is_operator:
            by.lock_membership(of=self.company_or_refuse())
        self.lock_for_company("withdraw")
        self.access.check_nothing_in_flight()
        self._withdraw(by=by, reason=reason, why="WITHDRAWN")

    def free(self, *, by: Principal | None, why: str) -> bool:
        """The holder has gone: their RUNNING job is ASSIGNED again. True if it moved."""
        self.lock()
        can_withdraw = self.can("withdraw")
        if can_withdraw:
            self._withdraw(by=by, reason="", why=why)
        return can_withdraw

    def _withdraw(self, *, by: Principal | None, reason: str, why: str) -> None:
        holder = self.assignee
        if holder is None:
            raise self._refusal()
        data = {"holder": holder.pk, **self.access.handed_over()}
        where = {"assignee": holder, "company": self.company_id}
        freed: dict[str, Any] = {"assignee": None, "taken_at": None, "assignment": None}
        self._move("withdraw", by=by, where=where, reason=reason, data=data, **freed)
        self.access.end(why, by=by)
        self.proof.cancel_tests()
        if holder != by:
            notify_installer(self, holder, "withdraw", by=by)

    @classmethod
    def free_all(cls, user: User, *, by: Principal | None, why: str) -> list[Self]:
        """A person has gone: what they were working on is ASSIGNED again, what was reserved for them is for everybody.

        Return the jobs that they were working on. Called inside the transaction that removes the person.
        """
        working = Q(assignee=user, status=JobStatus.RUNNING)
        held = cls.locked_rows(working | Q(reserved_for=user, status=JobStatus.ASSIGNED))
        freed = [
            job for job in held if job.status == JobStatus.RUNNING and job.free(by=by, why=why)
        ]
        reserved = cls._base_manager.filter(pk__in=[job.pk for job in held], reserved_for=user)
        cls._move_all(
            "reserve",
            reserved,
            by=by,
            data={"user": None},
            reserved_for=None,
        )
        freshness.touch_all(job.fleet_id for job in held)
        return freed

    # --- to the fleet ---------------------------------------------------------------------------------------------
    @transaction.atomic
    def hand_back(self, *, by: User, reason: str) -> None:
        """ASSIGNED → PENDING: the partner returns a job, on its own or because the manager asked."""
        if not by.is_operator:
            by.lock_membership(of=self.company_or_refuse(), roles=self.OFFICE_ROLES)
        self.lock_for_company("hand_back")
        if is_blank(reason):
            raise MoveRefused("reason_required")
        self._return("hand_back", by=by, reason=reason)
        notify_desk(self, "hand_back", by=by)
        open_requests(self).answer("OBSOLETE" if by.is_operator else "ACCEPTED", by=by)

    @transaction.atomic
    def request_handback(self, *, by: Principal, reason: str) -> None:
        """Ask the partner to hand an ASSIGNED job back; nothing changes until they do."""
        self.lock_for_desk("request_handback", by)
        if open_requests(self).exists():
            raise MoveRefused("already_requested")
        self._move("request_handback", by=by, reason=reason)
        HandbackRequest.objects.create_all([self.pk], by=by, reason=reason)
        notify_office(self, "request_handback", by=by)

    @transaction.atomic
    def refuse_handback(self, *, by: User, reason: str) -> None:
        """The partner keeps the job and gives a reason."""
        by.lock_membership(of=self.company_or_refuse(), roles=self.OFFICE_ROLES)
        self.lock_for_company("refuse_handback")
        if not open_requests(self).exists():
            raise MoveRefused("not_requested")
        self._move(
            "refuse_handback",
            by=by,
            reason=reason,
            where={"company": self.company_id},
        )
        open_requests(self).answer("REFUSED", by=by, answer=reason)
        notify_desk(self, "refuse_handback", by=by)

    def release(self, *, by: Principal | None, why: str) -> bool:
        """Back to PENDING, also while the installer works. True if it moved.

        A command already handed over may act until it expires.
        """
        self.lock()
        can_release = self.can("release")
        if can_release:
            self._return("release", by=by, reason=why)
            open_requests(self).answer("OBSOLETE", by=by)
        return can_release

    @classmethod
    def release_all(
        cls, *, by: Principal | None, why: str, company: Company, **whose: Any
    ) -> list[Self]:
        """The partnership or the company has ended: all its jobs go back to PENDING.

        Return those that moved, as they were.

        Called inside the transaction that ends it. What nobody has begun goes in the same few statements however many
        there are; where something is to be undone, one after the other.
        """
        held = cls.locked_rows(
            status__in=cls.MOVES["release"].sources,
            company=company,
            **whose,
        )
        untouched = {job.pk for job in held if job.plan.is_as_assigned()}
        data = {"company": company.pk, "holder": None}
        rows = cls._base_manager.filter(pk__in=untouched)
        cls._move_all(
            "release",
            rows,
            by=by,
            reason=why,
            data=data,
            **LEFT_BEHIND,
        )
        InstallationTest.objects.filter(job__in=untouched).void(VoidReason.JOB_RETURNED)
        HandbackRequest.objects.filter(job__in=untouched).answer("OBSOLETE", by=by)
        for job in held:
            if job.pk not in untouched:
                job.release(by=by, why=why)
        freshness.touch_all(job.fleet_id for job in held)
        return held

    def _return(self, verb: str, *, by: Principal | None, reason: str) -> None:
        """Every return to PENDING undoes a mounting, cancels and voids tests, restores the fields from the plan."""
        handed_over = self.access.handed_over()
        not_put_back = self.fitting.unmount()
        self.access.end(reason if verb == "release" else "HANDED_BACK", by=by)
        self.proof.void_tests(VoidReason.JOB_RETURNED)
        data = {
            "company": self.company_id,
            "holder": self.assignee_id,
            **handed_over,
            **not_put_back,
        }
        as_planned = self.plan.values()
        changes = LEFT_BEHIND | as_planned
        changes["search"] = self.with_values(**as_planned).names.search_text()
        if self.vehicle_created:
            changes["vehicle"] = None
        self._move(
            verb, by=by, where={"company": self.company_id}, reason=reason, data=data, **changes
        )


def open_requests(job: Movable) -> HandbackRequestQuerySet:
    return HandbackRequest.objects.open().filter(job=job.pk)
