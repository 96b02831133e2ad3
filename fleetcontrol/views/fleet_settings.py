"""*Settings ▸ Fleet*: what the admins decide for the whole fleet, and who changed it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import FormView

from accounts.models import Fleet, FleetEvent
from accounts.models.fleet_settings import SETTINGS
from core.errors import MoveRefused
from core.values.bidi import isolated
from core.web.once import answer_form_once
from fleetcontrol.forms.fleet_settings import NOT_CHOSEN, FleetSettingsForm
from fleetcontrol.settings_tabs import settings_tabs
from fleetcontrol.views.settings_page import SettingsPage

SHOWN = 50


class Entry(NamedTuple):
    sentence: SafeString
    at: Any
    details: list[tuple[str, str]]
    reason: str = ""


class FleetSettings(SettingsPage, FormView):
    form_class = FleetSettingsForm
    list_name = "fleetcontrol:fleet-settings"
    template_name = "fleetcontrol/settings/fleet.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        # Another instance than that of the page's frame: a form fills it with what was typed.
        return super().get_form_kwargs() | {"instance": Fleet.objects.get(pk=self.fleet.pk)}

    def form_valid(self, form: FleetSettingsForm) -> HttpResponse:
        try:
            answer_form_once(self.request, lambda: self.change(form))
        except ValidationError as wrong:
            form.add_error(None, wrong)
            return self.form_invalid(form)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("The settings were saved."))
        return redirect(self.get_success_url())

    def change(self, form: FleetSettingsForm) -> str:
        given = form.cleaned_data
        changed = {name: given[name] for name in SETTINGS}
        fleet = Fleet.objects.get(pk=self.fleet.pk)
        fleet.change_settings(by=self.request.user, seen=given["seen"], **changed)
        return fleet.pk

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tabs = settings_tabs(self.fleet.pk, self.fleet.role, current="FLEET")
        return super().get_context_data(tabs=tabs, entries=list(self.entries()), **context)

    def entries(self) -> Iterator[Entry]:
        events = self.fleet.events.select_related("actor").order_by("-seq")
        for event in events[:SHOWN]:
            yield Entry(sentence_of(event), event.at, list(details_of(event)))


def sentence_of(event: FleetEvent) -> SafeString:
    who = event.actor.name if event.actor else _("The system")
    return format_html(_("<b>{who}</b> changed the settings"), who=isolated(who))


def details_of(event: FleetEvent) -> Iterator[tuple[str, str]]:
    """The label of each setting that was changed, with its value before and after."""
    changes = event.data["changes"]
    for name in SETTINGS:
        if name in changes:
            field: Any = Fleet._meta.get_field(name)
            before, after = (_in_words(field, value) for value in changes[name])
            yield capfirst(str(field.verbose_name)), f"{before} → {after}"


def _in_words(field: Any, value: str) -> str:
    if not value and field.choices:
        return str(NOT_CHOSEN[1])
    return isolated(str(dict(field.flatchoices).get(value, value))) or "–"
