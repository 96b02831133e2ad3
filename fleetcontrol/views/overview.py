"""Where a fleet stands: what needs somebody, and how its jobs went."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from fleetcontrol.exports import export
from fleetcontrol.forms.figures import GROUPS, FiguresForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.needs import needs_of
from fleetcontrol.views.of_list import list_parameters
from jobs.reading.figures import BY_TIME, Line, figures, in_all

LABELS: dict[str, Any] = dict(GROUPS)


class OfFigures(FleetMixin):
    section = "overview"

    @cached_property
    def form(self) -> FiguresForm:
        return FiguresForm(self.request.GET, today=self.fleet.today)

    @cached_property
    def lines(self) -> list[Line]:
        """Empty where the reader has asked for what cannot be."""
        if not self.form.is_valid():
            return []
        return figures(self.fleet, **self.form.cleaned_data)

    @property
    def by(self) -> str:
        """What the figures are grouped by; "" where the reader has asked for what cannot be."""
        return self.form.cleaned_data["by"] if self.form.is_valid() else ""

    @property
    def is_by_time(self) -> bool:
        return self.by in BY_TIME


class Overview(OfFigures, TemplateView):
    template_name = "fleetcontrol/overview.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        needed = needs_of(self.fleet, self.request)
        return super().get_context_data(
            pressing=[one for one in needed if one.is_pressing],
            at_rest=[one for one in needed if not one.is_pressing],
            form=self.form,
            group_label=LABELS.get(self.by, ""),
            is_by_time=self.is_by_time,
            lines=self.lines,
            total=in_all(self.lines),
            query_string=list_parameters(self.request.GET, self.form.fields).urlencode(),
            **context,
        )


class ExportFigures(OfFigures, View):
    """The numbers of the table, as CSV or as an Excel workbook."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return export(kwargs["form"], self.rows(), "figures", fleet=self.fleet)

    def rows(self) -> Iterator[list[Any]]:
        yield [
            *(_("Group"), _("Created"), _("Succeeded"), _("Failed"), *self.to_do_titles),
            *(_("First-time success"), _("Hours from assigned to finished")),
            *(_("Tests repeated"), _("Why failed")),
        ]
        for line in self.lines:
            hours = line.duration.total_seconds() / 3600 if line.duration else None
            yield [
                *(line.group, line.created, line.succeeded, line.failed),
                *self.to_do(line),
                _written(line.first_time_success),
                "" if hours is None else f"{hours:.1f}",
                _written(line.repeated_share),
                line.why_failed,
            ]

    @property
    def to_do_titles(self) -> tuple[str, str]:
        if self.is_by_time:
            return _("Planned"), _("Of these open")
        return _("Open"), _("Overdue")

    def to_do(self, line: Line) -> tuple[int, int]:
        if self.is_by_time:
            return line.planned, line.planned_and_open
        return line.open_now, line.overdue_now


def _written(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
