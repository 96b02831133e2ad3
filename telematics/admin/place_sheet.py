"""What places are in the files of operators."""

from import_export.fields import Field

from core.web.desk.form_sheets import FormSheet
from telematics.models import Place


class PlaceSheet(FormSheet):
    """A place is named by its fleet and its name, so another name is another place."""

    named_by = ("fleet", "name")
    only_exported = ("archived_at",)
    fleet = Field(attribute="fleet_id", column_name="fleet")
    partner = Field(attribute="partner_id", column_name="partner")

    class Meta:
        model = Place
        fields = ("fleet", "name", "address", "contact", "opening_hours", "partner", "archived_at")
