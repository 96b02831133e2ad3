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
from telematics.simulator import hands, person
from telematics.simulator.models import SimulatedUnit

FORMS: dict[str, type[hands.ActionForm | hands.FaultForm]] = {
    "action": hands.ActionForm,
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
    def form(self) -> type[hands.ActionForm | hands.FaultForm]:
        """The form that was sent."""
        return FORMS["action" if "action" in self.request.POST else "fault"]

    def names_of_form(self) -> set[str]:
        return names_of(self.form)

    def get(self, request: HttpRequest, qnr: str) -> HttpResponse:
        unit = self._unit(qnr)
        faults = hands.FaultForm(
            initial={"fault": unit.active_fault, "persistence": unit.persistence}
        )
        context = {
            "unit": unit,
            "seen": hands.seen(unit.car),
            "reported": hands.reported(unit.signals),
            "actions": [(name, label) for name, (label, _changes) in hands.ACTIONS.items()],
            "faults": faults,
        }
        return render(request, "simulator/unit.html", context)

    def post(self, request: HttpRequest, qnr: str) -> HttpResponse:
        """The forms have nothing to type, so invalid data did not come from them."""
        form = self.form(request.POST)
        if not form.is_valid():
            raise Http404
        with transaction.atomic():
            form.apply(self._unit(qnr), timezone.now())
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
