"""Warnings as pages show them: each leads to the job or vehicle that it means."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from jobs.warnings import IN_FLEET, IN_WORK, Warned

LINKS = {
    IN_WORK: ("fleetcontrol:job-detail", _("Open the job")),
    IN_FLEET: ("fleetcontrol:vehicle-detail", _("Open the vehicle")),
}


def at_field(fleet_id: str, warned: Warned) -> SafeString:
    return with_link(fleet_id, warned, warned.sentence)


def in_message(fleet_id: str, warned: Warned) -> SafeString:
    return with_link(fleet_id, warned, warned.message)


def with_link(fleet_id: str, warned: Warned, text: str) -> SafeString:
    """The link opens a page of its own: what is typed in the form stays."""
    if not warned.key:
        return format_html("{}", text)
    name, label = LINKS[warned.code]
    return format_html(
        '{} <a href="{}" target="_blank">{}</a>',
        text,
        reverse(name, args=[fleet_id, warned.key]),
        label,
    )
