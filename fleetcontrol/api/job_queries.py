"""The query parameters of OneAPI's lists of jobs, templates and partners."""

import re
from collections.abc import Iterable
from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.web.api.serializers import Text
from fleetcontrol.api.lists import ChangesQuery, ListQuery
from jobs.models.choices import JobStatus, Kind
from jobs.models.job_queryset import JobQuerySet
from jobs.search import SHORTEST_SEARCH

# A search of fewer characters finds nothing.
LONG_ENOUGH = RegexValidator(
    rf"(?:[^\W_].*){{{SHORTEST_SEARCH}}}", _("Use at least three letters or digits.")
)


class Several(serializers.Field):
    """One word or several, separated by commas."""

    default_error_messages = {"unknown": _("Unknown: %(unknown)s. Allowed: %(allowed)s.")}

    def __init__(self, words: Iterable[str], **options: Any):
        super().__init__(required=False, **options)
        self.words = list(words)

    def to_internal_value(self, data: str) -> list[str]:
        wanted = data.split(",")
        unknown = [word for word in wanted if word not in self.words]
        if unknown:
            about = {"unknown": ", ".join(unknown)[:100], "allowed": ", ".join(self.words)}
            raise serializers.ValidationError(
                self.error_messages["unknown"] % about, code="unknown"
            )
        return sorted(set(wanted))


def several(words: Iterable[str]) -> Any:
    """The schema of a parameter of these words."""
    either = "|".join(words)
    return extend_schema_field({"type": "string", "pattern": f"^(?:{either})(?:,(?:{either}))*$"})


@several(JobStatus.shown())
class Statuses(Several):
    pass


@several(Kind.values)
class Kinds(Several):
    pass


PARTNER_IDS = re.compile(r"[A-Z0-9]{5,12}(?:,[A-Z0-9]{5,12}){0,49}")


class JobQuery(ChangesQuery):
    usual_order = "-pk"
    several = ("status", "kind", "company")

    status = Statuses(
        JobStatus.shown(),
        help_text=_("Jobs with one of these statuses, separated by commas or repeated."),
    )
    kind = Kinds(Kind.values, help_text=_("INSTALLATION or MAINTENANCE."))
    company = Text(
        required=False,
        max_length=650,
        validators=[RegexValidator(rf"^{PARTNER_IDS.pattern}\Z", _("The ID of a partner."))],
        help_text=_("The partner_id of one partner or several, separated by commas."),
    )
    search = Text(
        required=False,
        max_length=100,
        validators=[LONG_ENOUGH],
        help_text=_("Part of VIN, plate or custom name, or the job number."),
    )
    external_reference = Text(
        required=False, max_length=100, help_text=_("Jobs with exactly this external reference.")
    )
    changed_after = serializers.DateTimeField(
        required=False,
        help_text=_(
            "Jobs changed since two minutes before this time, oldest first. Recognise repeats by their `version`."
        ),
    )

    def filter(self, jobs: JobQuerySet) -> JobQuerySet:
        wanted = self.validated_data
        if statuses := wanted.get("status"):
            jobs = jobs.filter(status__in=statuses)
        if kinds := wanted.get("kind"):
            jobs = jobs.filter(kind__in=kinds)
        if companies := wanted.get("company"):
            jobs = jobs.filter(company__in=companies.split(","))
        if search := wanted.get("search"):
            jobs = jobs.matching(search)
        if reference := wanted.get("external_reference"):
            jobs = jobs.filter(external_reference=reference)
        if self.changed_since:
            jobs = jobs.filter(updated_at__gte=self.changed_since)
        return jobs


class TemplateQuery(ListQuery):
    pass


class PartnerQuery(ListQuery):
    pass
