"""The roll-outs of a fleet: jobs under one name, with a target date, how far they are and what blocks them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views import View

from core.values.shown import day
from core.web.lists.pages import with_query
from fleetcontrol.burn_up import BurnUp
from fleetcontrol.exports import export
from fleetcontrol.forms.roll_outs import RollOutForm
from fleetcontrol.tables.roll_outs import RollOutTable
from fleetcontrol.views.archivable import DeleteOrArchive, InTab, OfArchivable, RestoreArchived
from fleetcontrol.views.kind_tabs import PAGES, TITLES
from fleetcontrol.views.saved_settings import (
    EditSaved,
    OneSaved,
    SavedDetail,
    SavedForm,
    SavedMenu,
    SavedModel,
)
from fleetcontrol.views.saved_settings_list import (
    SavedColumns,
    SavedExport,
    SavedList,
    SavedTableViews,
)
from jobs.models import Job, RollOut
from jobs.reading.roll_out_figures import BLOCKERS, Figures
from jobs.reading.roll_out_history import history_of


class NumberLink(NamedTuple):
    """A number of jobs of one kind, and the list that shows them."""

    label: Any
    number: int
    url: str


class Part(NamedTuple):
    """A part of the progress bar: where it begins and how wide it is, in hundredths."""

    status: str
    label: Any
    number: int
    begin: float
    width: float
    links: list[NumberLink]


def forecast_in_words(figures: Figures) -> str:
    """When the roll-out will be done at the pace of the last two weeks."""
    forecast = figures.forecast
    if not figures.total:
        return _("No jobs yet")
    if not figures.remaining:
        return _("Everything is done")
    if forecast.day is None:
        return _("None: too few jobs were done in the last two weeks")
    about = {"day": day(forecast.day), "pace": number_format(forecast.pace, 1)}
    text = _("%(day)s, at %(pace)s jobs a week as in the last two weeks") % about
    if forecast.late_by > 0:
        late = ngettext("%(n)s day late", "%(n)s days late", forecast.late_by)
        return f"{text} · {late % {'n': forecast.late_by}}"
    early = ngettext("%(n)s day early", "%(n)s days early", -forecast.late_by)
    return f"{text} · {early % {'n': -forecast.late_by}}" if forecast.late_by else text


class OfRollOuts(OfArchivable):
    model: SavedModel = RollOut
    noun = "roll_out"
    section = "roll_outs"
    table_class = RollOutTable
    panel_template = "fleetcontrol/roll_outs/panel.html"

    def details(self, row: RollOut, list_url: str) -> dict[str, Any]:
        row.fleet = self.fleet
        figures = Figures(row)
        return {
            "object": row,
            "figures": figures,
            "forecast_text": forecast_in_words(figures),
            "parts": list(self.parts(figures)),
            "blockers": self.blockers(figures),
            **self.actions_of(row, list_url),
        }

    def parts(self, figures: Figures) -> Iterator[Part]:
        begin = 0.0
        for status, number in figures.statuses.items():
            width = number * 100 / figures.total if figures.total else 0
            label = Job.Status(status).label
            links = self.links(figures, status.lower(), status=status)
            yield Part(status, label, number, round(begin, 2), round(width, 2), links)
            begin += width

    def blockers(self, figures: Figures) -> list[tuple[Any, list[NumberLink]]]:
        """What keeps jobs from being done: each with its lists."""
        found = []
        for name, blocker in BLOCKERS.items():
            links = self.links(figures, name, **{name: str(blocker.value)})
            found.append((blocker.label, links))
        return found

    def links(self, figures: Figures, name: str, **filters: str) -> list[NumberLink]:
        """A number for each kind of jobs that the roll-out has."""
        links = []
        for kind, numbers in figures.by_kind.items():
            list_url = reverse(PAGES[kind], args=[self.fleet.pk])
            url = with_query(list_url, roll_out=figures.roll_out.pk, **filters)
            links.append(NumberLink(TITLES[kind], numbers[f"n_{name}"], url))
        return links


class RollOutList(InTab, OfRollOuts, SavedList):
    template_name = "fleetcontrol/roll_outs/list.html"

    def get_table_options(self) -> dict[str, Any]:
        return {**super().get_table_options(), "fleet": self.fleet.pk}


class RollOutColumns(InTab, OfRollOuts, SavedColumns):
    pass


class RollOutViews(InTab, OfRollOuts, SavedTableViews):
    pass


class RollOutExport(InTab, OfRollOuts, SavedExport):
    def make_table(self, **options: Any) -> RollOutTable:
        return RollOutTable(fleet=self.fleet.pk, **options)


class RollOutDetail(OfRollOuts, SavedDetail):
    """The panel next to the list, else the page with burn-up and history."""

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return [self.panel_template]
        return ["fleetcontrol/roll_outs/detail.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        if not self.request.htmx:
            context["chart"] = BurnUp(context["figures"]) if context["figures"].points else None
            context["history"] = history_of(self.object)
        return context


class RollOutFigures(OfRollOuts, OneSaved, View):
    """The numbers of the burn-up as a file."""

    def get(self, request: HttpRequest, form: str, **kwargs: Any) -> HttpResponseBase:
        self.object.fleet = self.fleet
        return export(form, self.rows(Figures(self.object)), "roll_out", fleet=self.fleet)

    @staticmethod
    def rows(figures: Figures) -> Iterator[list[Any]]:
        yield [_("Day"), _("Jobs"), _("Done"), _("Target")]
        for point in figures.points:
            scope = "" if point.scope is None else point.scope
            done = "" if point.done is None else point.done
            yield [point.day.isoformat(), scope, done, point.ideal]


class RollOutMenu(OfRollOuts, SavedMenu):
    pass


class RollOutFormView(OfRollOuts, SavedForm):
    form_class = RollOutForm
    posted: tuple[str, ...] = ("enter",)
    template_name = "fleetcontrol/saved/preset_form.html"


class CreateRollOut(RollOutFormView):
    title = gettext_lazy("New Roll-out")

    def make_form(self, data: QueryDict | None = None) -> RollOutForm:
        return RollOutForm(data, fleet=self.fleet, initial={"owner": self.request.user.pk})

    def save(self, form: RollOutForm) -> str:
        made = RollOut.objects.create_by(self.request.user, fleet=self.fleet, **form.values)
        return made.pk


class EditRollOut(EditSaved, RollOutFormView):
    title = gettext_lazy("Edit Roll-out")
    posted = ("enter", "seen")

    def save(self, form: RollOutForm) -> str:
        self.object.edit_by(self.request.user, **form.values)
        return self.object.pk


class DeleteRollOut(OfRollOuts, DeleteOrArchive):
    pass


class RestoreRollOut(OfRollOuts, RestoreArchived):
    pass
