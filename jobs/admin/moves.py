"""The three moves that an operator may make: chosen from the list or on a job's page, always with a reason, recorded like any other."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.moves import MoveRefused
from jobs.models import Job

# Verb → what the operator reads before, and what it means.
MOVES = {
    "withdraw": (
        _("Withdraw from the installer"),
        _("The job is ASSIGNED again; unit and values stay. The installer is told."),
    ),
    "hand_back": (_("Hand back to the fleet"), _("The job is PENDING again, without company; the fleet is told.")),
    "stop_access": (
        _("Stop access to the vehicle"),
        _("The installer loses the vehicle at once; status and data stay."),
    ),
}
# Each one locks and moves; more would hold up one request for too long.
MOST = 100


class Reason(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The fleet and the partner read it."),
    )


def action_for(verb: str) -> Callable[..., HttpResponse | None]:
    title, meaning = MOVES[verb]

    @admin.action(description=title, permissions=["operate"])
    def action(page: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        form = Reason(request.POST if "reason" in request.POST else None)
        jobs = list(queryset.select_related("fleet", "company", "assignee").order_by("pk")[:MOST])
        if not form.is_valid():
            return ask(page, request, form, jobs, verb=verb, title=title, meaning=meaning)
        carry_out(request, verb, jobs, form.cleaned_data["reason"])
        return None

    action.__name__ = verb
    return action


def ask(page: admin.ModelAdmin, request: HttpRequest, form: Reason, jobs: list[Job], **about: Any) -> HttpResponse:
    context = {
        **page.admin_site.each_context(request),
        **about,
        "form": form,
        "jobs": jobs,
        "opts": Job._meta,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/jobs/job/reason.html", context)


def carry_out(request: HttpRequest, verb: str, jobs: list[Job], reason: str) -> None:
    """Job by job: one that refuses keeps no other from moving."""
    moved = 0
    for job in jobs:
        try:
            getattr(job, verb)(by=request.user, reason=reason)
        except MoveRefused as refused:
            messages.error(request, f"{job}: {refused}")
        else:
            moved += 1
    if moved:
        messages.success(request, ngettext("%(n)s job moved.", "%(n)s jobs moved.", moved) % {"n": moved})
