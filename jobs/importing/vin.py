"""The check digit of a VIN: a hint, never a reason. North America and China demand it, European VINs carry none."""

GROUPS = ("AJ1", "BKS2", "CLT3", "DMU4", "ENV5", "FW6", "GPX7", "HY8", "RZ9", "0")
VALUES = {sign: int(group[-1]) for group in GROUPS for sign in group}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
DEMANDED_OF = frozenset("12345L")


def check_digit_is_wrong(vin: str) -> bool:
    if vin[0] not in DEMANDED_OF:
        return False
    rest = sum(VALUES[sign] * weight for sign, weight in zip(vin, WEIGHTS, strict=True)) % 11
    return vin[8] != ("X" if rest == 10 else str(rest))
