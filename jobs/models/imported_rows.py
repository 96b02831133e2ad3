"""How an imported file and what was found in it are stored: compactly, because each preview writes all of it.

What was stored by earlier versions is read too.
"""

import zlib
from collections.abc import Sequence
from itertools import chain
from typing import Any

from django.db import models

from jobs.importing.errors import Finding

Rows = list[tuple[int, dict[str, Any]]]
# The fastest: a table of texts becomes a fifth of its size.
FAST = 1


class RowsField(models.JSONField):
    """`(record number, {field of a job: value})` of each row, stored by column.

    Each field name is stored once and not once per row, and so is a value that all rows share.
    None is the same as no value, and is left out when read.
    """

    def get_prep_value(self, value: Rows) -> dict[str, Any]:
        names = dict.fromkeys(chain.from_iterable(values for _number, values in value))
        shared = {}
        different = {}
        for name in names:
            cells = [values.get(name) for _number, values in value]
            if cells[0] is not None and cells.count(cells[0]) == len(cells):
                shared[name] = cells[0]
            else:
                different[name] = cells
        numbers = [number for number, _values in value]
        return {"numbers": numbers, "shared": shared, "different": different}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Rows:
        kept = super().from_db_value(value, expression, connection)
        if isinstance(kept, list):  # written before rows were stored by column
            return kept
        if "columns" in kept:  # written before shared values were stored once
            kept = {"shared": {}, "different": kept["columns"], **kept}
        rows: list[dict[str, Any]] = [dict(kept["shared"]) for _number in kept["numbers"]]
        for name, cells in kept["different"].items():
            for row, cell in zip(rows, cells, strict=True):
                if cell is not None:
                    row[name] = cell
        return list(zip(kept["numbers"], rows, strict=True))


class FindingsField(models.JSONField):
    """Findings: each different one is stored once, with the order in which the rows have them."""

    def get_prep_value(self, value: Sequence[Finding]) -> dict[str, Any]:
        different: dict[tuple[str, ...], int] = {}
        order = [different.setdefault(finding[1:], len(different)) for finding in value]
        rows = [finding[0] for finding in value]
        return {"rows": rows, "order": order, "different": list(different)}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> list[Finding]:
        kept = super().from_db_value(value, expression, connection)
        if isinstance(kept, list):  # written before equal findings were stored once
            return [Finding(*values) for values in kept]
        different = kept["different"]
        return [
            Finding(row, *different[place])
            for row, place in zip(kept["rows"], kept["order"], strict=True)
        ]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """In the database it is plain JSON."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.JSONField", args, options


class ContentField(models.BinaryField):
    """The bytes of a file, stored compressed."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(zlib.compress(value, FAST), connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes:
        try:
            return zlib.decompress(value)
        except zlib.error:  # written before files were compressed; none of those begins like this
            return bytes(value)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """In the database they are plain bytes."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.BinaryField", args, options
