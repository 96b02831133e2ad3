"""What can be done with a template or a preset: one list for the menu, the panel and the page."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from core.web.actions import Action, Actions


class SavedActions(Actions):
    """`noun` names the URLs; `query` carries the way back of the links."""

    def __init__(self, fleet_id: str, noun: str, pk: str, query: str) -> None:
        self.fleet_id = fleet_id
        self.noun = noun
        self.pk = pk
        self.query = query

    def offered(self) -> Iterator[Action]:
        yield from self.jobs()
        yield from self.changes()

    def jobs(self) -> Iterator[Action]:
        """Only a template makes jobs."""
        if self.noun == "template":
            query = f"?template={self.pk}"
            create_url = reverse("fleetcontrol:job-create", args=[self.fleet_id])
            many_url = reverse("fleetcontrol:job-create-many", args=[self.fleet_id])
            yield Action(_("Create Job"), create_url + query, "plus-lg", is_main=True)
            yield Action(
                _("Create Multiple Jobs"), many_url + query, "collection", opens_dialog=True
            )

    def changes(self) -> Iterator[Action]:
        makes_jobs = self.noun == "template"
        yield Action(
            _("Edit"), self.url("edit"), "pencil", is_main=not makes_jobs, begins_group=makes_jobs
        )
        yield Action(_("Duplicate"), self.url("duplicate"), "files")
        yield Action(
            _("Delete"),
            self.url("delete"),
            "trash",
            opens_dialog=True,
            is_danger=True,
            begins_group=True,
        )

    def url(self, name: str) -> str:
        return f"{reverse(f'fleetcontrol:{self.noun}-{name}', args=[self.fleet_id, self.pk])}?{self.query}"
