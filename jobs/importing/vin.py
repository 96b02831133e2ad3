"""The check digit of a VIN. North America and China require it; others have none, so a wrong one is only a warning."""

GROUPS = ("AJ1", "BKS2", "CLT3", "DMU4", "ENV5", "FW6", "GPX7", "HY8", "RZ9", "0")
VALUES = {sign: int(group[-1]) for group in GROUPS for sign in group}
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
REQUIRED_BY = frozenset("12345L")


def check_digit_is_wrong(vin: str) -> bool:
    if vin[0] not in REQUIRED_BY:
        return False
    rest = sum(VALUES[sign] * weight for sign, weight in zip(vin, WEIGHTS, strict=True)) % 11
    expected = "X" if rest == 10 else str(rest)
    return vin[8] != expected
