"""One mailbox has one address: the canonical form of an e-mail address, which is stored and compared everywhere.

Invisible characters are removed, then NFKC, lower case and IDNA are applied: `Jo@BÜRO.example` and
`jo@xn--bro-hoa.example` are one address. What cannot be brought to this form is refused with its reason.
"""

import re
import unicodedata
from typing import Any

import idna
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.values.texts import EMPTY_SIGNS

MALFORMED = EmailValidator.message
NOT_ASCII = _(
    "Before the @ only the letters A to Z, digits and signs such as . _ - + are possible, not “%(sign)s”."
)
NO_SUCH_DOMAIN = _("The part after the @ is not the name of a domain.")
# Control, format, surrogate and private characters. An address has none, so they are removed and not refused.
INVISIBLE = {"Cc", "Cf", "Co", "Cs"}
EMPTY = re.compile(f"[{EMPTY_SIGNS}]")

_is_well_formed = EmailValidator()


def canonical(text: str) -> str:
    """The canonical form of an address. Raises ValidationError with the reason if there is none."""
    local, at, domain = _visible(text).rpartition("@")
    if not at or not local or not domain:
        raise ValidationError(MALFORMED, code="invalid")
    _check_local(local)
    address = f"{local}@{_ascii_domain(domain)}".lower()
    _is_well_formed(address)
    return address


def comparable(text: str) -> str:
    """The canonical form where there is one, otherwise a plain one: for searches, and for rows from before."""
    try:
        return canonical(text)
    except ValidationError:
        return _visible(text).lower()


def _visible(text: str) -> str:
    """Compatible forms become one, such as full-width letters. Invisible characters and outer blanks are removed.

    A blank inside stays, and is refused: the character that it replaces is unknown.
    """
    compatible = unicodedata.normalize("NFKC", EMPTY.sub("", text))
    visible = [sign for sign in compatible if unicodedata.category(sign) not in INVISIBLE]
    return "".join(visible).strip()


def _check_local(local: str) -> None:
    for sign in local:
        if not sign.isascii():
            raise ValidationError(NOT_ASCII, code="local_part_not_ascii", params={"sign": sign})


def _ascii_domain(domain: str) -> str:
    if domain.isascii() and "xn--" not in domain.lower():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValidationError(NO_SUCH_DOMAIN, code="invalid_domain") from error


class AddressFormField(forms.EmailField):
    """An e-mail address that is typed. Its value is canonical."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if text:
            return canonical(text)
        return ""


class AsStored(str):
    """An address from before addresses had one form. It stays as it is stored until it is rewritten."""


class AddressField(models.EmailField):
    """An e-mail address, stored and compared in its canonical form."""

    def from_db_value(self, value: str | None, *_about: Any) -> str | None:
        if value is None or (value.isascii() and value == value.lower()):
            return value
        return AsStored(value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, AsStored):
            return value
        text = super().to_python(value)
        if text:
            return canonical(text)
        return text

    def get_prep_value(self, value: Any) -> Any:
        """What is stored, and what a query compares. A value without a canonical form matches only itself."""
        value = models.Field.get_prep_value(self, value)  # EmailField would refuse what it compares
        if isinstance(value, AsStored):
            return str(value)
        if value:
            return comparable(str(value))
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Leave the canonical form on the instance too, so that mails and messages show what is stored."""
        address = super().pre_save(model_instance, add)
        if isinstance(address, str) and address and not isinstance(address, AsStored):
            address = comparable(address)
            setattr(model_instance, self.attname, address)
        return address

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressFormField, **kwargs})
