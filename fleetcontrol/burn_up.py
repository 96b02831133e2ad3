"""The burn-up of a roll-out as shapes of an SVG of 100 × 100, which the page stretches to its width."""

from collections.abc import Callable, Iterable
from datetime import date

from django.utils.functional import cached_property

from jobs.reading.roll_out_figures import Figures, Point


class BurnUp:
    def __init__(self, figures: Figures):
        self.figures = figures

    @property
    def points(self) -> list[Point]:
        return self.figures.points

    @property
    def target(self) -> date:
        return self.figures.roll_out.target_date

    @cached_property
    def start(self) -> date:
        return self.points[0].day

    @cached_property
    def end(self) -> date:
        """As far as the forecast, unless that lies so far ahead that the past would shrink to a dot."""
        last = self.points[-1].day
        forecast = self.figures.forecast.day
        if forecast is None or forecast <= last:
            return last
        return min(forecast, last + (last - self.start) * 2)

    @property
    def highest(self) -> int:
        return self.figures.total

    def x(self, day: date) -> float:
        whole = (self.end - self.start).days or 1
        return round((day - self.start).days * 100 / whole, 2)

    def y(self, number: float) -> float:
        return round(100 - number * 96 / (self.highest or 1), 2)

    def line(self, of: Callable[[Point], int | None]) -> str:
        """The points of a polyline; days without a number are left out."""
        return self._path((point.day, of(point)) for point in self.points)

    def _path(self, pairs: Iterable[tuple[date, int | None]]) -> str:
        known = [(day, number) for day, number in pairs if number is not None]
        return " ".join(f"{self.x(day)},{self.y(number)}" for day, number in known)

    @property
    def scope_line(self) -> str:
        return self.line(lambda point: point.scope)

    @property
    def done_line(self) -> str:
        return self.line(lambda point: point.done)

    @property
    def ideal_line(self) -> str:
        return self._path([(self.start, 0), (max(self.target, self.start), self.figures.total)])

    @property
    def forecast_line(self) -> str:
        """From today at the present pace, as far as the picture goes."""
        day = self.figures.forecast.day
        if day is None or not self.figures.remaining:
            return ""
        today = self.figures.today
        whole = (day - today).days or 1
        shown = min(day, self.end)
        risen = self.figures.remaining * (shown - today).days / whole
        begin = f"{self.x(today)},{self.y(self.figures.done)}"
        return f"{begin} {self.x(shown)},{self.y(self.figures.done + risen)}"

    @property
    def today_x(self) -> float:
        return self.x(min(self.figures.today, self.end))

    @property
    def target_x(self) -> float:
        return self.x(max(self.target, self.start))
