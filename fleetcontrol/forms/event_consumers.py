"""The forms of event consumers: one for each kind, for a new one and for one that there is."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import EventConsumer
from accounts.models.consumer_choices import Kind
from core.outbound.urls import check_url
from core.outbox.topics import TOPICS
from core.values.text_fields import LineFormField
from telematics.messages import STATE_RECEIVED

# As the column has it.
MOST_OF_A_URL = 500


def topic_choices() -> list[tuple[str, Any]]:
    return [(name, format_lazy("{} ({})", topic.label, name)) for name, topic in TOPICS.items()]


def topic_choices_for_people() -> list[tuple[str, Any]]:
    """States arrive every half hour of each vehicle, which nobody reads."""
    return [(name, label) for name, label in topic_choices() if name != STATE_RECEIVED]


def reason_choices() -> list[tuple[str, Any]]:
    return [
        (reason, format_lazy("{}: {}", topic.label, label))
        for topic in TOPICS.values()
        for reason, label in topic.reasons.items()
    ]


def url_field(help_text: Any) -> LineFormField:
    return LineFormField(
        label=gettext_lazy("URL"),
        max_length=MOST_OF_A_URL,
        help_text=help_text,
        widget=forms.URLInput({"autocomplete": "off", "placeholder": "https://"}),
    )


class FeedForm(forms.Form):
    """Name and topics; with `consumer`, of one that there is."""

    name = LineFormField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Of the program or channel that the messages are for."),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"),
        choices=topic_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("A topic begins with what happens after you save."),
        error_messages={"required": gettext_lazy("Choose at least one topic.")},
    )

    def __init__(
        self, *args: Any, fleet: Any, consumer: EventConsumer | None = None, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fleet = fleet
        self.consumer = consumer

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        others = EventConsumer.objects.live().filter(fleet=self.fleet, name=name)
        if self.consumer is not None:
            others = others.exclude(pk=self.consumer.pk)
        if others.exists():
            raise forms.ValidationError(
                _("The fleet already has an event consumer with this name."), code="unique"
            )
        return name


class AmqpForm(FeedForm):
    pass


class UrlForm(FeedForm):
    def clean_url(self) -> str:
        url = self.cleaned_data["url"]
        check_url(url)
        return url


class WebhookForm(UrlForm):
    url = url_field(gettext_lazy("Where your program receives messages, by POST."))


class SlackForm(UrlForm):
    url = url_field(gettext_lazy("The URL that the chat gave for an incoming webhook."))
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"),
        choices=topic_choices_for_people,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one topic.")},
    )
    reasons = forms.MultipleChoiceField(
        label=gettext_lazy("Only these reasons"),
        choices=reason_choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("None chosen: every message of the topics."),
    )


FORMS: dict[str, type[FeedForm]] = {
    Kind.FEED: FeedForm,
    Kind.WEBHOOK: WebhookForm,
    Kind.SLACK: SlackForm,
    Kind.AMQP: AmqpForm,
}
