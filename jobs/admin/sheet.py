"""What jobs are in the files of operators: the export of the fleets, and the fleet of each job."""

from import_export.fields import Field

from core.web.desk.sheets import Sheet
from jobs.resources import RELATED, JobResource


class JobSheet(Sheet, JobResource):
    related = RELATED
    fleet = Field(attribute="fleet_id", column_name="fleet")

    class Meta(JobResource.Meta):
        fields = ("fleet", *JobResource.Meta.fields)
        export_order = fields
