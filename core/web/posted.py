"""A form sends the fields of its page. A field that the page does not have is refused instead of ignored."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic.base import ContextMixin, TemplateResponseMixin

from core.web.once import PASSING, SHOWN_AS

# What any form may carry.
ALWAYS = {*PASSING, SHOWN_AS}


class WrongFields(BadRequest):
    """A form with a field that its page does not have, or without one that it has: 400 with the sentence."""


def check_fields(request: HttpRequest, known: Iterable[str]) -> None:
    """Raise WrongFields if the form has other fields than these."""
    unknown = {*request.POST, *request.FILES} - ALWAYS - set(known)
    if unknown:
        raise WrongFields(_("Unknown field: %(names)s.") % {"names": ", ".join(sorted(unknown))})


def require_field(request: HttpRequest, name: str) -> None:
    """Raise WrongFields if the form lacks this field, which its page has."""
    if name not in request.POST:
        raise WrongFields(_("Missing field: %(name)s.") % {"name": name})


def names_of(form: Any) -> set[str]:
    """The names under which a form, or each form of a class, sends its fields."""
    fields: dict[str, forms.Field] = getattr(
        form, "base_fields" if isinstance(form, type) else "fields"
    )
    names = set(fields)
    for name, field in fields.items():
        names.update(f"{name}{suffix}" for suffix in getattr(field.widget, "suffixes", ()))
    return names


class StrictPost(TemplateResponseMixin, ContextMixin, View):
    """Refuses a POST with unknown fields; a mixin that goes first finds rows and checks roles before that."""

    # What the page sends besides the fields of its form: hidden fields and buttons with a name.
    posted: Iterable[str] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.check_request()
        return super().dispatch(request, *args, **kwargs)

    def check_request(self) -> None:
        if self.request.method == "POST":
            check_fields(self.request, {*self.posted, *self.names_of_form()})

    def names_of_form(self) -> set[str]:
        """The fields of the form; a view whose form varies overrides it."""
        form_class = getattr(self, "form_class", None)
        return names_of(form_class) if form_class else set()


def posts(*names: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """`StrictPost` for a function."""

    def strict(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            check_fields(request, names)
            return view(request, *args, **kwargs)

        return checked

    return strict
