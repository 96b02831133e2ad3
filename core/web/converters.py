"""Ids in URLs: an id that no row can have is a 404 without a query."""

from django.urls import register_converter
from django.urls.converters import get_converters


class Ulid:
    regex = "[0-7][0-9A-HJKMNP-TV-Z]{25}"
    to_python = to_url = staticmethod(str)


class ShortId:
    regex = "[A-Z0-9]{5,12}"
    to_python = to_url = staticmethod(str)


class Kind:
    regex = "[A-Z]+(?:_[A-Z]+)*"
    to_python = to_url = staticmethod(str)


def register() -> None:
    """By each URL configuration that uses them."""
    for name, converter in {"ulid": Ulid, "short": ShortId, "kind": Kind}.items():
        if name not in get_converters():
            register_converter(converter, name)
