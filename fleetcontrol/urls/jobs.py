"""Jobs: the two lists and what belongs to them, one job, many jobs."""

from django.urls import include, path

from fleetcontrol.views import (
    bulk_runs,
    job_actions,
    job_bulk,
    job_copies,
    job_create_many,
    job_detail,
    job_edit,
    job_form,
    job_list,
    job_lookups,
    job_table,
)

lists = [
    path("installation/", job_list.InstallationJobs.as_view(), name="installation_jobs"),
    path("maintenance/", job_list.MaintenanceJobs.as_view(), name="maintenance_jobs"),
    path("<slug:kind>/filter/", job_list.FilterJobs.as_view(), name="job-filter"),
    path("<slug:kind>/columns/", job_table.Columns.as_view(), name="job-columns"),
    path("<slug:kind>/views/", job_table.Views.as_view(), name="job-views"),
    path(
        "<slug:kind>/export/csv/",
        job_table.Export.as_view(),
        {"form": "csv"},
        name="job-export-csv",
    ),
    path(
        "<slug:kind>/export/xlsx/",
        job_table.Export.as_view(),
        {"form": "xlsx"},
        name="job-export-xlsx",
    ),
]
writing = [
    path("new/", job_form.CreateJob.as_view(), name="job-create"),
    path("new/follow/", job_lookups.FollowForm.as_view(), name="job-follow"),
    path("new/vin/", job_lookups.CheckVin.as_view(), name="job-vin"),
    path("new/options/<slug:what>/", job_lookups.Options.as_view(), name="job-options"),
    path("new/from-template/", job_create_many.FromTemplate.as_view(), name="job-from-template"),
    path("new/many/", job_create_many.CreateMany.as_view(), name="job-create-many"),
]
one = [
    path("", job_detail.JobDetail.as_view(), name="job-detail"),
    path("menu/", job_detail.JobMenu.as_view(), name="job-menu"),
    path("photos/<ulid:photo_id>/", job_detail.JobPhotoImage.as_view(), name="job-photo"),
    path("edit/", job_edit.EditJob.as_view(), name="job-edit"),
    path("duplicate/", job_copies.DuplicateJob.as_view(), name="job-duplicate"),
    path("again/", job_copies.CreateJobAgain.as_view(), name="job-again"),
    path("delete/", job_actions.DeleteJob.as_view(), name="job-delete"),
    path("assign/", job_actions.AssignJob.as_view(), name="job-assign"),
    path("handback/", job_actions.RequestHandback.as_view(), name="job-handback"),
    path("access/stop/", job_actions.StopAccess.as_view(), name="job-access-stop"),
    path("access/allow/", job_actions.AllowAccess.as_view(), name="job-access-allow"),
]
many = [
    path("<slug:kind>/bulk/<slug:action>/", job_bulk.Bulk.as_view(), name="job-bulk"),
    path("bulk/<ulid:run_id>/", bulk_runs.Progress.as_view(), name="bulk-run"),
]
urlpatterns = [*lists, *writing, *many, path("<ulid:job_id>/", include(one))]
