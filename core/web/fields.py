"""Fields of forms that the sites share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ANSWERS = {"true": True, "false": False, True: True, False: False}


class ThreeState(forms.RadioSelect):
    """Not set, on, off, in a row: leaving it to the installer is a choice like the others."""

    def __init__(self, attrs: Mapping[str, Any] | None = None):
        choices = [("", _("installer decides")), ("true", _("on")), ("false", _("off"))]
        super().__init__({"data-three-state": "", **(attrs or {})}, choices)

    def format_value(self, value: Any) -> list[str]:
        return [{True: "true", False: "false"}.get(ANSWERS.get(value), "")]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> bool | None:
        return ANSWERS.get(data.get(name))


class FeatureField(forms.NullBooleanField):
    widget = ThreeState
