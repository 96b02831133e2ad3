"""The page of a unit, and what the fleet does with it: enter, hand over, receive, retire, print labels."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from accounts.models import Company
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.actions import Action, Actions
from core.web.confirm import ConfirmView
from core.web.once import answer_form_once, form_answer
from core.web.qr import code_of
from fleetcontrol.forms.units import EnterForm, HandOverForm
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.tables.units import place_of
from jobs.models import Job
from jobs.reading.custody import history_of
from telematics.models import Custody, Unit

MOST_LABELS = 240


class UnitActions(Actions):
    def __init__(self, unit: Unit, custody: Custody | None) -> None:
        self.unit = unit
        self.custody = custody

    def offered(self) -> Iterator[Action]:
        if self.custody:
            url = self.url("receive")
            yield Action(_("Received"), url, "inbox", opens_dialog=True, is_main=True)
        elif self.is_in_stock:
            url = self.url("hand-over")
            yield Action(_("Hand Over"), url, "people", opens_dialog=True, is_main=True)
        labels = reverse("fleetcontrol:unit-labels", args=[self.unit.fleet_id])
        yield Action(_("Print label"), f"{labels}?select={self.unit.pk}", "qr-code-scan")
        if self.unit.retired_at:
            yield Action(_("Bring back"), self.url("bring-back"), "inbox", opens_dialog=True)
        elif self.is_in_stock:
            url = self.url("retire")
            yield Action(_("Retire"), url, "trash", opens_dialog=True, is_danger=True)

    @cached_property
    def is_in_stock(self) -> bool:
        return Unit.objects.in_stock().filter(pk=self.unit.pk).exists()

    def url(self, name: str) -> str:
        return reverse(f"fleetcontrol:unit-{name}", args=[self.unit.fleet_id, self.unit.pk])


class UnitMixin(FleetMixin):
    section = "units"

    def find(self) -> None:
        units = Unit.objects.visible_to(self.request.user).filter(fleet=self.fleet)
        unit = units.select_related("vehicle").filter(pk=self.kwargs["qnr"]).first()
        if unit is None:
            raise Http404
        self.unit = unit

    @cached_property
    def custody(self) -> Custody | None:
        """The one that is open."""
        return self.unit.custodies.open().select_related("company").first()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        list_url = reverse("fleetcontrol:units", args=[self.fleet.pk])
        return super().get_context_data(
            unit=self.unit, custody=self.custody, list_url=list_url, **context
        )


class UnitDetail(UnitMixin, TemplateView):
    template_name = "fleetcontrol/units/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        vehicle = getattr(self.unit, "vehicle", None)
        job = Job.objects.using_unit(self.unit.pk).order_by("-pk").first()
        return super().get_context_data(
            vehicle=vehicle,
            job=job,
            place=place_of(self.unit.retired_at, vehicle, job),
            actions=UnitActions(self.unit, self.custody),
            history=history_of(self.unit),
            **context,
        )


class UnitAction(UnitMixin, ConfirmView):
    writes = True
    base_template = "fleetcontrol/base.html"

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:unit", args=[self.fleet.pk, self.unit.pk])


class HandOver(UnitAction):
    form_class = HandOverForm
    title = gettext_lazy("Hand over the unit")
    lead = gettext_lazy("The company holds it from now on, and mounts it in one of its jobs.")
    submit = gettext_lazy("Hand Over")

    def check(self) -> None:
        if self.custody:
            raise MoveRefused("unit_held")
        if not Unit.objects.in_stock().filter(pk=self.unit.pk).exists():
            raise MoveRefused("unit_not_available")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def perform(self, company: Company) -> None:
        Custody.objects.hand_over(self.unit.pk, company, fleet=self.fleet, by=self.request.user)
        self.done = with_names(
            _("%(company)s holds unit %(unit)s now."), company=company, unit=self.unit
        )


class Receive(UnitAction):
    title = gettext_lazy("Is the unit back?")
    submit = gettext_lazy("Received")

    def check(self) -> None:
        if not self.custody:
            raise MoveRefused("unit_not_held")

    @property
    def lead(self) -> str:
        text = _("%(company)s holds unit %(unit)s. Confirm that the fleet has it back.")
        company = self.custody and self.custody.company
        return with_names(text, company=company, unit=self.unit)

    def perform(self) -> None:
        Custody.objects.receive(self.unit, by=self.request.user)
        self.done = with_names(_("Unit %(unit)s is back."), unit=self.unit)


class Retire(UnitAction):
    title = gettext_lazy("Retire the unit?")
    lead = gettext_lazy("No job can plan or mount it until you bring it back.")
    submit = gettext_lazy("Retire")
    danger = True

    def check(self) -> None:
        if not self.unit.retired_at:
            self.unit.check_may_retire()

    def perform(self) -> None:
        self.unit.retire(by=self.request.user)
        self.done = with_names(_("Unit %(unit)s is retired."), unit=self.unit)


class BringBack(UnitAction):
    title = gettext_lazy("Bring the unit back?")
    lead = gettext_lazy("It is in stock again, and jobs can plan and mount it.")
    submit = gettext_lazy("Bring back")

    def perform(self) -> None:
        self.unit.bring_back(by=self.request.user)
        self.done = with_names(_("Unit %(unit)s is in stock again."), unit=self.unit)


class EnterUnits(FleetMixin, FormView):
    """Units that the fleet has got: scanned, typed, or in a file. All of them are entered, or none."""

    template_name = "fleetcontrol/units/enter.html"
    form_class = EnterForm
    writes = True
    section = "units"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:units", args=[self.fleet.pk])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if before := form_answer(request):
            return self.entered(int(before))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: EnterForm) -> HttpResponse:
        try:
            number = answer_form_once(self.request, lambda: self.enter(form.qnrs))
        except ValidationError as refused:
            form.refuse(refused)
            return self.form_invalid(form)
        return self.entered(int(number))

    def enter(self, qnrs: list[str]) -> str:
        Unit.objects.enter_all(qnrs, fleet=self.fleet, by=self.request.user)
        return str(len(qnrs))

    def entered(self, number: int) -> HttpResponse:
        text = ngettext("%(count)s unit was entered.", "%(count)s units were entered.", number)
        messages.success(self.request, text % {"count": number})
        return redirect(self.get_success_url())

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(list_url=self.get_success_url(), **context)


class Labels(FleetMixin, TemplateView):
    """A sheet to print and cut: the QR code and the QNR of each chosen unit."""

    template_name = "fleetcontrol/units/labels.html"
    section = "units"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        chosen = self.request.GET.getlist("select")[:MOST_LABELS]
        units = Unit.objects.visible_to(self.request.user).filter(fleet=self.fleet)
        qnrs = units.filter(pk__in=chosen).order_by("pk").values_list("pk", flat=True)
        labels = [(qnr, code_of(qnr)) for qnr in qnrs]
        list_url = reverse("fleetcontrol:units", args=[self.fleet.pk])
        return super().get_context_data(labels=labels, list_url=list_url, **context)
