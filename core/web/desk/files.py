"""Pages of the desk that write their list into a file, and read rows from one: seen first, then confirmed."""

import re
from typing import Any

from django.contrib import admin, messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin, ImportMixin
from import_export.formats.base_formats import CSV, XLSX
from import_export.forms import ExportForm
from import_export.tmp_storages import CacheStorage

# Rows of an exported file, which is built in memory.
MOST_EXPORTED = 20_000
TEMPLATE = "admin/desk/change_list.html"
# Of an upload.
NAME = re.compile("[0-9a-f]{32}")


class Gone(Exception):
    """What was uploaded is no longer kept."""


class Upload(CacheStorage):
    """A file between its preview and the confirmation: every web of several reads it, and none keeps it."""

    CACHE_LIFETIME = 1800

    def claim(self) -> None:
        """Raise Gone for all but the first."""
        if not cache.add(f"{self._key()}-claimed", True, self.CACHE_LIFETIME):
            raise Gone

    def read(self) -> Any:
        data = cache.get(self._key())
        if data is None:
            raise Gone
        return data.decode(self.encoding) if self.encoding else data

    def _key(self) -> str:
        """Raises Gone for a name that is none: it comes from a form."""
        if not NAME.fullmatch(self.name):
            raise Gone
        return f"{self.CACHE_PREFIX}{self.name}"


class ExportedMixin(ExportMixin, admin.ModelAdmin):
    """A list with an export of the rows that it shows: filtered and searched as the list is."""

    import_export_change_list_template = TEMPLATE
    formats = [CSV, XLSX]
    export_form_class = ExportForm
    to_encoding = "utf-8-sig"  # Excel recognises UTF-8 by it

    def get_resource_kwargs(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        return {"page": self, "request": request}

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> Any:
        if queryset.order_by()[: MOST_EXPORTED + 1].count() > MOST_EXPORTED:
            raise ValueError(
                _("The list has more than %(most)s rows. Filter it, then export.")
                % {"most": MOST_EXPORTED}
            )
        return super().get_export_data(file_format, request, queryset, **kwargs)

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        context = super().init_request_context_data(request, form)
        sheets = [
            kind(**self.get_export_resource_kwargs(request)) for kind in self.resource_classes
        ]
        context["fields_list"] = [
            (sheet.get_display_name(), sheet.get_export_headers()) for sheet in sheets
        ]
        return context


class ImportedMixin(ImportMixin, ExportedMixin):
    """A list that reads a file, too. Who may neither add nor change rows cannot open the page."""

    import_template_name = "admin/desk/import.html"
    import_export_change_list_template = TEMPLATE
    tmp_storage_class = Upload
    # Each row is recorded as its form records it.
    skip_admin_log = True

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or self.has_change_permission(request)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Import the file that was seen, once: a second click finds that it is gone."""
        name = request.POST.get("import_file_name", "")
        try:
            if name and self.has_import_permission(request):
                Upload(name=name).claim()
            return super().process_import(request, **kwargs)
        except Gone:
            messages.error(request, _("The file is no longer kept. Choose it again."))
            return HttpResponseRedirect(self._url("import"))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """What has changed since the preview may refuse a row. Then no row is written."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        messages.error(
            request,
            _("Rows have changed since the preview, and nothing was imported. Check it again."),
        )
        return HttpResponseRedirect(self._url("import"))

    def _url(self, name: str) -> str:
        app, model = self.get_model_info()
        return reverse(f"admin:{app}_{model}_{name}", current_app=self.admin_site.name)
