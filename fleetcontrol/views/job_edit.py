"""Editing a job that another person may be editing, too: what each has typed is kept, and differences are shown."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Company
from core.errors import MoveRefused
from core.web.once import form_answer
from fleetcontrol import return_to
from fleetcontrol.forms.job import FORMS, JobForm
from fleetcontrol.job_actions import JobActions
from fleetcontrol.mixins import JobMixin
from fleetcontrol.views.job_form import JobFormView
from jobs.models import Job
from jobs.models.bulk_run import frozen
from jobs.reading.job_sheet import JobSheet
from jobs.reading.words import Words
from jobs.warnings import warnings_of

VERSION = re.compile(r"[0-9]{1,9}")


class EditJob(JobMixin, JobFormView):
    writes = True
    verb = "edit"
    posted = (*JobFormView.posted, "expected_version")

    @property
    def kind(self) -> str:
        return self.job.kind

    @property
    def title(self) -> str:
        return _("Edit %(job)s") % {"job": self.job.names.in_sentence}

    def check(self) -> None:
        """Leave it to `get`, which shows why the job is locked, and to `post`, which keeps what was typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.job.can("edit"):
            form = self.make_form()
            form.warn(warnings_of(self.fleet, self.job))
            return self.show(form)
        return render(request, "fleetcontrol/jobs/locked.html", self.locked_context(), status=409)

    def locked_context(self) -> dict[str, Any]:
        sheet = JobSheet(self.job)
        actions = JobActions(sheet, return_to.parameter(self.came_from or self.job_url()))
        return self.get_context_data(title=self.title, sheet=sheet, actions=actions, view=self)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if form_answer(request):
            return super().post(request, **kwargs)
        form = self.make_form(request.POST)
        form.is_valid()
        if not self.job.can("edit"):
            return self.refuse(form, MoveRefused("wrong_status", self.why_locked))
        if not request.POST.get("expected_version"):
            # The form carries it, so this is another sender, who could overwrite what others have saved.
            form.add_error(None, _("expected_version is missing. Open the form again."))
            return self.show(form, status=400)
        return super().post(request, **kwargs)

    def make_form(self, data: QueryDict | None = None) -> JobForm:
        return FORMS[self.kind](data, fleet=self.fleet, instance=self.job.with_values())

    def followed(self, trigger: str) -> Any:
        return FORMS[self.kind].followed(
            self.request.POST, trigger=trigger, fleet=self.fleet, instance=self.job.with_values()
        )

    def save(self, form: JobForm, company: Company | None) -> Job:
        version = self.expected_version
        if company:
            self.job.assign(company, by=self.request.user, expected_version=version, **form.values)
        else:
            self.job.edit(by=self.request.user, expected_version=version, **form.values)
        return self.job

    @property
    def expected_version(self) -> int:
        """The version of the values that the form began with; 0, which no job has, if it is not a number."""
        sent = self.request.POST.get("expected_version", "")
        return int(sent) if VERSION.fullmatch(sent) else 0

    def url_after(self, job: Job) -> str:
        came_from_details = urlsplit(self.came_from).path == self.job_url()
        return self.came_from if came_from_details else super().url_after(job)

    def refuse(self, form: JobForm, refused: MoveRefused) -> HttpResponse:
        if refused.code not in ("stale", "wrong_status"):
            return super().refuse(form, refused)
        self.job.refresh_from_db()
        typed = form.plain_values
        untouched = self.untouched(typed) if refused.code == "stale" else []
        theirs = list(self.differences(typed, untouched))
        if untouched:
            form = self.with_their_values(form, untouched)
        return self.show(
            form,
            status=409,
            refused=refused,
            theirs=theirs,
            expected_version=self.job.fields_version,
        )

    def untouched(self, typed: dict[str, Any]) -> list[str]:
        """The fields that others have changed and that this reader has left as they were."""
        as_they_were = self.job.changed_since(self.expected_version)
        typed_json = frozen(typed)
        return [
            name for name, was in as_they_were.items() if name in typed and typed_json[name] == was
        ]

    def differences(
        self, typed: dict[str, Any], untouched: list[str]
    ) -> Iterator[tuple[str, str, str]]:
        """Yield field, current value and typed value; the latter is "" if the reader has not touched the field."""
        now = {name: self.job.plain(name) for name in typed}
        differing = [name for name in now if now[name] != typed[name]]
        words = Words.for_values(
            [(name, side[name]) for name in differing for side in (now, typed)]
        )
        for name in differing:
            value = "" if name in untouched else words.value(name, typed[name])
            yield words.label(name), words.value(name, now[name]), value

    def with_their_values(self, form: JobForm, untouched: list[str]) -> JobForm:
        """Return the form as it was typed, with the current values of the untouched fields."""
        values = {name: form[name].value() for name in form.fields}
        for name in untouched:
            values[name] = self.job.plain(name)
        return FORMS[self.kind](initial=values, fleet=self.fleet, instance=self.job.with_values())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """Keep the version that the form began with, also when the form is shown again."""
        context.setdefault("cancel_url", self.came_from or self.job_url())
        context.setdefault("kind", self.kind)
        context.setdefault(
            "expected_version", self.request.POST.get("expected_version") or self.job.fields_version
        )
        return super().get_context_data(**context)
