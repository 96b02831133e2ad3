"""Several texts under one name, which the URL repeats."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.values.texts import LINE


class TextInputs(forms.SelectMultiple):
    """An input for each text, and some blank ones. `suggested`: what the browser offers while one types."""

    template_name = "fleetcontrol/lists/text_inputs.html"
    use_fieldset = True
    blank_rows = 2
    suggested: Sequence[str] = ()

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        filled = [text for text in value or [] if text]
        context["widget"]["rows"] = filled + [""] * self.blank_rows
        context["widget"]["suggested"] = self.suggested
        return context


class TextsField(forms.MultipleChoiceField):
    """Any texts in their canonical form, each once and not longer than `longest`."""

    widget = TextInputs

    def __init__(self, *, longest: int, **options: Any):
        super().__init__(**options)
        self.longest = longest
        self.widget.attrs |= {"maxlength": longest, "label": self.label}

    def to_python(self, value: Any) -> list[str]:
        texts = [LINE.canonical(text) for text in super().to_python(value)]
        return list(dict.fromkeys(filter(None, texts)))

    def validate(self, value: list[str]) -> None:
        if any(len(text) > self.longest for text in value):
            raise ValidationError(self.error_messages["invalid_choice"], code="max_length")
