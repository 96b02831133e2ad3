"""The pages of what a fleet archives instead of deleting it once it is used: places and roll-outs."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import ARCHIVED_ALREADY, NOT_ARCHIVED
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.actions import Action
from core.web.confirm import ConfirmView
from core.web.lists.pages import with_query
from fleetcontrol import return_to
from fleetcontrol.saved_actions import SavedActions
from fleetcontrol.views.saved_settings import OneSaved

LIVE = "LIVE"
ARCHIVED = "ARCHIVED"
PARAMETERS = ("status", "search", "sort", "page_size", "columns")


class ArchivableActions(SavedActions):
    def __init__(self, fleet_id: str, noun: str, row: Any, query: str) -> None:
        super().__init__(fleet_id, noun, row.pk, query)
        self.row = row

    def offered(self) -> Iterator[Action]:
        yield Action(_("Edit"), self.url("edit"), "pencil", is_main=True)
        if self.row.archived_at:
            yield Action(
                _("Restore"),
                self.url("restore"),
                "arrow-repeat",
                opens_dialog=True,
                begins_group=True,
            )
            return
        yield Action(
            _("Archive") if self.row.is_used else _("Delete"),
            self.url("delete"),
            "trash",
            opens_dialog=True,
            is_danger=True,
            begins_group=True,
        )


class OfArchivable:
    """What all pages of one noun share."""

    noun: str
    parameters: tuple[str, ...] = PARAMETERS
    fleet: Any

    def actions_of(self, row: Any, list_url: str) -> dict[str, Any]:
        from_here = return_to.parameter(list_url)
        actions = ArchivableActions(self.fleet.pk, self.noun, row, from_here)
        return {"from_here": from_here, "actions": actions}


class InTab:
    """The rows of the tab that the URL names: those in use, or those that are archived."""

    query: Any
    tab_labels: Mapping[str, Any] = {
        LIVE: gettext_lazy("In use"),
        ARCHIVED: gettext_lazy("Archived"),
    }

    @property
    def found(self) -> QuerySet:
        return self.in_tab(self.everywhere, self.query.get("status", ""))

    @property
    def everywhere(self) -> Any:
        return super().found  # type: ignore[misc]  # of the list that it is combined with

    @staticmethod
    def in_tab(rows: Any, status: str) -> QuerySet:
        if status.strip().upper() == ARCHIVED:
            return rows.archived()
        return rows.live()

    def get_tab_querysets(self) -> dict[str, QuerySet]:
        return {tab: self.in_tab(self.everywhere, tab) for tab in self.tab_labels}


class DeleteOrArchive(OneSaved, ConfirmView):
    """Delete what was never used, and archive what is used."""

    writes = True
    danger = True
    base_template = "fleetcontrol/base.html"

    def check(self) -> None:
        if self.object.archived_at:
            raise MoveRefused("wrong_status", ARCHIVED_ALREADY)

    @property
    def title(self) -> str:
        if self.object.is_used:
            return with_names(_("Archive %(name)s?"), name=self.object.name)
        return with_names(_("Delete %(name)s?"), name=self.object.name)

    @property
    def lead(self) -> str:
        if self.object.is_used:
            return _("It stays where it is used, and is no longer offered.")
        return ""

    @property
    def submit(self) -> str:
        return _("Archive") if self.object.is_used else _("Delete")

    def perform(self) -> str:
        return "deleted" if self.object.remove_by(self.request.user) else ""

    def done_text(self, result: str) -> str:
        if result:
            return with_names(_("“%(name)s” was deleted."), name=self.object.name)
        return with_names(_("“%(name)s” was archived."), name=self.object.name)

    def get_success_url(self) -> str:
        """The list without the details of the row, which is no longer in it."""
        return with_query(self.list_url, **{self.noun: None})

    def get_cancel_url(self) -> str:
        return self.list_url


class RestoreArchived(OneSaved, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"
    submit = gettext_lazy("Restore")
    lead = gettext_lazy("It is offered again.")

    def check(self) -> None:
        if not self.object.archived_at:
            raise MoveRefused("wrong_status", NOT_ARCHIVED)

    @property
    def title(self) -> str:
        return with_names(_("Restore %(name)s?"), name=self.object.name)

    @property
    def done(self) -> str:
        return with_names(_("“%(name)s” is in use again."), name=self.object.name)

    def perform(self) -> None:
        self.object.restore_by(self.request.user)

    def get_success_url(self) -> str:
        return self.list_url
