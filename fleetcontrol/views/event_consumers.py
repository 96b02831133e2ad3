"""*Settings ▸ Event consumers*: what is notified of each change in the fleet, for its admins."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.models import EventConsumer
from accounts.models.consumer_choices import Kind
from accounts.models.event_consumer_queryset import MOST
from core.web.lists.counts import count
from core.web.lists.pages import CursorPage
from core.web.once import answer_form_once
from core.web.posted import names_of
from fleetcontrol.event_consumers.figures import kept_of, shown_consumers
from fleetcontrol.event_consumers.kinds import Offer, offer_of, offered, steps_template
from fleetcontrol.event_consumers.queues import queues_of
from fleetcontrol.event_consumers.trial import trial_of
from fleetcontrol.forms.event_consumers import FORMS, FeedForm
from fleetcontrol.settings_tabs import settings_tabs
from fleetcontrol.views.settings_page import SecretPage, SettingsPage


class ConsumersPage(SettingsPage):
    list_name = "fleetcontrol:event-consumers"


class ConsumerList(ConsumersPage, TemplateView):
    template_name = "fleetcontrol/event_consumers/list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        consumers = self.fleet.event_consumers.live().order_by("name", "pk")
        shown = shown_consumers(consumers)
        tabs = settings_tabs(self.fleet.pk, self.fleet.role, current="EVENT_CONSUMERS")
        return super().get_context_data(
            consumers=shown, is_full=len(shown) >= MOST, tabs=tabs, **context
        )


class ChooseKind(ConsumersPage, TemplateView):
    template_name = "fleetcontrol/event_consumers/kinds.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(offers=list(offered()), **context)


class FormOfKind:
    """A form with the fields of the consumer's kind."""

    @property
    def kind(self) -> str:
        raise NotImplementedError

    def get_form_class(self) -> type[FeedForm]:
        return FORMS[self.kind]

    def names_of_form(self) -> set[str]:
        return names_of(self.get_form_class())


class ConsumerSecretPage(ConsumersPage, SecretPage):
    detail_name = "fleetcontrol:event-consumer"

    def about_secret(self, row: EventConsumer) -> dict[str, Any]:
        context: dict[str, Any] = {"consumer": row, "steps_template": steps_template(row)}
        if row.kind == Kind.AMQP:
            context["queues"] = queues_of(row)
        return context


class NewConsumer(FormOfKind, ConsumerSecretPage):
    offer: Offer

    def load(self) -> None:
        offer = offer_of(self.kwargs["kind"])
        if offer is None:
            raise Http404
        self.offer = offer

    @property
    def kind(self) -> str:
        return self.offer.kind

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("New event consumer"), lead=self.offer.sentence, **context
        )

    def make(self, form: forms.Form) -> tuple[EventConsumer, str]:
        given = form.cleaned_data
        consumer = EventConsumer.objects.add(
            fleet=self.fleet, kind=self.offer.kind, by=self.request.user, **given
        )
        return consumer, consumer.shown_secret

    def show_secret(self, row: EventConsumer, secret: str) -> HttpResponse:
        if not secret:
            return redirect(self.detail_name, self.fleet.pk, row.pk)
        return super().show_secret(row, secret)


class ConsumerPage(ConsumersPage):
    """A page about one event consumer of the fleet that is not removed."""

    consumer: EventConsumer

    @property
    def consumers(self) -> Any:
        return self.fleet.event_consumers.live()

    def load(self) -> None:
        consumers = self.consumers.select_related("created_by")
        consumer = consumers.filter(pk=self.kwargs["consumer_id"]).first()
        if consumer is None:
            raise Http404
        self.consumer = consumer
        self.consumer.fleet = self.fleet

    @property
    def detail_url(self) -> str:
        return reverse("fleetcontrol:event-consumer", args=[self.fleet.pk, self.consumer.pk])

    def get_success_url(self) -> str:
        return self.detail_url

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(consumer=self.consumer, **context)


class ConsumerDetail(ConsumerPage, TemplateView):
    template_name = "fleetcontrol/event_consumers/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        [shown] = shown_consumers([self.consumer])
        context |= {
            "shown": shown,
            "kept": kept_of(self.consumer),
            "trial": trial_of(self.consumer),
        }
        if shown.has_log:
            context |= self.log()
        return super().get_context_data(**context)

    def log(self) -> dict[str, Any]:
        """A page of the deliveries, and how many there are."""
        log = self.consumer.deliveries.log()
        page = CursorPage(log, "-tried_at", cursor=self.request.GET.get("cursor", ""))
        return {"page": page, "total": count(log)}


class EditConsumer(FormOfKind, ConsumerPage, FormView):
    template_name = "fleetcontrol/settings/form.html"

    @property
    def kind(self) -> str:
        return self.consumer.kind

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet, "consumer": self.consumer}

    def get_initial(self) -> dict[str, Any]:
        names = self.get_form_class().base_fields
        return {name: getattr(self.consumer, name) for name in names}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Edit event consumer"), cancel_url=self.detail_url, **context
        )

    def form_valid(self, form: forms.Form) -> HttpResponse:
        answer_form_once(self.request, lambda: self.save(form))
        return super().form_valid(form)

    def save(self, form: forms.Form) -> str:
        self.consumer.edit(by=self.request.user, **form.cleaned_data)
        return str(self.consumer.pk)
