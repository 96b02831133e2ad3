"""An example of every mail, for operators to read as its recipient would. Each room adds those of its templates."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils import translation

from core.mail import letter
from core.mail.letter import Letter

# What an example needs, in the active language.
Context = Callable[[], dict[str, Any]]


class Preview(NamedTuple):
    template: str
    context: Context

    def render(self, language: str) -> Letter:
        with translation.override(language):
            context = self.context()
        return letter.render(self.template, context, language=language, time_zone="UTC")


PREVIEWS: dict[str, Preview] = {}


def add(name: str, **about: Any) -> None:
    """Add the example `name`, of the template that has the name up to a colon."""
    add_in_language(name, lambda: about)


def add_in_language(name: str, context: Context) -> None:
    template = name.partition(":")[0]
    PREVIEWS[name] = Preview(f"mails/{template}", context)
