"""The fleets of a provider side by side: where each stands, and how its jobs went lately."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from accounts.models import Fleet, MobilityProvider
from accounts.second_factor import SecondFactorMixin
from jobs.models import Job
from jobs.parts.obstacles import UNTOUCHED_DAYS
from jobs.reading.fleets_figures import DAYS, FleetFigures, figures_of_fleets

# The number of a fleet → the title of its column, and the query of the lists of jobs that show the same.
OF_JOBS: dict[str, tuple[Promise, str]] = {
    "open": (_("Open"), "status=PENDING&status=ASSIGNED&status=RUNNING"),
    "overdue": (_("Overdue"), "overdue=on"),
    "to_follow_up": (_("Failed without a follow-up"), "to_follow_up=on"),
    "untouched": (_("Assigned and untouched"), f"untouched={UNTOUCHED_DAYS}"),
    "asked_back": (_("Asked back"), "asked_back=on"),
}


class Link(NamedTuple):
    number: int
    label: str | Promise
    url: str


class FleetRow:
    """A fleet, and its numbers with their lists."""

    def __init__(self, fleet: Fleet, figures: FleetFigures) -> None:
        self.fleet = fleet
        self.figures = figures

    @property
    def of_jobs(self) -> list[list[Link]]:
        """A cell for each column of jobs: what is not 0, by kind."""
        return [list(self._links(name, query)) for name, (_title, query) in OF_JOBS.items()]

    def _links(self, name: str, query: str) -> Iterator[Link]:
        for kind in Job.Kind:
            if number := self.figures.of_kind(name, kind):
                url = reverse(f"fleetcontrol:{kind.lower()}_jobs", args=[self.fleet.pk])
                yield Link(number, kind.label, f"{url}?{query}")

    @property
    def silent(self) -> Link:
        url = reverse("fleetcontrol:vehicles", args=[self.fleet.pk])
        return Link(self.figures.of("silent"), _("Vehicles"), f"{url}?silent=on")

    @property
    def succeeded(self) -> Link:
        """Its number is the sum that the overview of the fleet shows for these days."""
        url = reverse("fleetcontrol:overview", args=[self.fleet.pk])
        since = self.fleet.today - timedelta(days=DAYS - 1)
        query = f"by=week&since={since}&until={self.fleet.today}#figures"
        return Link(self.figures.of("succeeded"), _("Succeeded"), f"{url}?{query}")


class ProviderTable:
    """The fleets of one provider, and their sum."""

    def __init__(self, provider: MobilityProvider, rows: list[FleetRow]) -> None:
        self.provider = provider
        self.rows = rows
        self.total = FleetFigures()
        for row in rows:
            self.total.add(row.figures)

    @property
    def totals_of_jobs(self) -> list[int]:
        return [self.total.of(name) for name in OF_JOBS]

    @property
    def silent(self) -> int:
        return self.total.of("silent")

    @property
    def succeeded(self) -> int:
        return self.total.of("succeeded")


class FleetsOverview(SecondFactorMixin, TemplateView):
    """One table for each provider. It shows numbers, so two-factor authentication is required where a fleet does."""

    template_name = "fleetcontrol/fleets_overview.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        titles = [title for title, _query in OF_JOBS.values()]
        context |= {"tables": list(self.tables()), "titles": titles, "days": DAYS}
        return super().get_context_data(**context)

    def tables(self) -> Iterator[ProviderTable]:
        fleets = Fleet.objects.visible_to(self.request.user).select_related("provider")
        ordered = list(fleets.order_by("provider__name", "provider", "name"))
        figures = figures_of_fleets(ordered)
        for provider, of_provider in groupby(ordered, key=lambda fleet: fleet.provider):
            rows = [FleetRow(fleet, figures[fleet.pk]) for fleet in of_provider]
            yield ProviderTable(provider, rows)
