"""What one person may do with a job now, by the guards of its moves.

A preview: it reads without locks, and each move judges again under its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import MoveRefused, NotAllowed
from core.values.bidi import with_names
from jobs import suspension
from jobs.models.choices import JobStatus
from jobs.parts.access import command_in_flight
from jobs.parts.photos import VERB_OF_HOLDER, Photos
from jobs.parts.proof import incomplete

IS_WORKING = _("%(name)s is working on this job.")


class Permit(NamedTuple):
    allowed: bool
    code: str | None
    text: str | None


@dataclass(slots=True)
class Permits:
    """The moves of a job that was loaded `for_phone`, for the person for whom it was loaded."""

    job: Any
    person: User
    may_take: Callable[[], bool]
    missing: list[str]
    has_open_access: bool
    # How many the job has.
    photos: int

    def all(self) -> dict[str, Permit]:
        moves = {
            "take": self._check_take,
            "withdraw": self._check_withdraw,
            "hand_back": self._check_hand_back,
            "link_unit": self._check_link_unit,
            "fill_in": self._check_fill_in,
            "request_tests": self._check_request_tests,
            "renew": self._check_renew,
            "add_photo": self._check_add_photo,
            "delete_photo": self._check_delete_photo,
            "succeed": self._check_succeed,
            "fail": self._check_fail,
        }
        return {verb: permit_of(check) for verb, check in moves.items()}

    def _check_take(self) -> None:
        self.job.check_move("take")
        self._check_works()
        check_taker(self.job, self.person, is_admin=self.job.is_admin, may_take=self.may_take())
        if not self.job.access_stopped_at:
            self._check_vehicle_free()

    def _check_withdraw(self) -> None:
        self.job.check_move("withdraw")
        self._check_nothing_in_flight()

    def _check_hand_back(self) -> None:
        if not self.job.is_admin:
            raise NotAllowed
        self.job.check_move("hand_back")

    def _check_link_unit(self) -> None:
        self._check_holder("link_unit")
        self.job.fitting.check_changes_unit()
        self._check_vehicle_free()

    def _check_fill_in(self) -> None:
        self._check_holder("fill_in")
        self.job.plan.check_fillable()

    def _check_request_tests(self) -> None:
        self._check_holder("renew")
        self.job.proof.check_configured(self.job.proof.seen_configuration)
        self.job.access.check_not_stopped()
        if not self.has_open_access:
            raise MoveRefused("access_ended")

    def _check_renew(self) -> None:
        self._check_holder("renew")
        self.job.access.check_not_stopped()
        if self.job.vehicle_id is None:
            raise MoveRefused("no_vehicle")
        self._check_vehicle_free()

    def _check_add_photo(self) -> None:
        photos = Photos(self.job)
        if photos.is_late:
            photos.check_add(self.person)
            self._check_works()
        else:
            self._check_holder(VERB_OF_HOLDER)
        photos.check_number(self.photos)

    def _check_delete_photo(self) -> None:
        self._check_holder(VERB_OF_HOLDER)

    def _check_succeed(self) -> None:
        self._check_holder("succeed")
        if self.missing:
            raise incomplete(self.missing)
        if self.job.is_vin_taken:
            raise MoveRefused("vin_in_fleet")
        self.job.names.check_read_vin(self.job.sent_vin)
        self._check_nothing_in_flight()

    def _check_fail(self) -> None:
        self._check_holder("fail")
        self._check_nothing_in_flight()

    # --- what several of them check -------------------------------------------------------------------------------
    def _check_holder(self, verb: str) -> None:
        """In the order of `Movable.lock_for_holder`."""
        self.job.check_move(verb)
        if self.job.assignee_id != self.person.pk:
            raise MoveRefused("not_holder", working_on(self.job))
        self._check_works()

    def _check_works(self) -> None:
        if self.job.refusal:
            raise suspension.error(self.job.refusal)

    def _check_vehicle_free(self) -> None:
        if self.job.is_vehicle_in_use:
            raise MoveRefused("vehicle_in_use")

    def _check_nothing_in_flight(self) -> None:
        if self.job.status == JobStatus.RUNNING and self.job.has_command_in_flight:
            raise command_in_flight()


def check_taker(job: Any, person: User, *, is_admin: bool, may_take: bool) -> None:
    """Raise MoveRefused `agreement_required`, `reserved`."""
    if not may_take:
        raise MoveRefused("agreement_required")
    if job.reserved_for_id not in (None, person.pk) and not is_admin:
        raise MoveRefused("reserved")


def working_on(job: Any) -> Any:
    """Name who has the job, to a colleague who cannot have it."""
    return with_names(IS_WORKING, name=job.assignee.name)


def permit_of(check: Callable[[], None]) -> Permit:
    try:
        check()
    except (MoveRefused, NotAllowed) as refused:
        return Permit(False, refused.code, str(refused.message))
    return Permit(True, None, None)
