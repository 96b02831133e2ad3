"""Files of the operators' lists: what a row of a list is in a file."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property
from import_export.fields import Field
from import_export.resources import ModelResource

from core.values import times
from core.values.cells import meant, writable
from core.web.desk.changes import Changes


class Sheet(ModelResource):
    """An export whose cells are texts that no spreadsheet runs. Times are in the reader's zone."""

    # Relations that its columns read, besides those of the list.
    related: tuple[str, ...] = ()

    def __init__(self, page: Any = None, request: HttpRequest | None = None, **kwargs: Any):
        super().__init__()
        self.page = page
        self.request: Any = request

    @classmethod
    def get_diff_class(cls) -> type[Changes]:
        return Changes

    def filter_export(self, queryset: models.QuerySet, **kwargs: Any) -> models.QuerySet:
        return queryset.select_related(*self.related) if self.related else queryset

    def export_field(self, field: Field, instance: Any, **kwargs: Any) -> str:
        if self._is_time(field):
            return times.written(field.get_value(instance))
        value = super().export_field(field, instance)
        return writable("" if value is None else str(value))

    def get_export_headers(self, *args: Any, **kwargs: Any) -> list[str]:
        fields = self.get_export_fields(*args, **kwargs)
        return [self._heading(field) for field in fields]

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Read each cell as the text that its author meant."""
        for name, value in row.items():
            row[name] = meant(text_of(value)).strip()

    def _heading(self, field: Field) -> str:
        if self._is_time(field):
            return times.heading_with_zone(field.column_name)
        return field.column_name

    def _is_time(self, field: Field) -> bool:
        return field.attribute in self._times

    @cached_property
    def _times(self) -> set[str]:
        columns = self._meta.model._meta.fields
        return {column.name for column in columns if isinstance(column, models.DateTimeField)}


def text_of(value: Any) -> str:
    """The text of a cell. Excel keeps whole numbers as decimals."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
