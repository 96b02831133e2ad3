"""The page of one simulated unit: what a person does at the car, and faults. It exists in demo mode only."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from core.web.posted import StrictPost, names_of
from telematics.models import Unit
from telematics.signals import units_in_hand
from telematics.simulator import hands, heartbeats, person
from telematics.simulator.models import SimulatedUnit

CarForm = hands.ActionForm | hands.VinForm | hands.FaultForm
# By the name of a field that the form alone has. A fault is the last.
FORMS: dict[str, type[CarForm]] = {
    "action": hands.ActionForm,
    "vin": hands.VinForm,
    "fault": hands.FaultForm,
}


def units_of(user: User) -> QuerySet[Unit]:
    seen = Q(pk__in=Unit.objects.visible_to(user).values("pk"))
    for _receiver, condition in units_in_hand.send(sender=None, user=user):
        seen |= Q(condition)
    return Unit.objects.filter(seen)


class SimulatorPage(AccessMixin, StrictPost):
    """Open to a demo login that sees the fleet of the unit, or that holds a job on it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO or not person.plays_here():
            raise Http404
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        units = units_of(request.user).filter(pk=kwargs["qnr"])
        if not request.user.is_demo or not units.exists():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def form(self) -> type[CarForm]:
        """The form that was sent."""
        sent = (form for name, form in FORMS.items() if name in self.request.POST)
        return next(sent, hands.FaultForm)

    def names_of_form(self) -> set[str]:
        return names_of(self.form)

    def get(self, request: HttpRequest, qnr: str) -> HttpResponse:
        return self._show(self._unit(qnr))

    def _show(self, unit: SimulatedUnit, vin: hands.VinForm | None = None) -> HttpResponse:
        faults = hands.FaultForm(
            initial={"fault": unit.active_fault, "persistence": unit.persistence}
        )
        context = {
            "unit": unit,
            "seen": hands.seen(unit.car),
            "reported": hands.reported(unit.signals),
            "actions": [(name, label) for name, (label, _changes) in hands.ACTIONS.items()],
            "faults": faults,
            "vin": vin or hands.VinForm(initial={"vin": unit.car["vin"]}),
        }
        return render(self.request, "simulator/unit.html", context)

    def post(self, request: HttpRequest, qnr: str) -> HttpResponse:
        """Only a VIN is typed: other invalid data did not come from the forms."""
        form = self.form(request.POST)
        if not form.is_valid():
            if isinstance(form, hands.VinForm):
                return self._show(self._unit(qnr), form)
            raise Http404
        with transaction.atomic():
            form.apply(self._unit(qnr), timezone.now())
        heartbeats.send(qnr)
        messages.success(request, _("Done at the car."))
        return redirect(request.path)

    @staticmethod
    @transaction.atomic
    def _unit(qnr: str) -> SimulatedUnit:
        """Bring the unit up to now and return it."""
        unit = SimulatedUnit.objects.locked(qnr)
        if unit is None:
            raise Http404
        unit.save()
        return unit
