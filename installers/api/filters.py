"""The query parameters of the phone's lists."""

from typing import Any

from django.core.validators import RegexValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import User
from core.web.api.cursors import PageQuery
from core.web.api.serializers import Choice, StrictSerializer, Text
from core.web.converters import Ulid
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet

MOST_IDS = 50
Status = Job.Status
CATEGORIES = ("available", "mine", "running", "finished")
ATTEMPTS = ("latest", "all")
# The vocabularies of query parameters, for the document.
COMPONENTS = {
    "JobCategory": {"type": "string", "enum": CATEGORIES},
    "TestAttempts": {"type": "string", "enum": ATTEMPTS},
}


def categories(user: User) -> dict[str, Q]:
    """The four lists of the phone's first page."""
    running = Q(status=Status.RUNNING)
    mine = Q(assignee=user)
    return {
        "available": Q(status=Status.ASSIGNED),
        "mine": running & mine,
        "running": running & ~mine,
        "finished": Q(status__in=[Status.SUCCEEDED, Status.FAILED]),
    }


class JobQuery(PageQuery):
    category = Choice(
        choices=CATEGORIES,
        required=False,
        help_text=_("One of the four lists. Without it, all jobs."),
    )
    search = Text(
        required=False,
        max_length=100,
        allow_blank=True,
        help_text=_(
            "VIN, licence plate, custom name or job number, from three characters on. Case, blanks and hyphens are"
            " ignored."
        ),
    )
    provider = Text(
        required=False,
        max_length=12,
        help_text=_("The provider_id of a provider."),
    )
    fleet = Text(
        required=False,
        max_length=12,
        help_text=_("The fleet_id of a fleet."),
    )

    ids = Text(
        required=False,
        max_length=27 * MOST_IDS,
        validators=[
            RegexValidator(
                rf"^{Ulid.regex}(?:,{Ulid.regex}){{0,{MOST_IDS - 1}}}\Z",
                _("Up to 50 ids of jobs, separated by commas."),
            )
        ],
        help_text=_("Up to 50 ids of jobs, separated by commas. They come as whole sheets."),
    )

    def validate_ids(self, text: str) -> list[str]:
        return text.split(",")

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        others = data.keys() - {"ids", "page_size"}
        if "ids" in data and others:
            raise serializers.ValidationError(
                {name: [_("Not together with `ids`.")] for name in sorted(others)}
            )
        return data

    def filter(self, jobs: JobQuerySet, user: User) -> JobQuerySet:
        wanted = self.validated_data
        if category := wanted.get("category"):
            jobs = jobs.filter(categories(user)[category])
        if search := wanted.get("search"):
            jobs = jobs.matching(search)
        if provider := wanted.get("provider"):
            jobs = jobs.filter(fleet__provider=provider)
        if fleet := wanted.get("fleet"):
            jobs = jobs.filter(fleet=fleet)
        return jobs


class ModelQuery(PageQuery):
    search = Text(
        required=False, max_length=100, allow_blank=True, help_text=_("Part of a brand or model.")
    )


class UnitQuery(StrictSerializer):
    job = Text(
        max_length=26,
        validators=[RegexValidator(rf"^{Ulid.regex}\Z", _("The id of a job."))],
        help_text=_("The id of the job for which the unit is meant."),
    )


class TestsQuery(StrictSerializer):
    attempts = Choice(
        choices=ATTEMPTS,
        default="latest",
        help_text=_("The latest attempt of each kind, or all."),
    )
