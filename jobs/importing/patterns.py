"""Patterns of values, before a rule reads them: they find the header and recognise columns."""

import re

VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
# A VIN with at least one letter and one digit: 17 digits are mostly something else.
VIN_WITH_BOTH = re.compile(r"(?=.*\d)(?=.*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}", re.IGNORECASE)
QNR = re.compile(r"(?=.*\d)[0-9A-F]{16}", re.IGNORECASE)
DATE = re.compile(r"\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}|\d{4}[./-]\s?\d{1,2}[./-]", re.ASCII)
YEAR = re.compile(r"(?:19[89]|20[0-4])\d", re.ASCII)
# The plates of Germany, Poland, Austria, Czechia, the United Kingdom and their neighbours: letters and digits
# in groups, at most 12 characters, at least one digit and one letter.
PLATE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[^\W_]{1,4}(?:[ ·\-]?[^\W_]{1,7}){0,3}")
PLATE_LENGTH = 12
