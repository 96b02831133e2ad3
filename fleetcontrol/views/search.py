"""The search over everything that a fleet has, the command palette, and the keys."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from accounts.models import Fleet
from core.normal import normalise
from core.values.texts import LINE
from core.web.dialogs import DIALOG_FRAME, DialogMixin
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.navigation import Link, Navigation, across
from fleetcontrol.views.finding import Group, Hit, found_in_fleet
from jobs.search import SHORTEST_SEARCH

MOST_FLEETS = 10


class Search(FleetMixin, TemplateView):
    """The results as a page; for scripts, as the options of the field."""

    title: Any = gettext_lazy("Search")

    @cached_property
    def text(self) -> str:
        return LINE.canonical(self.request.GET.get("q", ""))

    @property
    def is_long_enough(self) -> bool:
        return len(normalise(self.text)) >= SHORTEST_SEARCH

    @cached_property
    def groups(self) -> list[Group]:
        if not self.is_long_enough:
            return []
        self.request.fleet = self.fleet
        return list(found_in_fleet(self.request, self.text))

    @property
    def outcome(self) -> str:
        """What a screen reader announces, and what stands where nothing is found."""
        number = sum(len(group.hits) for group in self.groups)
        if number:
            return ngettext("%(number)s result", "%(number)s results", number) % {"number": number}
        if self.is_long_enough:
            return _("Nothing found.")
        return _("Type at least three characters.")

    def get_template_names(self) -> list[str]:
        if self.request.htmx:
            return ["fleetcontrol/search/found.html"]
        return ["fleetcontrol/search/page.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context["q"] = self.text
        context["groups"] = self.groups
        context["outcome"] = self.outcome
        context["title"] = self.title
        return super().get_context_data(**context)


class Palette(Search):
    """Besides what is found: the pages of the fleet, what can be begun there, and the reader's other fleets."""

    title = gettext_lazy("Search and commands")

    @cached_property
    def groups(self) -> list[Group]:
        navigation = Navigation(self.fleet.pk, self.fleet.role)
        commands = [
            Group(_("Begin something new"), self.called(navigation.forms())),
            Group(_("Pages"), self.called([*navigation.pages(), across()])),
        ]
        fleets = Group(_("Other fleets"), list(self.other_fleets()))
        return [group for group in (*commands, *super().groups, fleets) if group.hits]

    def called(self, links: Iterable[Link]) -> list[Hit]:
        """Those whose label has every word that was typed."""
        words = self.text.casefold().split()
        hits = [Hit(str(link.label), link.url, icon=link.icon) for link in links]
        return [hit for hit in hits if all(word in hit.title.casefold() for word in words)]

    def other_fleets(self) -> Iterator[Hit]:
        fleets = Fleet.objects.visible_to(self.request.user).exclude(pk=self.fleet.pk)
        named = Q(name__icontains=self.text) | Q(provider__name__icontains=self.text)
        found = fleets.filter(named) if self.text else fleets
        for fleet in found.select_related("provider").order_by("provider__name", "name")[
            :MOST_FLEETS
        ]:
            url = reverse("fleetcontrol:fleet", args=[fleet.pk])
            yield Hit(fleet.name, url, fleet.provider.name, icon="building")

    def get_template_names(self) -> list[str]:
        if self.request.htmx and "q" not in self.request.GET:
            return ["fleetcontrol/search/palette.html"]
        return super().get_template_names()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(frame=DIALOG_FRAME, **context)


class Keys(FleetMixin, DialogMixin, TemplateView):
    template_name = "fleetcontrol/keys.html"
    page_frame = "fleetcontrol/dialog_page.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        overview = reverse("fleetcontrol:overview", args=[self.fleet.pk])
        return super().get_context_data(title=_("Keyboard shortcuts"), list_url=overview, **context)
