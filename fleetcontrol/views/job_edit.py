"""Editing a job that somebody else may be editing too: what each has typed is kept, and what differs is shown."""

import re
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from core.moves import MoveRefused
from core.web.once import acted_before
from fleetcontrol.forms.job import FORMS, JobForm
from fleetcontrol.mixins import JobMixin
from fleetcontrol.views.job_form import JobFormView
from jobs.models.bulk_run import frozen
from jobs.words import Words

VERSION = re.compile(r"[0-9]{1,9}")


class EditJob(JobMixin, JobFormView):
    writes = True
    verb = "edit"

    @property
    def kind(self):
        return self.job.kind

    @property
    def title(self):
        return _("Edit %(job)s") % {"job": self.job}

    def check(self):
        """Who comes too late with a filled-in form keeps what was typed; `post` says so there."""
        if self.request.method != "POST":
            super().check()

    def post(self, request, **kwargs):
        if self.job.can("edit") or acted_before(request):
            return super().post(request, **kwargs)
        form = self.make_form(request.POST)
        form.is_valid()
        return self.refuse(form, MoveRefused("wrong_status", _("This job is not pending any more.")))

    def make_form(self, data=None, **options):
        return FORMS[self.kind](data, fleet=self.fleet, instance=self.job.with_values(), **options)

    def followed(self, trigger):
        return FORMS[self.kind].followed(
            self.request.POST, trigger=trigger, fleet=self.fleet, instance=self.job.with_values()
        )

    def save(self, form, company):
        about = {"by": self.request.user, "expected_version": self.expected_version}
        if company:
            self.job.edit_and_assign(company, **about, **form.values)
        else:
            self.job.edit(**about, **form.values)
        return self.job

    @property
    def expected_version(self) -> int | None:
        """Of the values that the reader began with; what is no number is the version of nothing."""
        told = self.request.POST.get("expected_version")
        return (int(told) if VERSION.fullmatch(told) else 0) if told else None

    def url_after(self, job):
        return self.came_from if urlsplit(self.came_from).path == self.job_url() else super().url_after(job)

    def refuse(self, form, refused):
        if refused.code not in ("stale", "wrong_status"):
            return super().refuse(form, refused)
        self.job.refresh_from_db()
        typed = form.plain_values
        as_they_were = self.job.changed_since(self.expected_version or 0) if refused.code == "stale" else {}
        left = [name for name, was in as_they_were.items() if name in typed and frozen(typed)[name] == was]
        theirs = list(self.changed_meanwhile(typed, left))
        form = self.taking_over(form, left) if left else form
        return self.show(form, status=409, refused=refused, theirs=theirs, expected_version=self.job.fields_version)

    def changed_meanwhile(self, typed, left):
        """Field, what it is now, and what the reader has typed: nothing where he has left it as it was."""
        now = {name: self.job.plain(name) for name in typed}
        differing = [name for name in now if now[name] != typed[name]]
        words = Words.for_values([(name, side[name]) for name in differing for side in (now, typed)])
        for name in differing:
            value = "" if name in left else words.value(name, typed[name])
            yield words.label(name), words.value(name, now[name]), value

    def taking_over(self, form, left) -> JobForm:
        """The form with all that the reader has typed, and with what others have made of the fields that he left."""
        so_far = {name: form[name].value() for name in form.fields} | {name: self.job.plain(name) for name in left}
        return FORMS[self.kind](initial=so_far, fleet=self.fleet, instance=self.job.with_values())

    def get_context_data(self, **context):
        """The version is that of the values the reader began with, also when the form comes back to him."""
        seen = self.request.POST.get("expected_version") or self.job.fields_version
        about = {"cancel_url": self.came_from or self.job_url(), "kind": self.kind, "expected_version": seen}
        return super().get_context_data(**about | context)
