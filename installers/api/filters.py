"""How the phone's list is narrowed."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.web.cursors import PageQuery
from jobs.models import Job

Status = Job.Status
CATEGORIES = ("available", "mine", "running", "finished")


def categories(user) -> dict[str, Q]:
    """The four lists of the phone's first page."""
    running = Q(status=Status.RUNNING)
    mine = running & Q(assignee=user)
    finished = Q(status__in=[Status.SUCCEEDED, Status.FAILED])
    wanted = (Q(status=Status.ASSIGNED), mine, running & ~Q(assignee=user), finished)
    return dict(zip(CATEGORIES, wanted, strict=True))


class JobQuery(PageQuery):
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    search = serializers.CharField(
        required=False,
        max_length=100,
        allow_blank=True,
        help_text=_("VIN, plate or name; three characters and more."),
    )
    provider = serializers.CharField(required=False, max_length=12, help_text=_("Its id."))
    fleet = serializers.CharField(required=False, max_length=12, help_text=_("Its id."))

    def narrow(self, jobs: QuerySet, user) -> QuerySet:
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
    search = serializers.CharField(required=False, max_length=100, allow_blank=True)
