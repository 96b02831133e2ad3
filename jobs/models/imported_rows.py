"""The good rows of a file as they are stored: column by column, so that a name stands there once and not once a row."""

from typing import Any

from django.db import models

Rows = list[tuple[int, dict[str, Any]]]


class RowsField(models.JSONField):
    """`(record number, {field of a job: value})` of each row. None is no value: it is not there when it is read again."""

    def get_prep_value(self, value: Rows) -> dict[str, Any]:
        names = dict.fromkeys(name for _number, values in value for name in values)
        columns = {name: [values.get(name) for _number, values in value] for name in names}
        return {"numbers": [number for number, _values in value], "columns": columns}

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Rows:
        kept = super().from_db_value(value, expression, connection)
        if isinstance(kept, list):  # of a file that was kept before its rows were stored so
            return kept
        names, columns = list(kept["columns"]), kept["columns"].values()
        rows = zip(*columns, strict=True) if names else [()] * len(kept["numbers"])
        return [
            (number, {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None})
            for number, cells in zip(kept["numbers"], rows, strict=True)
        ]
