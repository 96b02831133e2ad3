"""One job: the panel beside the table, the same as a page, and the menu of its row."""

from django.urls import reverse
from django.views.generic import TemplateView

from fleetcontrol.job_sheet import JobSheet
from fleetcontrol.mixins import JobMixin


class JobDetail(JobMixin, TemplateView):
    """htmx asks for the panel alone; everybody else gets a page."""

    def get_template_names(self):
        return [f"fleetcontrol/jobs/{'panel' if self.request.htmx else 'detail'}.html"]

    def get_context_data(self, **context):
        beside = {"page_url": self.job_url(), "close_url": list_url(self.job)} if self.request.htmx else {}
        return super().get_context_data(sheet=JobSheet(self.job), list_url=list_url(self.job), **beside, **context)


class JobMenu(JobMixin, TemplateView):
    template_name = "fleetcontrol/jobs/menu.html"


def list_url(job) -> str:
    """The list that a job stands in."""
    return reverse(f"fleetcontrol:{job.kind.lower()}_jobs", args=[job.fleet_id])
