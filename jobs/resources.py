"""Jobs as a spreadsheet: the columns of the import by their names there, and beside them what came of the job."""

from collections.abc import Iterable, Iterator
from typing import Any

from import_export import fields, resources, widgets

from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet

RESULT = ("differs", "comment", "failure_reason")
TIMES = ("created_at", "updated_at", "assigned_at", "taken_at", "finished_at")


class Decision(widgets.Widget):
    """On, off, or nothing: as the import reads it."""

    def render(self, value: bool | None, obj: Any = None, **kwargs: Any) -> str:
        return {True: "on", False: "off"}.get(value, "")


class JobResource(resources.ModelResource):
    """For every export of jobs."""

    assigned_installer_company_id = fields.Field(attribute="company_id")
    company = fields.Field(attribute="company__name")
    installer = fields.Field(attribute="assignee__name")
    vehicle_model_id = fields.Field(attribute="vehicle_model_id")
    vehicle_id = fields.Field(attribute="vehicle_id")
    planned_unit = fields.Field(attribute="planned_unit_id")
    unit = fields.Field(attribute="unit_id")
    further_tests = fields.Field()
    auto_immo_control = fields.Field(attribute="auto_immo_control", widget=Decision())
    driving_events = fields.Field(attribute="driving_events", widget=Decision())
    damage_detection = fields.Field(attribute="damage_detection", widget=Decision())
    tracking = fields.Field(attribute="tracking", widget=Decision())
    smoke_detection = fields.Field(attribute="smoke_detection", widget=Decision())

    class Meta:
        model = Job
        fields = (
            "id", "kind", "status", "assigned_installer_company_id", "company", "installer",
            *Job.IDENTITY, "vehicle_model_id", "installation_variant", "central_lock_connection_type",
            *Job.MASTER_DATA, *Job.FEATURES, *Job.NOTES, "task", "further_tests", "planned_unit", "unit", "vehicle_id",
            *RESULT, *TIMES,
        )  # fmt: skip
        export_order = fields
        widgets = {name: {"format": "%Y-%m-%d %H:%M:%S"} for name in TIMES}

    def dehydrate_further_tests(self, job: Job) -> str:
        return " ".join(job.further_tests)

    def table(self, parts: Iterable[JobQuerySet]) -> Iterator[list[Any]]:
        """The column names, then the cells of each job, read in chunks: a fleet may have a hundred thousand."""
        chosen = self.get_export_fields()
        yield [field.column_name for field in chosen]
        for jobs in parts:
            related = jobs.select_related("company", "assignee").defer("search", "planned")
            for job in related.iterator(chunk_size=2000):
                yield [self.export_field(field, job, export_fields=None) or "" for field in chosen]
