"""The prefix of a fleet's job numbers: the `BER` of `BER-1043`. No two fleets of a provider have the same."""

import re
from collections.abc import Collection, Iterator
from itertools import product
from string import ascii_uppercase
from unicodedata import normalize

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.values import texts
from core.values.text_fields import LineField, LineFormField

LONGEST = 4
RULE = _("Two to four letters from A to Z.")
PREFIX = re.compile(rf"[A-Z]{{2,{LONGEST}}}")
# What a fleet without letters from A to Z in its name gets.
WITHOUT_LETTERS = "JOB"


class PrefixText(texts.Line):
    """Two to four letters, in upper case."""

    def shape(self, text: str) -> str:
        return texts.upper(texts.plain_width(text))

    def check(self, value: str) -> None:
        if not PREFIX.fullmatch(value):
            raise ValidationError(RULE, code="job_prefix")


class JobPrefixFormField(LineFormField):
    kind = PrefixText()


class JobPrefixField(LineField):
    kind = JobPrefixFormField.kind
    form_class = JobPrefixFormField


def has_or_had(prefix: str) -> Q:
    """The condition for the fleets whose job numbers have, or once had, this prefix."""
    return Q(job_prefix=prefix) | Q(former_job_prefixes__contains=f" {prefix} ")


def derive(name: str, taken: Collection[str]) -> str:
    """Return the prefix for a fleet of this name that is not among the `taken`."""
    for prefix in _candidates(name):
        if prefix not in taken:
            return prefix
    raise RuntimeError("every prefix is taken")


def _candidates(name: str) -> Iterator[str]:
    """The start of the name, then what resembles it, then all."""
    letters = _letters(name)
    yield letters[:3]
    yield letters[:LONGEST]
    yield letters[:2]
    for last in (*letters[3:], *ascii_uppercase):
        yield letters[:2] + last
    for rest in product(ascii_uppercase, repeat=2):
        yield letters[0] + "".join(rest)
    for any_four in product(ascii_uppercase, repeat=LONGEST):
        yield "".join(any_four)


def _letters(name: str) -> str:
    plain = normalize("NFKD", texts.upper(name))
    letters = "".join(letter for letter in plain if letter in ascii_uppercase)
    if len(letters) < 2:
        return WITHOUT_LETTERS
    return letters
