"""The jobs of a company for its admin: who holds which job, and the actions of an admin."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from accounts.models import User
from accounts.web.requests import signed_in
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from core.web.lists.counts import Count, count_all
from core.web.lists.pages import SIZES, CursorPage, chosen_size, with_query
from core.web.lists.tables import address
from core.web.lists.tabs import make_tabs
from installers.forms.jobs import JobFilterForm, OptionalReasonForm, ReasonForm, ReserveForm
from installers.job_actions import JobActions
from installers.mixins import CompanyMixin, SetUpMixin
from installers.tables import JobTable
from jobs.models import InstallationTest, Job, JobPhoto, VehicleAccess
from jobs.reading.fleet_commands import sent_during
from jobs.reading.history import Entry, History
from jobs.reading.words import Words
from jobs.web.photos import photo_page

Status = Job.Status
TABS = [
    ("", gettext_lazy("All")),
    (Status.ASSIGNED, gettext_lazy("Available")),
    (Status.RUNNING, gettext_lazy("Running")),
    (Status.SUCCEEDED, gettext_lazy("Succeeded")),
    (Status.FAILED, gettext_lazy("Failed")),
]


# The text of each tab while it is empty.
EMPTY: dict[str, Any] = {
    Status.ASSIGNED: gettext_lazy("A job appears here until one of your installers takes it."),
    Status.RUNNING: gettext_lazy("A job appears here while one of your installers works on it."),
    Status.SUCCEEDED: gettext_lazy(
        "A job appears here once one of your installers has finished it."
    ),
    Status.FAILED: gettext_lazy("A job appears here if your installer could not finish it."),
}


class JobList(SetUpMixin, TemplateView):
    template_name = "installers/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = JobFilterForm(self.request.GET, company=self.company)
        form.is_valid()
        by_status = self.by_status(form.cleaned_data)
        counts = count_all(by_status)
        wanted = self.request.GET.get("status", "").strip()
        status = wanted.upper()
        if status not in by_status:
            by_status[status] = Job.objects.none()
            counts[status] = Count(0)
        table = JobTable(row_url=address("installers:job"))
        rows = by_status[status].values(*table.reads)
        page = CursorPage(
            rows, cursor=self.request.GET.get("cursor", ""), size=chosen_size(self.request.GET)
        )
        return super().get_context_data(
            form=form,
            filtered=any(form.cleaned_data.values()),
            empty=EMPTY.get(status, ""),
            tabs=make_tabs(
                dict(TABS),
                url=self.tab_url,
                counts=counts,
                current=status,
            ),
            table=table.fill(page.rows),
            page=page,
            total=counts[status],
            sizes=SIZES,
            unknown_tab="" if status in dict(TABS) else wanted,
            **kwargs,
        )

    def by_status(self, wanted: dict[str, Any]) -> dict[str, QuerySet[Job]]:
        """The filtered jobs of each tab."""
        found = self.filtered(wanted)
        jobs = {"": found}
        for status, _label in TABS[1:]:
            jobs[status] = found.filter(status=status)
        return jobs

    def filtered(self, wanted: dict[str, Any]) -> QuerySet[Job]:
        jobs = Job.objects.for_installer(signed_in(self.request))
        if wanted.get("search"):
            jobs = jobs.matching(wanted["search"])
        if wanted.get("fleet"):
            jobs = jobs.in_fleet(wanted["fleet"])
        if wanted.get("installer"):
            kept = Q(reserved_for=wanted["installer"], status=Status.ASSIGNED)
            jobs = jobs.filter(kept | Q(assignee=wanted["installer"]))
        return jobs

    def tab_url(self, status: str) -> str:
        return self.address(status=status or None)

    def address(self, **changes: str | None) -> str:
        return with_query(self.request.get_full_path(), cursor=None, **changes)


class OfJob(CompanyMixin):
    base_template = "installers/base.html"
    job: Job

    def find(self) -> None:
        visible = Job.objects.for_installer(signed_in(self.request)).for_sheet()
        job = visible.select_related("reserved_for").filter(pk=self.kwargs["pk"]).first()
        if job is None:
            raise Http404
        self.job = job

    @property
    def job_name(self) -> str:
        return self.job.names.in_sentence

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            job=self.job,
            job_name=self.job_name,
            **kwargs,
        )

    def get_success_url(self) -> str:
        return reverse("installers:job", args=[self.job.pk])


class JobDetails(OfJob, TemplateView):
    template_name = "installers/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        tests = self.job.tests.order_by("pk").as_read()
        photos = list(self.job.photos.of_assignment().with_people())
        return super().get_context_data(
            fields=list(self.fields()),
            tests=tests,
            photos=[photo for photo in photos if photo.deleted_at is None],
            history=list(self.history(tests, photos)),
            read_vin=self.job.names.read_vin(self.job.sent_vin),
            request_open=self.job.handback_requests.open().first(),
            actions=JobActions(self.job),
            **kwargs,
        )

    def fields(self) -> Iterator[tuple[str, str]]:
        """The fields of the vehicle and its setup that are set: label and value, in words."""
        known = {"vehicle_model": {self.job.vehicle_model_id: str(self.job.vehicle_model)}}
        words = Words(known)
        for field in self.job.plan.for_installer():
            if field["value"] is not None:
                yield words.label(field["name"]), words.value(field["name"], field["value"])

    def history(self, tests: list[InstallationTest], photos: list[JobPhoto]) -> Iterator[Entry]:
        """The history since the job was assigned to this company. What was before is not theirs to read, nor are the
        roll-outs of the fleet.
        """
        history = History(self.job)
        history.events = [event for event in history.events if event.verb != "set_roll_out"]
        assigned = [event.at for event in history.events if event.verb == "assign"]
        since = max(assigned, default=self.job.created_at)
        commands = sent_during(VehicleAccess.objects.of_job(self.job))
        for entry in history.entries(tests=tests, photos=photos, fleet_commands=commands):
            if entry.at >= since:
                yield entry


class JobPhotoImage(OfJob, View):
    """The picture of a photo of the job."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        photos = JobPhoto.objects.visible_to(signed_in(request)).of_assignment()
        photo = photos.filter(job=self.job, pk=self.kwargs["photo_id"]).first()
        return photo_page(request, photo)


