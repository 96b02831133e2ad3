from django.urls import path

from fleetcontrol.views import job_import


def sheets(route: str, view, name: str) -> list:
    """The same answer as CSV and as Excel workbook."""
    return [path(f"{route}.{kind}", view, {"kind": kind}, name=f"{name}-{kind}") for kind in ("csv", "xlsx")]


urlpatterns = [
    path("", job_import.ImportJobs.as_view(), name="job-import"),
    path("past/", job_import.Imports.as_view(), name="job-imports"),
    path("help/", job_import.ImportHelp.as_view(), name="job-import-help"),
    *sheets("files/<slug:name>", job_import.ImportFile.as_view(), "job-import-file"),
    path("<ulid:import_id>/", job_import.ImportPreview.as_view(), name="job-import-preview"),
    path("<ulid:import_id>/confirm/", job_import.ConfirmImport.as_view(), name="job-import-confirm"),
    path("<ulid:import_id>/file/", job_import.OriginalFile.as_view(), name="job-import-original"),
    *sheets("<ulid:import_id>/errors", job_import.BadRows.as_view(), "job-import-errors"),
]
