"""Numbers as their sheet shows them: `000000` shows 4711 as 004711, `"Pool "0` shows 7 as Pool 7."""

import operator
import re
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import NamedTuple

GENERAL = frozenset({"General", "@", "GENERAL", ""})
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<exponent>[Ee][+-]0+)|(?P<general>General)|(?P<digit>[0#?])|(?P<sign>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[\d.]+)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
# Fractions, and letters that only dates have: these are not shown as a number.
_UNREAD = frozenset("/dmyhsDMYHS")


class Part(NamedTuple):
    kind: str  # "text", "digit" or "point"
    text: str


class Section(NamedTuple):
    """One of the formats between semicolons: for positive numbers, for negative ones, for zero."""

    parts: tuple[Part, ...]
    condition: tuple[str, float] | None
    decimals: int
    grouped: bool
    scale: int  # the power of ten by which the number is multiplied
    exponent: int | None  # digits after the point of a shortened number
    is_general: bool
    is_read: bool

    def is_for(self, value: float) -> bool:
        return self.condition is None or _COMPARE[self.condition[0]](value, self.condition[1])


def shown(value: int | float, code: str) -> str | None:
    """The number as this format shows it; None for a format that is not read."""
    sections = sections_of(code)
    section, is_signed = _section(sections, value)
    if section is None or not section.is_read:
        return None
    minus = "-" if value < 0 and is_signed else ""
    if section.exponent is not None:
        return f"{value:.{section.exponent}E}"
    return minus + "".join(_texts(section, Decimal(str(abs(value)))))


def _section(sections: tuple[Section, ...], value: float) -> tuple[Section | None, bool]:
    """The section for a number, and whether it needs a minus sign: a section for negative ones has its own."""
    if any(section.condition for section in sections):
        return next((one for one in sections if one.is_for(value)), None), True
    if value < 0 and len(sections) > 1:
        return sections[1], False
    if value == 0 and len(sections) > 2:
        return sections[2], False
    return sections[0], True


def _texts(section: Section, value: Decimal) -> Iterator[str]:
    if section.is_general:
        yield "".join(part.text or f"{value.normalize():f}" for part in section.parts)
        return
    rounded = (value.scaleb(section.scale)).quantize(
        Decimal(1).scaleb(-section.decimals), rounding=ROUND_HALF_UP
    )
    whole, _point, fraction = f"{rounded:f}".partition(".")
    point = next((at for at, one in enumerate(section.parts) if one.kind == "point"), None)
    before, after = section.parts[:point], section.parts[point:] if point is not None else ()
    yield _whole(before, whole.lstrip("0"), section.grouped)
    yield _fraction(after, fraction)


def _whole(parts: tuple[Part, ...], digits: str, grouped: bool) -> str:
    """Fill the places from the right; the first one takes all digits that are left."""
    places = sum(part.kind == "digit" for part in parts)
    found: list[str] = []
    count = 0
    for part in reversed(parts):
        if part.kind == "text":
            found.append(part.text)
            continue
        places -= 1
        take = len(digits) if places == 0 else min(len(digits), 1)
        mine = digits[len(digits) - take :] or {"0": "0", "?": " "}.get(part.text, "")
        digits = digits[: len(digits) - take]
        for digit in reversed(mine):
            if grouped and count and count % 3 == 0 and digit.isdigit():
                found.append(",")
            found.append(digit)
            count += 1
    return "".join(reversed(found))


def _fraction(parts: tuple[Part, ...], digits: str) -> str:
    found = ""
    rest = digits
    for part in parts:
        if part.kind != "digit":
            found += part.text
            continue
        digit, rest = rest[:1], rest[1:]
        is_needed = part.text == "0" or (digit + rest).strip("0")
        found += digit if is_needed else {"?": " "}.get(part.text, "")
    return found.removesuffix(".") if found == "." else found


@cache
def sections_of(code: str) -> tuple[Section, ...]:
    texts = [""]
    for found in _TOKEN.finditer(code):
        if found["sign"] == ";":
            texts.append("")
        else:
            texts[-1] += found[0]
    return tuple(_parsed(text) for text in texts[:3])


def _parsed(text: str) -> Section:
    parts: list[Part] = []
    condition = None
    exponent = None
    is_general = False
    is_read = True
    scale = 0
    grouped = False
    tokens = list(_TOKEN.finditer(text))
    digits = [at for at, found in enumerate(tokens) if found["digit"]]
    for at, found in enumerate(tokens):
        sign = found["sign"]
        if found["digit"]:
            parts.append(Part("digit", found[0]))
        elif found["general"]:
            is_general = True
            parts.append(Part("digit", ""))
        elif found["exponent"]:
            exponent = sum(part.kind == "digit" for part in parts[_point(parts) :])
        elif found["bracket"] is not None:
            condition = _condition(found["bracket"]) or condition
            parts.append(Part("text", _currency(found["bracket"])))
        elif sign == "." and digits:
            parts.append(Part("point", "."))
        elif sign == "," and digits and at > digits[0]:
            grouped, scale = _comma(at, digits, grouped, scale)
        elif sign is not None:
            is_read = is_read and sign not in _UNREAD
            scale += 2 * (sign == "%")
            parts.append(Part("text", "" if sign == "@" else sign))
        else:
            parts.append(Part("text", found["quoted"] or found["escaped"] or ""))
    decimals = sum(part.kind == "digit" for part in parts[_point(parts) :])
    return Section(tuple(parts), condition, decimals, grouped, scale, exponent, is_general, is_read)


def _point(parts: list[Part]) -> int:
    return next((at for at, part in enumerate(parts) if part.kind == "point"), len(parts))


def _comma(at: int, digits: list[int], grouped: bool, scale: int) -> tuple[bool, int]:
    """A comma between digits groups them; behind the last one it hides three of them."""
    if at < digits[-1]:
        return True, scale
    return grouped, scale - 3


def _condition(bracket: str) -> tuple[str, float] | None:
    found = _CONDITION.fullmatch(bracket)
    return (found[1], float(found[2])) if found else None


def _currency(bracket: str) -> str:
    """`[$€-407]` shows €; colours and countries show nothing."""
    if bracket.startswith("$"):
        return bracket[1:].split("-")[0]
    return ""
