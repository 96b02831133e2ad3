"""How much one file may be. Every refusal names the bound that it met."""

MAX_ROWS = 1_000
MAX_BYTES = 5 * 1024 * 1024
# A workbook is packed: what comes out of it counts, and so do the parts it is made of.
MAX_UNPACKED = 25 * 1024 * 1024
MAX_PARTS = 200
MAX_COLUMNS = 100
# Rows of a workbook with the blank ones, which spreadsheets like to keep below a table.
MAX_SHEET_ROWS = 10_000
# Longer than any column takes; what exceeds it is shown as one bad cell as long as the reader can hold it at all.
MAX_CELL = 5_000
MAX_NAME = 200


def megabytes(size: int) -> int:
    return size // (1024 * 1024)
