"""Readers of one variable: the value in its type, or a refusal in one line that names the variable.

What the variables are and which of them fit together is in config/given.py.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
FLAGS = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
CLASS_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+", re.ASCII)


def refuse_empty(given: Mapping[str, str], names: tuple[str, ...]) -> None:
    """Refuse an empty variable, which its default would hide."""
    for name in names:
        if name in given and not given[name].strip():
            raise ImproperlyConfigured(f"{name} is set but empty. Give it a value, or unset it.")


def flag(name: str, default: bool, given: Mapping[str, str] = os.environ) -> bool:
    if name not in given:
        return default
    word = given[name].strip().lower()
    if word not in FLAGS:
        raise ImproperlyConfigured(f"{name} is {given[name]!r}; say true or false.")
    return FLAGS[word]


def number(
    name: str, default: float, least: float, most: float, given: Mapping[str, str] = os.environ
) -> float:
    text = given.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {text!r}, not a number.") from None
    if not least <= value <= most:  # also refuses "nan"
        raise ImproperlyConfigured(
            f"{name} is {text!r}; it must lie between {least:g} and {most:g}."
        )
    return value


def whole(
    name: str, default: int, least: int, most: int, given: Mapping[str, str] = os.environ
) -> int:
    value = number(name, default, least, most, given)
    if value != int(value):
        raise ImproperlyConfigured(f"{name} is {given[name]!r}; it must be a whole number.")
    return int(value)


def one_of(
    name: str, default: str, choices: tuple[str, ...], given: Mapping[str, str] = os.environ
) -> str:
    value = given.get(name, default).strip().upper()
    if value not in choices:
        listed = f"{', '.join(choices[:-1])} or {choices[-1]}"
        raise ImproperlyConfigured(f"{name} is {given[name]!r}; it must be {listed}.")
    return value


def token(name: str, least: int, given: Mapping[str, str] = os.environ) -> str:
    """A secret that machines send in a header: the value itself is never repeated in a refusal."""
    value = given.get(name, "")
    if value and (len(value) < least or not re.fullmatch(r"[!-~]+", value)):
        raise ImproperlyConfigured(
            f"{name} must have at least {least} characters: ASCII, without blanks."
        )
    return value


def class_path(name: str, given: Mapping[str, str] = os.environ) -> str:
    value = given.get(name, "")
    if value and not CLASS_PATH.fullmatch(value):
        raise ImproperlyConfigured(f"{name} {value} is not the dotted path of a class."[:200])
    return value
