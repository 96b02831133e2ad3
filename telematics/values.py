"""The kinds of texts that name a vehicle or a unit, and the fields that hold them."""

import re
from typing import Any
from unicodedata import name as name_of

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.forms import Widget
from django.utils.translation import gettext_lazy as _

from core.values import texts
from core.values.text_fields import LineField, LineFormField

vin_validator = RegexValidator(
    r"^[A-HJ-NPR-Z0-9]{17}\Z", _("A VIN has 17 characters, A-Z and 0-9 without I, O and Q.")
)
qnr_validator = RegexValidator(r"^[0-9A-F]{16}\Z", _("A QNR has 16 characters, 0-9 and A-F."))

VIN_LENGTH = 17
VIN_SIGNS = frozenset("ABCDEFGHJKLMNPRSTUVWXYZ0123456789")
QNR_LENGTH = 16
ASCII_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
QNR_SIGNS = frozenset("0123456789ABCDEF")
# Letters of other alphabets that look like Latin ones in upper case.
LOOK_ALIKES = dict(
    zip("АВЕКМНОРСТУХЅІЈԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEKMHOPCTYXSIJQWABEZHIKMNOPTYX", strict=True)
)

WRONG_SIGN = _("Character %(position)s is “%(sign)s”. %(rule)s")
LOOKS_LIKE = _(
    "Character %(position)s is not the letter %(like)s but “%(sign)s” (%(name)s). %(rule)s"
)


class Code(texts.Line):
    """A code of a fixed length. Blanks, hyphens and case are ignored: papers print it in groups."""

    def __init__(self, length: int, signs: frozenset[str], rule: Any, ignored: str) -> None:
        self.length = length
        self.signs = signs
        self.rule = rule
        self.ignored = str.maketrans("", "", ignored)

    def shape(self, text: str) -> str:
        return texts.plain_hyphens(texts.plain_width(text)).translate(self.ignored).upper()

    def check(self, value: str) -> None:
        if self.takes(value):
            return
        self._refuse_signs(value, ASCII_SIGNS)
        if len(value) != self.length:
            raise ValidationError(self.rule, code="length")
        self._refuse_signs(value, self.signs)

    def _refuse_signs(self, value: str, allowed: frozenset[str]) -> None:
        for position, sign in enumerate(value, 1):
            if sign not in allowed:
                raise self._wrong_sign(sign, position)

    def takes(self, value: str) -> bool:
        return len(value) == self.length and self.signs.issuperset(value)

    def _wrong_sign(self, sign: str, position: int) -> ValidationError:
        like = LOOK_ALIKES.get(sign)
        return ValidationError(
            LOOKS_LIKE if like else WRONG_SIGN,
            code="character_not_allowed",
            params={
                "position": position,
                "sign": sign,
                "like": like,
                "name": name_of(sign, f"U+{ord(sign):04X}"),
                "rule": self.rule,
            },
        )


class Qnr(Code):
    """The QNR of a unit, also as scanners return it: in a URL, or behind a prefix such as `QNR:`."""

    # Sixteen hex digits, also in groups, with no other letter or digit beside them.
    WITHIN = re.compile(r"(?<![0-9A-Z])(?:[0-9A-F][ :-]?){15}[0-9A-F](?![0-9A-Z])")
    SCANNED = re.compile(r"\s*(?:[A-Z][A-Z0-9+.-]*://|(?:QNR|ID|SN|S/N)\b)")

    def __init__(self) -> None:
        super().__init__(QNR_LENGTH, QNR_SIGNS, qnr_validator.message, " -:")

    def shape(self, text: str) -> str:
        return super().shape(self._without_surroundings(text))

    def _without_surroundings(self, text: str) -> str:
        """The one QNR in a scanned text; any other text as it is."""
        upper = texts.plain_hyphens(texts.plain_width(text)).upper()
        if not self.SCANNED.match(upper):
            return text
        found = set(self.WITHIN.findall(upper))
        if len(found) == 1:
            return found.pop()
        return text


class NamingQnr(Qnr):
    """A QNR that names a unit. A text that is no QNR names none."""

    def check(self, value: str) -> None:
        pass


class Plate(texts.Signed):
    """A licence plate: in upper case, with plain hyphens and digits."""

    def shape(self, text: str) -> str:
        return texts.upper(super().shape(texts.plain_width(text)))


PLATE = Plate(".-·•/")
VIN = Code(VIN_LENGTH, VIN_SIGNS, vin_validator.message, " -")
QNR = Qnr()
NAMING_QNR = NamingQnr()
# Brands and models: smart #1, e:Ny1, E-Tech 100%, pro_cee'd.
MODEL_NAME = texts.Signed(".,-+/&'’()!#:_%*[]°\"")


class PlateFormField(LineFormField):
    kind = PLATE


class CodeFormField(LineFormField):
    """Typed in groups a code is longer than stored, so the browser does not limit it."""

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes


class VinFormField(CodeFormField):
    kind = VIN


class QnrFormField(CodeFormField):
    kind = QNR


class ModelNameFormField(LineFormField):
    kind = MODEL_NAME


class PlateField(LineField):
    kind = PLATE
    form_class = PlateFormField


class VinField(LineField):
    kind = VIN
    form_class = VinFormField


class QnrField(LineField):
    kind = QNR
    form_class = QnrFormField


class ModelNameField(LineField):
    kind = MODEL_NAME
    form_class = ModelNameFormField
