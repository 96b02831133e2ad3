"""The jobs that a bulk action is about: those picked, or all that match, until the newest that the preview counted."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import cached_property

from fleetcontrol.views.bulk_runs import Action
from fleetcontrol.views.job_filtering import KindMixin
from fleetcontrol.views.of_list import sent_with
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet


class SelectedJobs(KindMixin):
    """`action` is what shall be done with them."""

    action: str

    @property
    def everything(self) -> bool:
        """Whether all jobs that match are selected, on every page."""
        return "all" in sent_with(self.request)

    @cached_property
    def until(self) -> str | None:
        """The newest job at the time of the preview: later jobs were not in it."""
        if sent := self.request.POST.get("until"):
            return as_id(sent)
        return self.filtered_jobs.shown.order_by("-pk").values_list("pk", flat=True).first()

    @cached_property
    def selected(self) -> JobQuerySet:
        if self.everything:
            return (
                self.filtered_jobs.shown.filter(pk__lte=self.until)
                if self.until
                else Job.objects.none()
            )
        wanted = [as_id(text) for text in sent_with(self.request).getlist("select")]
        return Job.objects.in_fleet(self.fleet).filter(kind=self.kind, pk__in=wanted).shown()

    @cached_property
    def total(self) -> int:
        return self.selected.count()

    @cached_property
    def obstacles(self) -> dict[str, int]:
        return self.selected.obstacles(Action(self.action).verb)

    @cached_property
    def movable(self) -> int:
        return self.total - sum(self.obstacles.values())

    @property
    def has_grown(self) -> bool:
        """Whether more jobs would be changed than the preview showed: others have made more jobs match."""
        shown = self.request.POST.get("movable", "")
        is_number = shown.isdecimal() and len(shown) < 10
        return self.everything and is_number and self.movable > int(shown)


def as_id(text: str) -> str:
    """Return the id of a job that a form carries; raise Http404 for any other text."""
    try:
        return Job._meta.pk.to_python(text)
    except ValidationError as error:
        raise Http404 from error
