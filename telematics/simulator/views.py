"""The page of one simulated unit, in demo mode alone: hands and faults for whoever tries the product."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from telematics.simulator import hands, person
from telematics.simulator.models import SimulatedUnit

FORMS: dict[str, type[hands.ActForm | hands.FaultForm]] = {"act": hands.ActForm, "fault": hands.FaultForm}


class SimulatorPage(View):
    def dispatch(self, request, *args, **kwargs):
        if not settings.DEMO or not person.plays_here():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, qnr):
        unit = self._unit(qnr)
        faults = hands.FaultForm(initial={"fault": unit.active_fault, "persistence": unit.persistence})
        shown = {"seen": hands.seen(unit.car), "said": hands.said(unit.signals)}
        context = {"unit": unit, "acts": hands.ACTS, "faults": faults, **shown}
        return render(request, "telematics/simulator.html", context)

    def post(self, request, qnr):
        """The forms have nothing to type, so what does not fit came from no form of ours."""
        form = FORMS["act" if "act" in request.POST else "fault"](request.POST)
        if not form.is_valid():
            raise Http404
        with transaction.atomic():
            form.apply(self._unit(qnr), timezone.now())
        messages.success(request, _("Done at the car."))
        return redirect(request.path)

    @staticmethod
    @transaction.atomic
    def _unit(qnr):
        """The row as it is now, with everything that was still to happen."""
        unit = SimulatedUnit.objects.locked(qnr)
        if unit is None:
            raise Http404
        unit.save()
        return unit
