"""The three moves of an operator, from the list or from the page of a job. Each requires a reason and is recorded."""

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

from core.errors import MoveRefused
from core.values.text_fields import LinesFormField
from jobs.models import Job

# Verb → title, and what the move does.
MOVES = {
    "withdraw": (
        _("Withdraw from the installer"),
        _("The job becomes ASSIGNED again. Unit and values stay. The installer is notified."),
    ),
    "hand_back": (
        _("Hand back to the fleet"),
        _("The job becomes PENDING again, without a company. The fleet is notified."),
    ),
    "stop_access": (
        _("Stop access to the vehicle"),
        _("The installer loses access to the vehicle at once. Status and data stay."),
    ),
}
# Each job is locked and moved on its own, so more jobs would take one request too long.
MOST = 100


class Reason(forms.Form):
    reason = LinesFormField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Shown to the fleet and the partner."),
    )


def action_for(verb: str) -> Callable[..., HttpResponse | None]:
    title, meaning = MOVES[verb]

    @admin.action(description=title, permissions=["operate"])
    def action(
        page: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        form = Reason(request.POST if "reason" in request.POST else None)
        rows = queryset.select_related("fleet", "company", "assignee").order_by("pk")
        jobs = list(rows[:MOST])
        selected = queryset.order_by().count()
        if not form.is_valid():
            about = {
                "verb": verb,
                "title": title,
                "meaning": meaning,
                "selected": selected,
            }
            return reason_page(page, request, form, jobs, **about)
        warn_of_rest(request, selected - len(jobs))
        carry_out(request, verb, jobs, form.cleaned_data["reason"])
        return None

    action.__name__ = verb
    return action


def warn_of_rest(request: HttpRequest, left: int) -> None:
    if left > 0:
        text = ngettext(
            "%(n)s more job was selected and is not moved. Select it again.",
            "%(n)s more jobs were selected and are not moved. Select them again.",
            left,
        )
        messages.warning(request, text % {"n": left})


def reason_page(
    page: admin.ModelAdmin, request: HttpRequest, form: Reason, jobs: list[Job], **about: Any
) -> HttpResponse:
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
    """Move each job on its own, so that a refused one does not stop the others."""
    moved = 0
    for job in jobs:
        try:
            getattr(job, verb)(by=request.user, reason=reason)
        except MoveRefused as refused:
            messages.error(request, f"{job}: {refused}")
        else:
            moved += 1
    if moved:
        messages.success(
            request, ngettext("%(n)s job moved.", "%(n)s jobs moved.", moved) % {"n": moved}
        )
