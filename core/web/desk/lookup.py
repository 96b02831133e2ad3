"""A field for one row of very many: its ID or its name, with suggestions while somebody types.

Django's own widget sets inline styles, which the content security policy refuses.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey, Model
from django.forms.widgets import Script
from django.urls import reverse
from django.utils.http import urlencode

# Rows with the same name as what was typed, of which one has to be the only one.
MOST_COMPARED = 20


class Lookup(forms.TextInput):
    template_name = "admin/desk/lookup.html"

    class Media:
        js = (Script("js/desk/lookup.js", type="module"),)

    def __init__(self, field: ForeignKey, site: AdminSite, attrs: dict[str, Any] | None = None):
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.field = field
        self.site = site

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        """The ID that was typed, or that of the only row with the name that was typed."""
        typed = str(super().value_from_datadict(data, files, name) or "").strip()
        if not typed or self.row(typed) is not None:
            return typed
        found = self.called(typed)
        return typed if found is None else str(found.pk)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        field = self.field.model._meta
        query = {
            "app_label": field.app_label,
            "model_name": str(field.model_name),
            "field_name": self.field.name,
        }
        widget = context["widget"]
        options = f"{widget['attrs'].get('id', name)}-options"
        widget["attrs"]["list"] = options
        url = reverse(f"{self.site.name}:autocomplete")
        chosen = self.row(str(value)) if value else None
        context |= {"options": options, "url": f"{url}?{urlencode(query)}", "chosen": chosen}
        return context

    @property
    def rows(self) -> Any:
        return self.field.remote_field.model._default_manager

    def row(self, text: str) -> Model | None:
        """The row with this ID. A text that is none has its error at the field."""
        if "\0" in text:
            return None
        try:
            key = self.field.target_field.to_python(text)
            found: Model | None = self.rows.filter(pk=key).first()
        except (ValidationError, OverflowError):
            return None
        return found

    def called(self, text: str) -> Model | None:
        if "\0" in text:
            return None
        page: Any = self.site._registry[self.rows.model]
        rows, _may_repeat = page.get_search_results(None, self.rows.all(), text)
        same = [row for row in rows[:MOST_COMPARED] if str(row).casefold() == text.casefold()]
        if len(same) == 1:
            return same[0]
        return None
