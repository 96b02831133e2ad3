"""One piece of work for an installer: its columns, its parts (jobs/parts) and its moves (jobs/moves)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.moves import Move
from jobs.models.choices import OPEN, JobStatus
from jobs.models.job_indexes import LIST_INDEXES
from jobs.models.job_queryset import JobQuerySet
from jobs.models.roll_out import OTHER_FLEET as NOT_ITS_ROLL_OUT
from jobs.moves.access import AccessMoves
from jobs.moves.desk import DeskMoves
from jobs.moves.garage import GarageMoves
from jobs.moves.outcome import OutcomeMoves
from jobs.moves.returning import ReturningMoves
from jobs.procedures.required import required_tests_errors
from telematics.models.place import OTHER_FLEET as NOT_ITS_PLACE

PENDING = JobStatus.PENDING
ASSIGNED = JobStatus.ASSIGNED
RUNNING = JobStatus.RUNNING


class Job(DeskMoves, GarageMoves, ReturningMoves, OutcomeMoves, AccessMoves):
    MOVES = {
        "create": Move([], PENDING),
        "edit": Move([PENDING]),
        "set_roll_out": Move(JobStatus.shown()),
        "delete": Move([PENDING], JobStatus.DELETED),
        "assign": Move([PENDING], ASSIGNED),
        "reserve": Move([ASSIGNED]),
        "take": Move([ASSIGNED], RUNNING),
        "withdraw": Move([RUNNING], ASSIGNED),
        "hand_back": Move([ASSIGNED], PENDING),
        "request_handback": Move([ASSIGNED]),
        "refuse_handback": Move([ASSIGNED]),
        "release": Move([ASSIGNED, RUNNING], PENDING),
        "link_unit": Move([RUNNING]),
        "fill_in": Move([RUNNING]),
        "renew": Move([RUNNING]),
        "stop_access": Move([RUNNING]),
        "allow_access": Move([RUNNING]),
        "suspend_access": Move([RUNNING]),
        "succeed": Move([RUNNING], JobStatus.SUCCEEDED),
        "fail": Move([RUNNING], JobStatus.FAILED),
    }

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = LIST_INDEXES
        constraints = [
            models.CheckConstraint(
                name="job_running_has_its_people",
                condition=~Q(status=RUNNING) | Q(assignee__isnull=False, company__isnull=False),
            ),
            models.CheckConstraint(
                name="job_assigned_has_company",
                condition=~Q(status=ASSIGNED) | Q(company__isnull=False, planned__isnull=False),
            ),
            models.CheckConstraint(
                name="job_failed_has_comment",
                condition=~Q(status=JobStatus.FAILED) | ~Q(comment=""),
            ),
            # The number first: a search over several fleets reads it, too.
            models.UniqueConstraint(
                fields=["number", "fleet"],
                condition=Q(number__isnull=False),
                name="job_number_once",
            ),
            models.UniqueConstraint(
                fields=["planned_unit"],
                condition=Q(status__in=OPEN),
                name="job_unit_planned_once",
                violation_error_code="unit_not_available",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(status__in=OPEN),
                name="job_unit_linked_once",
                violation_error_code="unit_not_available",
            ),
        ]

    def __str__(self) -> str:
        return self.names.title or str(self.pk)

    def save(self, **kwargs: Any) -> None:
        if self.is_open:
            self.names.adopt()
        self.search = self.search_text()
        super().save(**kwargs)

    def search_text(self) -> str:
        return self.names.search_text()

    def clean(self) -> None:
        """Check rules that concern several fields. Raises ValidationError with every error at its field."""
        is_planning = self._state.adding or self.status == PENDING
        errors: dict[str, Any] = {}
        if self.is_installation and (is_planning or self.status == RUNNING):
            errors |= self.setup_errors()
        if is_planning:  # what was required once, no installer can mend
            errors |= required_tests_errors(self.known_model, self.further_tests)
        if self.vehicle and self.vehicle.fleet_id != self.fleet_id:
            errors["vehicle"] = _("This vehicle is not in the fleet.")
        if self.place and self.place.fleet_id != self.fleet_id:
            errors["place"] = NOT_ITS_PLACE
        if self.roll_out and self.roll_out.fleet_id != self.fleet_id:
            errors["roll_out"] = NOT_ITS_ROLL_OUT
        if self.planned_unit and self.planned_unit.fleet_id != self.fleet_id:
            errors["planned_unit"] = _("This unit is not in stock of the fleet.")
        elif is_planning and (reason := self.fitting.planned_unit_misfit()):
            errors["planned_unit"] = reason
        if errors:
            raise ValidationError(errors)
