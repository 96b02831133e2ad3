"""Units are retired many at a time: a selection, its consequence, a summary."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from core.errors import MoveRefused
from core.web.once import answer_form_once, form_answer
from core.web.posted import require_field
from fleetcontrol import return_to
from fleetcontrol.vehicle_consequences import first_of
from fleetcontrol.views.unit_list import SelectedUnits
from telematics.models import Custody
from telematics.models.many_units import MOST, Judged, Retirement


class RetireUnits(SelectedUnits, TemplateView):
    """GET shows what becomes of the selection, POST retires it. The form carries a digest of what was shown."""

    writes = True
    most = MOST
    template_name = "fleetcontrol/units/retire.html"
    posted = ("query", "select", "all", return_to.PARAMETER, "seen")
    refusal = ""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        require_field(request, "seen")
        if before := form_answer(request):
            return self.finish(before)
        if not self.fits:
            return self.render_to_response(self.get_context_data())
        try:
            number = answer_form_once(request, self.retire)
        except MoveRefused as refused:
            self.refusal = str(refused)
            return self.render_to_response(self.get_context_data())
        return self.finish(number)

    def retire(self) -> str:
        seen = self.request.POST["seen"]
        retirement = Retirement(self.selected)
        return str(retirement.apply(self.request.user, fleet=self.fleet, seen=seen))

    def finish(self, result: str) -> HttpResponse:
        number = int(result)
        text = ngettext("%(n)s unit was retired.", "%(n)s units were retired.", number)
        level = messages.SUCCESS if number else messages.WARNING
        messages.add_message(self.request, level, text % {"n": number})
        return redirect(self.list_url)

    # --- what is shown --------------------------------------------------------------------------------------------
    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if self.fits:
            context |= self.consequence(Retirement(self.selected).judge())
        return super().get_context_data(refusal=self.refusal, **self.selection_context(), **context)

    @staticmethod
    def consequence(judged: Judged) -> dict[str, Any]:
        free = [unit.pk for unit in judged.free]
        return {
            "able": len(free),
            "seen": judged.seen,
            "held": Custody.objects.open().filter(unit__in=free).count(),
            "obstacles": [(reason, first_of(rows)) for reason, rows in judged.refused.items()],
        }
