"""The column that values belong to, without a heading: only if all of them have its shape."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta

from django.utils import timezone

from jobs.importing import words
from jobs.importing.columns import BY_NAME
from jobs.importing.dates import Day
from jobs.importing.errors import BadCell
from jobs.importing.patterns import PLATE, PLATE_LENGTH, QNR, VIN_WITH_BOTH, YEAR
from jobs.importing.rules import Choice

# Brands of cars and vans on Europe's roads.
_BRANDS = (
    "Abarth", "Alfa Romeo", "Alpine", "Audi", "BMW", "BYD", "Citroën", "Citroen", "Cupra", "Dacia",
    "DS", "DS Automobiles", "Fiat", "Ford", "Genesis", "Honda", "Hyundai", "Isuzu", "Iveco",
    "Jaguar", "Jeep", "Kia", "Lancia", "Land Rover", "Lexus", "Lynk & Co", "MAN", "Maxus", "Mazda",
    "Mercedes", "Mercedes-Benz", "MG", "MINI", "Mitsubishi", "NIO", "Nissan", "Opel", "Ora",
    "Peugeot", "Piaggio", "Polestar", "Porsche", "RAM", "Renault", "Renault Trucks", "Rover",
    "Saab", "Seat", "Škoda", "Skoda", "smart", "SsangYong", "StreetScooter", "Subaru", "Suzuki",
    "Tesla", "Toyota", "Vauxhall", "Volkswagen", "Volvo", "VW", "XPeng", "Zeekr",
)  # fmt: skip
BRANDS = frozenset(map(words.key, _BRANDS))
# A planned date is hardly ever further back; dates of first registration are.
RECENT = timedelta(days=31)
FEW = 3  # fewer values than this are no evidence


def by_values(columns: Mapping[int, Collection[str]], taken: Collection[str]) -> dict[int, str]:
    """Position → column, for columns that neither another position nor a heading claims."""
    claims: dict[str, list[int]] = {}
    for position, texts in columns.items():
        column = column_of(texts)
        if column and column not in taken:
            claims.setdefault(column, []).append(position)
    return {positions[0]: column for column, positions in claims.items() if len(positions) == 1}


def column_of(texts: Collection[str]) -> str:
    """The only column whose values all look like these; "" where there is none."""
    different = {text.strip() for text in texts} - {""}
    if len(texts) < FEW or not different:
        return ""
    return next((name for name, fits in SHAPES.items() if fits(different)), "")


def _all_match(pattern: re.Pattern[str]) -> Callable[[set[str]], bool]:
    return lambda texts: all(pattern.fullmatch(text) for text in texts)


def _all_words_of(column: str) -> Callable[[set[str]], bool]:
    rule = BY_NAME[column].rule
    assert isinstance(rule, Choice)
    return lambda texts: all(words.key(text) in rule.known for text in texts)


def _are_planned_dates(texts: set[str]) -> bool:
    rule = Day()
    reader = rule.reader_for(texts)
    earliest = (timezone.localdate() - RECENT).isoformat()
    try:
        return all(not text.isdigit() and reader(text) >= earliest for text in texts)
    except BadCell:
        return False


def _are_plates(texts: set[str]) -> bool:
    fitting = [text for text in texts if len(text) <= PLATE_LENGTH and PLATE.fullmatch(text)]
    return len(fitting) == len(texts) >= FEW


def _are_brands(texts: set[str]) -> bool:
    return all(words.key(text) in BRANDS for text in texts)


SHAPES: dict[str, Callable[[set[str]], bool]] = {
    "vin": _all_match(VIN_WITH_BOTH),
    "planned_unit": _all_match(QNR),
    "year_of_production": _all_match(YEAR),
    "planned_service_date": _are_planned_dates,
    "brand": _are_brands,
    "fuel_type": _all_words_of("fuel_type"),
    "transmission": _all_words_of("transmission"),
    "vehicle_type": _all_words_of("vehicle_type"),
    "license_plate": _are_plates,
}
