"""Jobs that go back to the fleet: handed back by the partner, or because the partner, or a person, has gone."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from jobs import freshness
from jobs.models.choices import JobStatus


class ReturningMoves:
    # What is nobody's any more when the job is PENDING again.
    LEFT_BEHIND = {
        **dict.fromkeys(
            ("company", "assignee", "reserved_for", "access_stopped_at", "planned", "unit", "replaced_unit")
        ),
        **dict.fromkeys(("mounted", "vehicle_created", "differs", "allow_override"), False),
    }

    @transaction.atomic
    def hand_back(self, *, by, reason: str) -> None:
        """ASSIGNED → PENDING: the partner returns a job, by itself or because the manager asked."""
        if not by.is_operator:
            by.lock_membership(of=self._company_or_refuse(), roles=self.OFFICE_ROLES)
        self._lock_as_seen("hand_back")
        if not reason.strip():
            raise MoveRefused("reason_required", _("Say why the job is handed back."))
        self._return("hand_back", by=by, reason=reason)
        self.tell_desk("hand_back", by=by)
        self.handback_requests.open().answer("ACCEPTED" if by.is_person and not by.is_operator else "OBSOLETE", by=by)

    @transaction.atomic
    def request_handback(self, *, by, reason: str) -> None:
        """Ask the partner to hand an ASSIGNED job back; nothing changes until he does."""
        by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)
        self.lock()
        self.check_move("request_handback")
        if self.handback_requests.open().exists():
            raise MoveRefused("already_requested", _("The partner has been asked already."))
        self._move("request_handback", by=by, reason=reason)
        self.handback_requests.create(reason=reason, requested_by=by if by.is_person else None)
        self.tell_office("request_handback", by=by)

    @transaction.atomic
    def refuse_handback(self, *, by, reason: str) -> None:
        """The partner keeps the job and says why."""
        by.lock_membership(of=self._company_or_refuse(), roles=self.OFFICE_ROLES)
        self._lock_as_seen("refuse_handback")
        if not self.handback_requests.open().exists():
            raise MoveRefused("not_requested", _("Nobody has asked for this job."))
        self._move("refuse_handback", by=by, reason=reason, where={"company": self.company_id})
        self.handback_requests.open().answer("REFUSED", by=by, answer=reason)
        self.tell_desk("refuse_handback", by=by)

    def release(self, *, by, why: str) -> bool:
        """Back to PENDING whatever the installer is doing. True if it moved. A command already handed over may act until
        it expires.
        """
        self.lock()
        if moved := self.can("release"):
            self._return("release", by=by, reason=why)
            self.handback_requests.open().answer("OBSOLETE", by=by)
        return moved

    @classmethod
    def release_all(cls, *, by, why: str, company, **whose) -> list:
        """The partnership or the company has ended: all it holds goes back to PENDING. Those that moved, as they were.

        Called inside the transaction that ends it. What nobody has begun goes in the same few statements however many
        there are; where something is to be undone, one after the other.
        """
        from jobs.models.handback_request import HandbackRequest
        from jobs.models.installation_test import InstallationTest

        held = cls._locked_rows(status__in=cls.MOVES["release"].sources, company=company, **whose)
        untouched = {job.pk for job in held if job.is_as_assigned}
        data = {"company": company.pk, "holder": None}
        rows = cls.objects.filter(pk__in=untouched)
        cls._move_all("release", rows, by=by, reason=why, data=data, **cls.LEFT_BEHIND)
        InstallationTest.objects.filter(job__in=untouched).void()
        HandbackRequest.objects.filter(job__in=untouched).answer("OBSOLETE", by=by)
        for job in held:
            if job.pk not in untouched:
                job.release(by=by, why=why)
        for fleet in {job.fleet_id for job in held}:
            freshness.touch(fleet)
        return held

    @property
    def is_as_assigned(self) -> bool:
        """Nothing is mounted or filled in: what its going back has to undo is in its own columns alone."""
        as_planned = all(getattr(self, name) == value for name, value in self.from_plan().items())
        return self.status == JobStatus.ASSIGNED and not self.mounted and as_planned

    @classmethod
    def free_all(cls, user, *, by, why: str) -> list:
        """A person has gone: what he was working on is ASSIGNED again, what was kept for him is for everybody.

        Gives the jobs that he was working on. Called inside the transaction that removes him.
        """
        working = Q(assignee=user, status=JobStatus.RUNNING)
        held = cls._locked_rows(working | Q(reserved_for=user, status=JobStatus.ASSIGNED))
        freed = [job for job in held if job.status == JobStatus.RUNNING and job.free(by=by, why=why)]
        kept_for_him = cls.objects.filter(pk__in=[job.pk for job in held], reserved_for=user)
        cls._move_all("reserve", kept_for_him, by=by, data={"user": None}, reserved_for=None)
        for fleet in {job.fleet_id for job in held}:
            freshness.touch(fleet)
        return freed

    @classmethod
    def _locked_rows(cls, *conditions, **more) -> list:
        rows = cls.objects.filter(*conditions, **more).order_by("pk")
        return list(rows.select_for_update(of=("self",), no_key=True))

    def free(self, *, by, why: str) -> bool:
        """The holder has gone: his RUNNING job is ASSIGNED again. True if it moved."""
        self.lock()
        if moved := self.can("withdraw"):
            self._withdraw(by=by, reason="", why=why)
        return moved

    def _return(self, verb: str, *, by, reason: str) -> None:
        """Every return to PENDING undoes a mounting, cancels and voids tests, restores the fields from the plan."""
        handed_over = self._handed_over()
        not_put_back = self._unmount()
        self.end_access({"release": reason}.get(verb, "HANDED_BACK"), by=by)
        self.cancel_tests()
        self.tests.void()
        undone = {"vehicle": None} if self.vehicle_created else {}
        searched = self.with_values(**self.from_plan()).search_text()
        data = {"company": self.company_id, "holder": self.assignee_id, **handed_over, **not_put_back}
        changes = {
            **self.LEFT_BEHIND,
            **undone,
            **self.from_plan(),
            "search": searched,
        }
        where = {"company": self.company_id}
        self._move(verb, by=by, where=where, reason=reason, data=data, **changes)
