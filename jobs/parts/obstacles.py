"""What keeps jobs from being done, as conditions: lists are filtered by them, and roll-outs count them."""

from datetime import date, timedelta

from django.db.models import Q
from django.db.models.functions import Now

from jobs.models.choices import OPEN, JobStatus
from jobs.moves.many import created_again, open_request, refused_request

# So long after its last change an assigned job is untouched, where nobody asks for another number of days.
UNTOUCHED_DAYS = 7


def followed() -> Q:
    """FAILED, and created again: the new job counts in its place."""
    return Q(status=JobStatus.FAILED) & Q(created_again())


def to_follow_up() -> Q:
    return Q(status=JobStatus.FAILED) & ~Q(created_again())


def overdue(today: date) -> Q:
    """Open and planned before `today`, which is a date in the fleet's zone."""
    return Q(status__in=OPEN, planned_service_date__lt=today)


def untouched(days: int) -> Q:
    return Q(status=JobStatus.ASSIGNED, updated_at__lt=Now() - timedelta(days=days))


def kept_by_partner() -> Q:
    return Q(status=JobStatus.ASSIGNED) & Q(refused_request()) & ~Q(open_request())
