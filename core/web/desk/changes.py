"""The preview of a file: what each of its rows changes."""

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString


class Changes:
    """The cells of a row before and after, of the columns that the file may change."""

    def __init__(self, resource: Any, instance: Any, new: bool):
        self.before = [] if new else self._cells(resource, instance)
        self.after: list[str] = []

    def compare_with(self, resource: Any, instance: Any) -> None:
        self.after = self._cells(resource, instance)

    def as_html(self) -> list[SafeString]:
        before = self.before or [""] * len(self.after)
        return [changed(*cells) for cells in zip(before, self.after, strict=True)]

    @staticmethod
    def _cells(resource: Any, instance: Any) -> list[str]:
        fields = resource.get_user_visible_fields()
        return [resource.export_field(field, instance) for field in fields]


def changed(before: str, after: str) -> SafeString:
    if before == after:
        return format_html("{}", after)
    if not before:
        return format_html("<ins>{}</ins>", after)
    return format_html("<del>{}</del> <ins>{}</ins>", before, after)
