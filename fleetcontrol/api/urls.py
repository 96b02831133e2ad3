"""OneAPI, `/api/oneapi/v1/`: no slash at the end."""

from django.urls import path, re_path

from core.web import converters
from fleetcontrol.api import (
    commands,
    job_moves,
    job_settings,
    jobs,
    many_vehicles,
    messages,
    units,
    vehicle_parts,
    vehicles,
)
from fleetcontrol.api.base import NothingHere
from fleetcontrol.api.document import OneApiDocument
from fleetcontrol.api.job_imports import JobImports, OneJobImport

converters.register()
app_name = "oneapi"
# Below the URL of a vehicle: its parts, and what can be done with it.
PARTS = {
    "restore": vehicles.RestoreVehicle,
    "master-data": vehicle_parts.MasterData,
    "vehicle-model": vehicle_parts.ModelOfVehicle,
    "custom-fields": vehicle_parts.CustomFieldsOfVehicle,
    "tags": vehicle_parts.TagsOfVehicle,
    "operation-status": vehicle_parts.StatusOfVehicle,
    "state": vehicle_parts.StateOfVehicle,
    "capabilities": vehicle_parts.CapabilitiesOfVehicle,
    "telematics-unit": units.UnitOfVehicle,
    "commands": commands.CommandsOfVehicle,
}
urlpatterns = [
    path("vehicles", vehicles.VehicleListView.as_view(), name="vehicles"),
    path("vehicles/bulk", many_vehicles.ManyVehicles.as_view(), name="vehicles-bulk"),
    path(
        "vehicles/custom-fields",
        many_vehicles.CustomFieldsOfMany.as_view(),
        name="vehicles-custom-fields",
    ),
    path("vehicles/<short:vehicle_id>", vehicles.OneVehicle.as_view(), name="vehicle"),
    *(
        path(f"vehicles/<short:vehicle_id>/{part}", view.as_view(), name=f"vehicle-{part}")
        for part, view in PARTS.items()
    ),
    path(
        "vehicles/<short:vehicle_id>/commands/<slug:name>",
        commands.SendCommand.as_view(),
        name="vehicle-command",
    ),
    path("commands/<ulid:id>", commands.OneCommand.as_view(), name="command"),
    path("vehicle-models", units.ModelListView.as_view(), name="vehicle-models"),
    path("vehicle-models/<ulid:id>", units.ModelView.as_view(), name="vehicle-model"),
    path("telematics-units", units.UnitListView.as_view(), name="telematics-units"),
    path("telematics-units/<str:qnr>", units.UnitView.as_view(), name="telematics-unit"),
    path("jobs", jobs.JobListView.as_view(), name="jobs"),
    path("jobs/bulk", jobs.JobsInBulk.as_view(), name="jobs-bulk"),
    path("jobs/<ulid:job_id>", jobs.OneJob.as_view(), name="job"),
    path(
        "jobs/<ulid:job_id>/assignment", job_moves.AssignmentOfJob.as_view(), name="job-assignment"
    ),
    path(
        "jobs/<ulid:job_id>/handback-request",
        job_moves.HandbackRequestOfJob.as_view(),
        name="job-handback-request",
    ),
    path(
        "jobs/<ulid:job_id>/access-stop",
        job_moves.AccessStopOfJob.as_view(),
        name="job-access-stop",
    ),
    path("job-imports", JobImports.as_view(), name="job-imports"),
    path("job-imports/<ulid:import_id>", OneJobImport.as_view(), name="job-import"),
    path("job-templates", job_settings.TemplateListView.as_view(), name="job-templates"),
    path("messages", messages.Feed.as_view(), name="messages"),
    path("message-types", messages.MessageTypes.as_view(), name="message-types"),
    path("partners", job_settings.PartnerListView.as_view(), name="partners"),
    path("schema", OneApiDocument.as_view(), name="schema"),
    re_path("", NothingHere.as_view(), name="nothing"),
]
