from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from fleetcontrol.views import job_import


def files(route: str, view: Callable[..., HttpResponseBase], name: str) -> list[URLPattern]:
    """Return the URLs of the same rows as CSV and as Excel workbook."""
    return [
        path(f"{route}.{kind}", view, {"kind": kind}, name=f"{name}-{kind}")
        for kind in ("csv", "xlsx")
    ]


urlpatterns = [
    path("", job_import.ImportJobs.as_view(), name="job-import"),
    path("past/", job_import.Imports.as_view(), name="job-imports"),
    path("help/", job_import.ImportHelp.as_view(), name="job-import-help"),
    *files("files/<slug:name>", job_import.ImportFile.as_view(), "job-import-file"),
    path("<ulid:import_id>/", job_import.ImportPreview.as_view(), name="job-import-preview"),
    path(
        "<ulid:import_id>/confirm/", job_import.ConfirmImport.as_view(), name="job-import-confirm"
    ),
    path("<ulid:import_id>/file/", job_import.OriginalFile.as_view(), name="job-import-original"),
    *files("<ulid:import_id>/errors", job_import.BadRows.as_view(), "job-import-errors"),
]
