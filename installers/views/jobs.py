"""The company's jobs for its admin: who holds what, and what only the office can do about it."""

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.web.confirm import ConfirmView
from core.web.counts import count_all
from core.web.pages import SIZES, CursorPage, chosen_size, with_query
from core.web.tables import address
from installers.forms.jobs import JobFilterForm, OptionalReasonForm, ReasonForm, ReserveForm
from installers.mixins import CompanyMixin, SetUpMixin
from installers.tables import JobTable
from jobs.history import History
from jobs.models import Job
from jobs.words import Words

Status = Job.Status
TABS = [
    ("", gettext_lazy("All")),
    (Status.ASSIGNED, gettext_lazy("Available")),
    (Status.RUNNING, gettext_lazy("Running")),
    (Status.SUCCEEDED, gettext_lazy("Succeeded")),
    (Status.FAILED, gettext_lazy("Failed")),
]


class JobList(SetUpMixin, TemplateView):
    template_name = "installers/jobs.html"

    def get_context_data(self, **kwargs):
        form = JobFilterForm(self.request.GET, company=self.company)
        form.is_valid()
        found = self.filtered(form.cleaned_data)
        status = self.request.GET.get("status", "")
        by_status = {value: found.filter(status=value) if value else found for value, _label in TABS}
        counts = count_all(by_status)
        if status not in counts:
            status = ""
        table = JobTable(row_url=address("installers:job"))
        rows = by_status[status].values(*table.reads)
        page = CursorPage(rows, cursor=self.request.GET.get("cursor", ""), size=chosen_size(self.request.GET))
        tabs = [
            {
                "url": self.address(status=value or None),
                "label": label,
                "current": value == status,
                "count": counts[value],
            }
            for value, label in TABS
        ]
        about = {"table": table.fill(page.rows), "page": page, "total": counts[status], "sizes": SIZES}
        return super().get_context_data(
            form=form, tabs=tabs, filtered=any(form.cleaned_data.values()), **about, **kwargs
        )

    def filtered(self, wanted: dict):
        jobs = Job.objects.for_installer(self.request.user)
        if wanted.get("search"):
            jobs = jobs.matching(wanted["search"])
        if wanted.get("fleet"):
            jobs = jobs.in_fleet(wanted["fleet"])
        if wanted.get("installer"):
            kept = Q(reserved_for=wanted["installer"], status=Status.ASSIGNED)
            jobs = jobs.filter(kept | Q(assignee=wanted["installer"]))
        return jobs

    def address(self, **changes) -> str:
        return with_query(self.request.get_full_path(), cursor=None, **changes)


class OfJob(CompanyMixin):
    base_template = "installers/base.html"

    def find(self) -> None:
        jobs = Job.objects.for_installer(self.request.user).for_sheet().select_related("reserved_for")
        self.job = jobs.filter(pk=self.kwargs["pk"]).first()
        if self.job is None:
            raise Http404

    def get_context_data(self, **kwargs):
        return super().get_context_data(job=self.job, job_name=self.job.known_as, **kwargs)

    def get_success_url(self) -> str:
        return reverse("installers:job", args=[self.job.pk])


class JobDetails(OfJob, TemplateView):
    template_name = "installers/job.html"

    def get_context_data(self, **kwargs):
        tests = list(self.job.tests.order_by("pk"))
        about = {
            "fields": list(self.fields()),
            "tests": tests,
            "history": list(self.history(tests)),
            "request_open": self.job.handback_requests.open().first(),
            "can": {verb: self.job.can(verb) for verb in ("withdraw", "hand_back", "reserve")},
        }
        return super().get_context_data(**about, **kwargs)

    def fields(self):
        """What is set of the vehicle and its setup, in words."""
        known = {"vehicle_model": {self.job.vehicle_model_id: str(self.job.vehicle_model)}}
        words = Words(known)
        for field in self.job.fields_for_installer():
            if field["value"] is not None:
                yield words.label(field["name"]), words.value(field["name"], field["value"])

    def history(self, tests):
        """What happened since the job came to this company; what was before is between the fleet and others."""
        history = History(self.job)
        since = max((event.at for event in history.events if event.verb == "assign"), default=self.job.created_at)
        return (entry for entry in history.entries(tests=tests) if entry.at >= since)


class Withdraw(OfJob, ConfirmView):
    form_class, title, submit = OptionalReasonForm, gettext_lazy("Withdraw the job?"), gettext_lazy("Withdraw")
    done, danger = gettext_lazy("The job is available again."), True

    @property
    def lead(self) -> str:
        return _(
            "It is taken from %(name)s, whose access to the vehicle ends. What was entered stays; everybody may take it."
        ) % {"name": self.job.assignee or ""}

    def act(self, reason: str) -> None:
        self.job.withdraw(by=self.request.user, reason=reason)


class HandBack(OfJob, ConfirmView):
    form_class, title, submit = ReasonForm, gettext_lazy("Hand the job back?"), gettext_lazy("Hand Back")
    lead = gettext_lazy(
        "The job goes back to the fleet and leaves your list. The fleet can change it and assign it again."
    )
    done, danger = gettext_lazy("The job was handed back."), True

    def get_success_url(self) -> str:
        return reverse("installers:jobs")

    def act(self, reason: str) -> None:
        self.job.hand_back(by=self.request.user, reason=reason)


class RefuseHandback(OfJob, ConfirmView):
    form_class, title, submit = ReasonForm, gettext_lazy("Keep the job?"), gettext_lazy("Keep the Job")
    lead, done = (
        gettext_lazy("The fleet asked for this job. Say why you keep it."),
        gettext_lazy("The fleet was told that you keep the job."),
    )

    def act(self, reason: str) -> None:
        self.job.refuse_handback(by=self.request.user, reason=reason)


class Reserve(OfJob, ConfirmView):
    form_class, title, submit = ReserveForm, gettext_lazy("Reserve the job"), gettext_lazy("Save")
    lead, done = (
        gettext_lazy("Only this person, or an admin, can take it then. Colleagues see whose it is."),
        gettext_lazy("Saved."),
    )

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"company": self.company}

    def get_initial(self):
        return {"user": self.job.reserved_for_id}

    def act(self, user) -> None:
        self.job.reserve(user, by=self.request.user)
