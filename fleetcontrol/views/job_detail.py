"""One job: the panel beside the list, the same as a page, and the menu of its row."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView, View

from core.web.lists.pages import with_query
from fleetcontrol import return_to
from fleetcontrol.job_actions import JobActions
from fleetcontrol.mixins import JobMixin
from jobs.models import Job, JobPhoto
from jobs.reading.job_sheet import JobSheet
from jobs.web.photos import photo_page


class JobDetail(JobMixin, TemplateView):
    """The panel for htmx, else a page. An open one checks for changes with the digest that it has `seen`."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.sheet = JobSheet(self.job)
        if request.GET.get("seen") == self.sheet.digest:
            return HttpResponse(status=204)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return ["fleetcontrol/jobs/panel.html"]
        return ["fleetcontrol/jobs/detail.html"]

    @property
    def is_page(self) -> bool:
        return not self.request.htmx or "page" in self.request.GET

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        urls = self.page_urls() if self.is_page else panel_urls(self.job, self.sheet, self.list_url)
        return super().get_context_data(sheet=self.sheet, list_url=self.list_url, **urls, **context)

    def page_urls(self) -> dict[str, Any]:
        page_url = f"{self.job_url()}?{return_to.parameter(self.list_url)}"
        refresh_url = with_query(page_url, page=1, seen=self.sheet.digest)
        from_here = return_to.parameter(page_url)
        return {
            "from_here": from_here,
            "refresh_url": refresh_url if self.job.is_open else "",
            "actions": JobActions(self.sheet, from_here),
        }


def panel_urls(job: Job, sheet: JobSheet, list_url: str) -> dict[str, Any]:
    """Return the links and actions of a job's panel beside this list."""
    from_list = return_to.parameter(list_url)
    page_url = f"{reverse('fleetcontrol:job-detail', args=[job.fleet_id, job.pk])}?{from_list}"
    return {
        "page_url": page_url,
        "close_url": with_query(list_url, job=None),
        "from_here": from_list,
        "actions": JobActions(sheet, from_list),
        "refresh_url": with_query(page_url, seen=sheet.digest) if job.is_open else "",
    }


class JobPhotoImage(JobMixin, View):
    """The picture of a photo of the job."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        photos = JobPhoto.objects.visible_to(self.request.user).filter(job=self.job)
        return photo_page(request, photos.filter(pk=self.kwargs["photo_id"]).first())


class JobMenu(JobMixin, TemplateView):
    template_name = "fleetcontrol/jobs/menu.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        actions = JobActions(JobSheet(self.job), return_to.parameter(self.came_from))
        return super().get_context_data(actions=actions, **context)
