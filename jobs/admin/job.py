"""Jobs: everything about a job on one page. It changes only by the moves of the operator."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.normal import normalise
from core.web.admin import SHORT_ID, TEXT, ULID, ReadOnlyAdmin, link
from core.web.desk.files import ExportedMixin
from jobs.admin.inlines import (
    Accesses,
    Configurations,
    Events,
    HandbackRequests,
    Photos,
    Tests,
)
from jobs.admin.moves import MOVES, action_for
from jobs.admin.sheet import JobSheet
from jobs.models import Job
from jobs.parts.number import numbered, typed
from telematics.admin.search import QNR
from telematics.models.specification import Specification

RELATED = (
    "fleet__provider",
    "company",
    "assignee",
    "reserved_for",
    "vehicle",
    "unit",
    "planned_unit",
    "vehicle_model",
)


@admin.register(Job)
class JobAdmin(ExportedMixin, ReadOnlyAdmin):
    resource_classes = [JobSheet]
    searched_by = {
        ULID: ("id",),
        QNR: ("unit", "planned_unit"),
        TEXT: ("search__contains",),
    }
    linked_by = ("fleet__provider",)
    list_display = (
        "__str__",
        "job_number",
        "kind",
        "status",
        link("fleet", _("fleet")),
        link("company", _("company")),
        link("assignee", _("assignee")),
        link("vehicle", _("vehicle")),
        link("unit", _("unit")),
        "created_at",
    )
    list_filter = ("status", "kind", "failure_reason")
    list_select_related = ("fleet", "company", "assignee", "vehicle", "unit")
    sortable_by = ()
    ordering = ("-id",)
    find_by = {
        ULID: ("id",),
        QNR: ("unit", "planned_unit"),
        SHORT_ID: ("fleet", "company", "vehicle"),
        TEXT: ("search__contains",),
    }
    inlines = (Events, Tests, Accesses, Configurations, Photos, HandbackRequests)
    actions = tuple(action_for(verb) for verb in MOVES)
    change_form_template = "admin/jobs/job/change_form.html"
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "id",
                    "job_number",
                    "kind",
                    "status",
                    "version",
                    link("fleet", _("fleet")),
                    link("company", _("company")),
                    link("assignee", _("assignee")),
                    link("reserved_for", _("reserved for")),
                )
            },
        ),
        (
            _("Vehicle"),
            {
                "fields": (
                    link("vehicle", _("vehicle")),
                    link("unit", _("unit")),
                    link("planned_unit", _("planned unit")),
                    *Job.IDENTITY,
                    link("vehicle_model", _("vehicle model")),
                    "task",
                )
            },
        ),
        (_("Setup, master data, features"), {"fields": Specification.SPECIFICATION_FIELDS[1:]}),
        (
            _("Plan"),
            {
                "fields": (
                    "planned",
                    "allow_override",
                    "differs",
                    "further_tests",
                    "required_photos",
                    *Job.NOTES,
                )
            },
        ),
        (_("Result"), {"fields": ("comment", "failure_reason", link("again_of", _("again of")))}),
        (
            _("Times"),
            {
                "fields": (
                    link("created_by", _("created by")),
                    "created_at",
                    "updated_at",
                    "assigned_at",
                    "taken_at",
                    "finished_at",
                    "access_stopped_at",
                )
            },
        ),
    )

    @admin.display(description=_("job number"))
    def job_number(self, job: Job) -> str:
        return job.names.number

    def wanted_by(self, find_by: Any, term: str) -> Q | None:
        """Also by number, if its prefix names the fleet: every fleet has a job 1043."""
        wanted = super().wanted_by(find_by, term)
        meant = typed(normalise(term))
        if wanted is None or meant is None or not meant[0]:
            return wanted
        return wanted | numbered([normalise(term)])

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        on_a_page = request.resolver_match and request.resolver_match.url_name == "jobs_job_change"
        if on_a_page:
            return rows.select_related(*RELATED, "again_of", "created_by")
        return rows

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether the operator may make the moves. The page offers no other change."""
        return request.user.has_perm("jobs.change_job")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        job = self.get_object(request, object_id) if request.method == "GET" else None
        moves = []
        if job is not None and self.has_operate_permission(request):
            moves = [(verb, title) for verb, (title, _meaning) in MOVES.items() if job.can(verb)]
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), "moves": moves}
        )
