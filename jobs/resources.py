"""The export of jobs: the columns of the import with the same names, and the result of each job."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from import_export import fields, resources, widgets

from core.values import times
from jobs.models import Job
from jobs.models.job_queryset import JobQuerySet

RESULT = ("differs", "comment", "failure_reason")
TIMES = ("created_at", "updated_at", "assigned_at", "taken_at", "finished_at")
# Handed out as days, moments and numbers, which a spreadsheet sorts.
TYPED = frozenset((*TIMES, "planned_service_date", "year_of_production"))


RELATED = ("fleet", "company", "reserved_for", "assignee", "vehicle_model", "place", "roll_out")


class Decision(widgets.Widget):
    """On, off or blank, as the import reads it."""

    def render(self, value: bool | None, obj: Any = None, **kwargs: Any) -> str:
        if value is None:
            return ""
        if value:
            return "on"
        return "off"


class JobResource(resources.ModelResource):
    """The resource of every export of jobs."""

    number = fields.Field(attribute="names__number")
    assigned_installer_company_id = fields.Field(attribute="company_id")
    company = fields.Field(attribute="company__name")
    installer = fields.Field(attribute="assignee__name")
    vehicle_model_id = fields.Field(attribute="vehicle_model_id")
    vehicle_id = fields.Field(attribute="vehicle_id")
    place = fields.Field(attribute="place__name")
    roll_out = fields.Field(attribute="roll_out__name")
    reserved_for = fields.Field(attribute="reserved_for__name")
    planned_unit = fields.Field(attribute="planned_unit_id")
    unit = fields.Field(attribute="unit_id")
    further_tests = fields.Field()
    required_photos = fields.Field()
    auto_immo_control = fields.Field(attribute="auto_immo_control", widget=Decision())
    driving_events = fields.Field(attribute="driving_events", widget=Decision())
    damage_detection = fields.Field(attribute="damage_detection", widget=Decision())
    tracking = fields.Field(attribute="tracking", widget=Decision())
    smoke_detection = fields.Field(attribute="smoke_detection", widget=Decision())

    class Meta:
        model = Job
        fields = (
            "id",
            "number",
            "kind",
            "status",
            "assigned_installer_company_id",
            "company",
            "reserved_for",
            "installer",
            *Job.IDENTITY,
            "vehicle_model_id",
            "installation_variant",
            "central_lock_connection_type",
            *Job.MASTER_DATA,
            *Job.FEATURES,
            *Job.NOTES,
            "roll_out",
            "task",
            "further_tests",
            "required_photos",
            "planned_unit",
            "unit",
            "vehicle_id",
            "allow_override",
            *RESULT,
            *TIMES,
        )
        export_order = fields
        widgets = {name: {"format": times.FORMAT} for name in TIMES}

    def get_export_headers(self, *args: Any, **kwargs: Any) -> list[str]:
        return [self._heading(name) for name in super().get_export_headers(*args, **kwargs)]

    @staticmethod
    def _heading(name: str) -> str:
        if name in TIMES:
            return times.heading_with_zone(name)
        return name

    def dehydrate_brand(self, job: Job) -> str:
        """Beside the ID of the vehicle model, as what people read it by."""
        return job.brand or (job.vehicle_model.brand if job.vehicle_model else "")

    def dehydrate_model(self, job: Job) -> str:
        return job.model or (job.vehicle_model.model if job.vehicle_model else "")

    def dehydrate_further_tests(self, job: Job) -> str:
        return " ".join(job.further_tests)

    def dehydrate_required_photos(self, job: Job) -> str:
        return " ".join(job.required_photos)

    def table(
        self, parts: Iterable[JobQuerySet], names: Collection[str] | None = None
    ) -> Iterator[list[Any]]:
        """Yield the headings, then the cells of each job; `names` are the columns, all where it is None.

        Jobs are loaded in chunks: a fleet may have a hundred thousand.
        """
        chosen = [
            field
            for field in self.get_export_fields()
            if names is None or field.column_name in names
        ]
        yield [self._heading(field.column_name) for field in chosen]
        for jobs in parts:
            related = jobs.select_related(*RELATED)
            for job in related.defer("search", "planned").iterator(chunk_size=2000):
                yield [self._cell(field, job) for field in chosen]

    def _cell(self, field: fields.Field, job: Job) -> Any:
        if field.column_name in TYPED:
            return field.get_value(job)
        return self.export_field(field, job, export_fields=None) or ""
