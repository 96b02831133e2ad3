"""Fields of forms that the sites share."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# As the choices send them, as a hidden field repeats them, and as a row holds them.
ANSWERS: dict[Any, bool] = {
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    True: True,
    False: False,
}


class ThreeState(forms.RadioSelect):
    """Not set, on, off, in a row: leaving it to the installer is a choice like the others."""

    def __init__(self, attrs: Mapping[str, Any] | None = None):
        choices = [("", _("installer decides")), ("true", _("on")), ("false", _("off"))]
        super().__init__({"data-three-state": "", **(attrs or {})}, choices)

    def format_value(self, value: Any) -> list[str]:
        answer = ANSWERS.get(value)
        if answer is None:
            return [""]
        return [str(answer).lower()]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        sent = data.get(name)
        return ANSWERS.get(sent, sent or None)


class FeatureField(forms.NullBooleanField):
    """On, off, or blank. Anything else is an error: read as blank, it would leave the feature to the installer."""

    widget = ThreeState
    default_error_messages = {
        "invalid_choice": forms.ChoiceField.default_error_messages["invalid_choice"]
    }

    def to_python(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ANSWERS:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            )
        return ANSWERS[value]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return super().has_changed(initial, data)
        except forms.ValidationError:
            return True
