"""The limits of one file. Every refusal names the limit."""

MAX_ROWS = 1_000
MAX_BYTES = 5 * 1024 * 1024
# A workbook is a packed file, so its unpacked size and the number of its parts are limited too.
MAX_UNPACKED = 25 * 1024 * 1024
MAX_PARTS = 200
MAX_TAGS = 500_000
MAX_COLUMNS = 100
# No spreadsheet has more rows. Blank rows below a table cost nothing.
MAX_SHEET_ROW = 1_048_576


def megabytes(size: int) -> int:
    return size // (1024 * 1024)
