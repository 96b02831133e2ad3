"""Fields of models and forms for texts: each reads with one kind of text (texts.py)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models

from core.values import texts


# --- forms ------------------------------------------------------------------------------------------------------------
class LineFormField(forms.CharField):
    """A text of one line."""

    kind: texts.Lines = texts.LINE

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not isinstance(text, str):
            return text
        return self.kind.read(text) or self.empty_value


class LinesFormField(LineFormField):
    """A text of several lines."""

    kind = texts.LINES
    widget = forms.Textarea


class WordFormField(forms.TypedChoiceField):
    """One of the words of a vocabulary; case and invisible characters are ignored."""

    def to_python(self, value: Any) -> str:
        return word(super().to_python(value), self.known())

    def known(self) -> list[str]:
        return [str(value) for value, _label in self._flat_choices()]

    def _flat_choices(self) -> Any:
        choices: Any = self.choices
        for value, label in choices:
            if isinstance(label, list | tuple):
                yield from label
            else:
                yield value, label


def word(text: str, known: Any) -> str:
    """Return the word that the text means, otherwise the text without invisible characters.

    Raises ValidationError for control and damaged characters, which would otherwise leave an empty word.
    """
    wanted = texts.LINE.read(text)
    for one in known:
        if str(one).casefold() == wanted.casefold():
            return str(one)
    return wanted


# --- models -----------------------------------------------------------------------------------------------------------
class TextField:
    """Reads what is typed, and stores the canonical form of every value."""

    kind: texts.Lines = texts.LINE
    form_class: type[LineFormField] = LineFormField
    stored_as = "django.db.models.CharField"

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)  # type: ignore[misc]
        if isinstance(text, str):
            return self.kind.read(text)
        return text

    def get_prep_value(self, value: Any) -> Any:
        """A filter compares with the value as it is: it may be part of a text."""
        value = models.Field.get_prep_value(self, value)  # type: ignore[arg-type]
        if value is None or isinstance(value, str):
            return value
        return str(value)

    def pre_save(self, row: models.Model, add: bool) -> Any:
        value = super().pre_save(row, add)  # type: ignore[misc]
        if isinstance(value, str):
            value = self.kind.canonical(value)
            setattr(row, self.attname, value)  # type: ignore[attr-defined]
        return value

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str):
            value = self.kind.canonical(value)
        return super().get_db_prep_save(value, connection)  # type: ignore[misc]

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": self.form_class, **options})  # type: ignore[misc]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """In the database it is a plain column."""
        name, _path, args, options = super().deconstruct()  # type: ignore[misc]
        return name, self.stored_as, args, options


class LineField(TextField, models.CharField):
    """A text of one line."""


class LinesField(TextField, models.TextField):
    """A text of several lines, of at most `max_length` characters."""

    kind = texts.LINES
    form_class = LinesFormField
    stored_as = "django.db.models.TextField"

    def validate(self, value: Any, row: Any) -> None:
        """Django checks the length of such a column in forms alone."""
        super().validate(value, row)
        if self.max_length is not None:
            MaxLengthValidator(self.max_length)(value or "")


class WordField(models.CharField):
    """One of the words in `choices`."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if isinstance(text, str):
            return word(text, self._words())
        return text

    def get_prep_value(self, value: Any) -> Any:
        value = models.Field.get_prep_value(self, value)
        if value is None or isinstance(value, str):
            return value
        return str(value)

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"choices_form_class": WordFormField, **options})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def _words(self) -> list[str]:
        return [str(value) for value, _label in self.flatchoices]
