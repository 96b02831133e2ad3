"""The rows of an imported file, stored by column, so that each field name is stored once and not once per row."""

from itertools import chain
from typing import Any

from django.db import models

Rows = list[tuple[int, dict[str, Any]]]


class RowsField(models.JSONField):
    """`(record number, {field of a job: value})` of each row.

    None is the same as no value, and is left out when read.
    """

    def get_prep_value(self, value: Rows) -> dict[str, Any]:
        names = dict.fromkeys(chain.from_iterable(values for _number, values in value))
        columns = {name: [values.get(name) for _number, values in value] for name in names}
        return {"numbers": [number for number, _values in value], "columns": columns}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Rows:
        kept = super().from_db_value(value, expression, connection)
        if isinstance(kept, list):  # written before rows were stored by column
            return kept
        rows: list[dict[str, Any]] = [{} for _number in kept["numbers"]]
        for name, cells in kept["columns"].items():
            for row, cell in zip(rows, cells, strict=True):
                if cell is not None:
                    row[name] = cell
        return list(zip(kept["numbers"], rows, strict=True))
