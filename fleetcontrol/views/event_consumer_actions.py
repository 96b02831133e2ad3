"""What an admin does with an event consumer: test it, go on, deliver again, remove it."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import EventConsumer, WebhookDelivery
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from fleetcontrol.event_consumers.kinds import CALLED, WITH_SECRET, WITH_TWO_SECRETS, WITHOUT_PLACE
from fleetcontrol.forms.consumer_actions import LATER, RenewForm, ReplayForm, SinceForm
from fleetcontrol.views.event_consumers import ConsumerPage, ConsumerSecretPage


class ConsumerAction(ConsumerPage, ConfirmView):
    runs_once = True
    verb = ""

    def check(self) -> None:
        if self.verb and not self.is_repeat:
            self.consumer.check_move(self.verb)


class SendTest(ConsumerAction):
    submit = gettext_lazy("Send")
    done = gettext_lazy("The test message is being sent. This page shows whether it arrives.")
    lead = gettext_lazy("It goes to this event consumer alone, behind what waits for it.")

    @property
    def title(self) -> str:
        return with_names(_("Send a test message to %(name)s?"), name=self.consumer.name)

    def perform(self) -> None:
        text = _("This is a test message.")
        self.consumer.send_test(by=self.request.user, text=text)


class Resume(ConsumerAction):
    verb = "resume"
    submit = gettext_lazy("Resume")
    done = gettext_lazy("It goes on where it stopped.")
    lead = gettext_lazy(
        "It goes on where it stopped. In place of messages that are no longer kept, it gets a note of the gap."
    )

    @property
    def title(self) -> str:
        return with_names(_("Resume %(name)s?"), name=self.consumer.name)

    def perform(self) -> None:
        self.consumer.resume(by=self.request.user)


class Replay(ConsumerAction):
    verb = "replay"
    form_class = ReplayForm
    submit = gettext_lazy("Deliver again")
    done = gettext_lazy("The messages are delivered again.")
    lead = gettext_lazy(
        "Messages are kept for 7 days, states for 2. The receiver recognises those that it has by their id."
    )

    def load(self) -> None:
        super().load()
        if self.consumer.kind in WITHOUT_PLACE:
            raise Http404

    @property
    def title(self) -> str:
        return with_names(_("Deliver messages to %(name)s again?"), name=self.consumer.name)

    def perform(self, again: str, since: datetime | None) -> None:
        self.consumer.replay(by=self.request.user, since=since)


class NewSecret(ConsumerPage, ConsumerSecretPage):
    form_class: type[forms.Form] = RenewForm

    def load(self) -> None:
        super().load()
        if self.consumer.kind not in WITH_SECRET:
            raise Http404
        if self.consumer.kind not in WITH_TWO_SECRETS:
            self.form_class = forms.Form

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = with_names(_("New secret for %(name)s"), name=self.consumer.name)
        return super().get_context_data(
            title=title, submit=_("Create secret"), cancel_url=self.detail_url, **context
        )

    def make(self, form: forms.Form) -> tuple[EventConsumer, str]:
        keep = form.cleaned_data.get("former") == LATER
        return self.consumer, self.consumer.renew_secret(by=self.request.user, keep_former=keep)


class SendAgain(ConsumerAction):
    """One message that was set aside."""

    submit = gettext_lazy("Send again")
    done = gettext_lazy("The message is sent again.")
    delivery: WebhookDelivery

    def load(self) -> None:
        super().load()
        deliveries = self.consumer.deliveries.filter(pk=self.kwargs["delivery_id"])
        delivery = deliveries.first()
        if delivery is None:
            raise Http404
        self.delivery = delivery
        self.delivery.consumer = self.consumer

    def check(self) -> None:
        if not self.is_repeat:
            self.delivery.check_move("send_again")

    @property
    def title(self) -> str:
        return with_names(_("Send %(message)s again?"), message=self.delivery)

    def perform(self) -> None:
        self.delivery.send_again(by=self.request.user)


class SendAllAgain(ConsumerAction):
    """All that was set aside since a time."""

    form_class = SinceForm
    submit = gettext_lazy("Send again")
    lead = gettext_lazy(
        "All messages that were set aside since then are tried again, as far as they are kept."
    )

    def load(self) -> None:
        super().load()
        if self.consumer.kind not in CALLED:
            raise Http404

    @property
    def title(self) -> str:
        return with_names(_("Send to %(name)s again?"), name=self.consumer.name)

    def perform(self, since: datetime) -> str:
        number = WebhookDelivery.objects.send_all_again(
            self.consumer, since=since, by=self.request.user
        )
        return str(number)

    def done_text(self, result: str) -> str:
        number = int(result)
        return ngettext(
            "%(number)s message is sent again.", "%(number)s messages are sent again.", number
        ) % {"number": number}


class RemoveConsumer(ConsumerPage, ConfirmView):
    submit = gettext_lazy("Remove")
    done = gettext_lazy("The event consumer was removed.")
    lead = gettext_lazy(
        "It gets no more messages, its credentials end at once, and nothing is kept for it. This cannot be undone."
    )
    danger = True

    @property
    def consumers(self) -> Any:
        """Who sends the form twice gets the same answer."""
        if self.request.method == "POST":
            return self.fleet.event_consumers.all()
        return super().consumers

    @property
    def title(self) -> str:
        return with_names(_("Remove %(name)s?"), name=self.consumer.name)

    def get_cancel_url(self) -> str:
        return self.detail_url

    def get_success_url(self) -> str:
        return self.list_url

    def perform(self) -> None:
        self.consumer.remove(by=self.request.user)
