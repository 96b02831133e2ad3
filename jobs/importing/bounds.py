"""How much one file may be. Every refusal names the bound that it met."""

MAX_ROWS = 1_000
MAX_BYTES = 5 * 1024 * 1024
# A workbook is packed: what comes out of it counts, and so do the parts it is made of.
MAX_UNPACKED = 25 * 1024 * 1024
MAX_PARTS = 200
MAX_TAGS = 500_000
MAX_COLUMNS = 100
# No spreadsheet has more; blank ones below a table cost nothing.
MAX_SHEET_ROW = 1_048_576


def megabytes(size: int) -> int:
    return size // (1024 * 1024)
