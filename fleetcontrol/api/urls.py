"""OneAPI, `/api/oneapi/v1/`: no slash at the end."""

from django.urls import path, re_path

from fleetcontrol.api.base import NothingHere
from fleetcontrol.api.document import OneApiDocument
from fleetcontrol.api.job_imports import JobImports

app_name = "oneapi"
urlpatterns = [
    path("job-imports", JobImports.as_view(), name="job-imports"),
    path("schema", OneApiDocument.as_view(), name="schema"),
    re_path("", NothingHere.as_view(), name="nothing"),
]
