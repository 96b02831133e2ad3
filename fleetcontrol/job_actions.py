"""What a manager can do with a job now: one list for its menu, its panel and its page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.web.actions import Action, Actions
from jobs.models import Job
from jobs.reading.job_sheet import JobSheet


class JobActions(Actions):
    """The moves that `job.can(…)` allows, and the copies that can be made. `query` carries the way back."""

    def __init__(self, sheet: JobSheet, query: str) -> None:
        self.sheet = sheet
        self.job = sheet.job
        self.query = query

    def offered(self) -> Iterator[Action]:
        yield from self.moves()
        yield from self.copies()
        yield from self.deletion()

    def moves(self) -> Iterator[Action]:
        if self.job.can("edit"):
            yield Action(_("Edit"), self.url("edit"), "pencil")
        if self.job.can("assign"):
            yield Action(_("Assign"), self.url("assign"), "send", opens_dialog=True, is_main=True)
        if self.job.can("request_handback") and not self.sheet.is_asked_back:
            yield Action(
                _("Ask the partner to hand it back"),
                self.url("handback"),
                "arrow-left",
                opens_dialog=True,
            )
        if self.job.can("stop_access"):
            yield self.access()

    def access(self) -> Action:
        if self.job.access_stopped_at:
            return Action(_("Allow access"), self.url("access-allow"), "unlock", opens_dialog=True)
        return Action(_("Stop access"), self.url("access-stop"), "lock", opens_dialog=True)

    def copies(self) -> Iterator[Action]:
        yield Action(_("Duplicate"), self.url("duplicate"), "files")
        if self.job.status == Job.Status.FAILED:
            label = _("Create again for this vehicle")
            yield Action(label, self.url("again"), "arrow-repeat", is_main=True)

    def deletion(self) -> Iterator[Action]:
        if self.job.can("delete"):
            yield Action(
                _("Delete"),
                self.url("delete"),
                "trash",
                opens_dialog=True,
                is_danger=True,
                begins_group=True,
            )

    def url(self, name: str) -> str:
        return f"{reverse(f'fleetcontrol:job-{name}', args=[self.job.fleet_id, self.job.pk])}?{self.query}"
