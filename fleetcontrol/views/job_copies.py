"""*Duplicate* and *Create again for this vehicle*: a filled-in form, and nothing is written until it is saved."""

from typing import Any

from django.utils.translation import gettext_lazy

from accounts.models import Company
from fleetcontrol.mixins import JobMixin
from fleetcontrol.views.job_form import CreateJob
from jobs.models import Job


class DuplicateJob(JobMixin, CreateJob):
    """The form of a new job, which begins with values of `job`."""

    heading: Any = gettext_lazy("Duplicate %(job)s")
    lead: Any = gettext_lazy(
        "Vehicle identity, unit, date and result are not copied. Nothing is saved yet."
    )

    @property
    def kind(self) -> str:
        return self.job.kind

    @property
    def title(self) -> str:
        return self.heading % {"job": self.job.names.in_sentence}

    def initial(self) -> dict[str, Any]:
        return self.job.copies.duplicate()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        """The form is about a new job, so the template gets no `job`."""
        context["job"] = None
        context["lead"] = self.lead
        context["cancel_url"] = self.came_from or self.job_url()
        return super().get_context_data(**context)


class CreateJobAgain(DuplicateJob):
    heading = gettext_lazy("Create again for this vehicle: %(job)s")
    lead = gettext_lazy(
        "The vehicle is filled in as the installer found it, without a date. Nothing is saved yet."
    )

    def check(self) -> None:
        self.job.check_create_again()

    def initial(self) -> dict[str, Any]:
        return self.job.copies.again()

    def save(self, form: Any, company: Company | None) -> Job:
        return self.create(form, company, again_of=self.job)
