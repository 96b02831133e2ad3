"""Write docs/guides.md: `python -m tests.guides`."""

from tests.guides import table

table.PAGE.write_text(table.page())