class JobAction(OfJob, ConfirmView):
    """`title` and `done` name the job as `%(job)s`."""

    def find(self) -> None:
        super().find()
        self.title = self.title % {"job": self.job_name}
        self.done = self.done % {"job": self.job_name}


class Withdraw(JobAction):
    form_class = OptionalReasonForm
    title = gettext_lazy("Withdraw %(job)s?")
    submit = gettext_lazy("Withdraw")
    done = gettext_lazy("Withdrawn: %(job)s is available again.")
    danger = True

    @property
    def lead(self) -> str:
        text = _(
            "%(name)s loses the job and the access to the vehicle."
            " All values stay. Any installer can take the job again."
        )
        return with_names(text, name=self.job.assignee or "")

    def perform(self, reason: str) -> None:
        self.job.withdraw(by=signed_in(self.request), reason=reason)


class HandBack(JobAction):
    form_class = ReasonForm
    title = gettext_lazy("Hand back %(job)s?")
    lead = gettext_lazy(
        "The job goes back to the fleet and leaves your list. The fleet can change it and assign it again."
    )
    submit = gettext_lazy("Hand Back")
    done = gettext_lazy("Handed back: %(job)s.")
    danger = True

    def get_success_url(self) -> str:
        return reverse("installers:jobs")

    def perform(self, reason: str) -> None:
        self.job.hand_back(by=signed_in(self.request), reason=reason)


class RefuseHandback(JobAction):
    form_class = ReasonForm
    title = gettext_lazy("Keep %(job)s?")
    lead = gettext_lazy("The fleet wants this job back. Say why you keep it.")
    submit = gettext_lazy("Keep the Job")
    done = gettext_lazy("The fleet was notified that you keep %(job)s.")

    def perform(self, reason: str) -> None:
        self.job.refuse_handback(by=signed_in(self.request), reason=reason)


class Reserve(JobAction):
    form_class = ReserveForm
    title = gettext_lazy("Reserve %(job)s")
    lead = gettext_lazy(
        "Only this person or an admin can then take the job. Colleagues see for whom it is reserved."
    )
    submit = gettext_lazy("Save")
    done = gettext_lazy("The reservation of %(job)s was saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"company": self.company}

    def get_initial(self) -> dict[str, Any]:
        return {"user": self.job.reserved_for_id}

    def perform(self, user: User | None) -> None:
        self.job.reserve(user, by=signed_in(self.request))
