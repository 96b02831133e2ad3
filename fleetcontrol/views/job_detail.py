"""One job: the panel beside the table, the same as a page, and the menu of its row."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView

from core.web.pages import with_query
from fleetcontrol import way_back
from fleetcontrol.job_sheet import JobSheet
from fleetcontrol.mixins import JobMixin


class JobDetail(JobMixin, TemplateView):
    """htmx asks for the panel alone, everybody else gets a page; either looks again with what it has `seen`."""

    def get(self, request, **kwargs):
        self.sheet = JobSheet(self.job)
        if request.GET.get("seen") == self.sheet.digest:
            return HttpResponse(status=204)
        return super().get(request, **kwargs)

    def get_template_names(self):
        return [f"fleetcontrol/jobs/{'panel' if self.request.htmx else 'detail'}.html"]

    @property
    def is_page(self) -> bool:
        return not self.request.htmx or "page" in self.request.GET

    def get_context_data(self, **context):
        urls = self.page_urls() if self.is_page else panel_urls(self.job, self.sheet, self.list_url)
        return super().get_context_data(sheet=self.sheet, list_url=self.list_url, **urls, **context)

    def page_urls(self) -> dict:
        page_url = f"{self.job_url()}?{way_back.tell(self.list_url)}"
        look_url = with_query(page_url, page=1, seen=self.sheet.digest)
        return {"from_here": way_back.tell(page_url), "look_url": look_url if self.job.is_open else ""}


def panel_urls(job, sheet, list_url: str) -> dict:
    """Where the panel of a job leads that stands beside this list."""
    page_url = f"{reverse('fleetcontrol:job-detail', args=[job.fleet_id, job.pk])}?{way_back.tell(list_url)}"
    return {
        "page_url": page_url,
        "close_url": with_query(list_url, job=None),
        "from_here": way_back.tell(list_url),
        "look_url": with_query(page_url, seen=sheet.digest) if job.is_open else "",
    }


class JobMenu(JobMixin, TemplateView):
    template_name = "fleetcontrol/jobs/menu.html"
