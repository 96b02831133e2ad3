"""The bodies of OneAPI's requests and answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.web.api.serializers import Choice, Shape, StrictSerializer, Text
from jobs.importing.columns import BY_NAME
from jobs.importing.encoding import NAMES
from jobs.importing.errors import shown
from jobs.importing.headings import IGNORE


@extend_schema_serializer(component_name="Finding")
class FindingShape(Shape):
    row = serializers.IntegerField(
        allow_null=True,
        help_text=_("The number of the row; the header is 1. null: the whole file."),
    )
    column = serializers.CharField(help_text=_("Empty: the whole row."))
    code = serializers.CharField(
        help_text=_("What a program branches on. The same in every language.")
    )
    value = serializers.CharField(help_text=_("The first 100 characters of the cell."))
    message = serializers.CharField()
    suggestion = serializers.CharField(
        help_text=_("A value that would be accepted; empty if there is none.")
    )


@extend_schema_serializer(component_name="JobImport")
class JobImportShape(Shape):
    example = {
        "rows": 2,
        "created": 1,
        "rejected": 1,
        "warnings": [],
        "errors": [
            {
                "row": 3,
                "column": "fuel_type",
                "code": "unknown_choice",
                "value": "WATER",
                "message": "“WATER” is not a fuel type.",
                "suggestion": "",
            }
        ],
    }

    rows = serializers.IntegerField(help_text=_("The number of rows: created + rejected."))
    created = serializers.IntegerField(help_text=_("In a dry run: how many jobs would be created."))
    rejected = serializers.IntegerField()
    warnings = FindingShape(many=True)
    errors: Any = FindingShape(many=True)


@extend_schema_serializer(component_name="CreatedImport")
class CreatedImport(JobImportShape):
    example = {"id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KM", **JobImportShape.example}

    id = serializers.CharField()


@extend_schema_serializer(component_name="ImportedJob")
class ImportedJob(Shape):
    row = serializers.IntegerField(
        allow_null=True, help_text=_("null for an import of an earlier version of the product.")
    )
    job_id = serializers.CharField()


@extend_schema_serializer(component_name="JobImportDetails")
class JobImportDetails(CreatedImport):
    example = {
        **CreatedImport.example,
        "file_name": "jobs.csv",
        "imported_at": "2026-11-28T09:14:05Z",
        "jobs": [{"row": 2, "job_id": "01JDG4M4Q2W8Z3V5T7Y9R1N6KC"}],
    }

    file_name = serializers.CharField()
    imported_at = serializers.DateTimeField()
    jobs = ImportedJob(many=True, help_text=_("The jobs of its rows; deleted ones are left out."))


class JobImportForm(StrictSerializer):
    """The parts of the form. A template or company that the client's fleet may not use is an error of the import."""

    example = {"file": "jobs.csv", "valid_rows_only": True, "dry_run": True}

    file = serializers.FileField(
        allow_empty_file=True,
        max_length=1000,
        help_text=_("CSV or Excel (.xlsx), up to 1,000 rows and 5 MB."),
    )
    template_id = Text(
        default="",
        allow_blank=True,
        max_length=100,
        help_text=_("The id of a template of the fleet."),
    )
    assigned_installer_company_id = Text(
        default="",
        allow_blank=True,
        max_length=100,
        help_text=_("The partner_id of a partner. All jobs are assigned to it."),
    )
    prefer_template_data = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("Whether the template wins where template and file differ."),
    )
    valid_rows_only = serializers.BooleanField(
        required=False,
        default=False,
        help_text=_("Whether to import the valid rows if others have errors."),
    )
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text=_("Whether to check only.")
    )
    header_row = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=1_048_576,
        help_text=_(
            "The number of the row with the headings; 0: there is none. If left out, the row is searched, "
            "and a file without known headings is an error."
        ),
    )
    hidden_rows = Choice(
        required=False,
        default="",
        choices=[("all", _("all rows")), ("visible", _("the visible rows"))],
        help_text=_(
            "Which rows of a sheet with hidden rows are imported. If left out, such a sheet is an error."
        ),
    )
    encoding = Choice(
        required=False,
        default="",
        choices=list(NAMES.items()),
        help_text=_(
            "The encoding of a CSV file. If left out, it is recognised; where the letters do not make it clear, "
            "the file is an error."
        ),
    )
    columns = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=5000,
        help_text=_(
            "The columns of the file in their order, separated by commas: the name of a column, - to ignore it, "
            "blank to read its heading. For files with other headings or without any."
        ),
    )

    def validate_columns(self, text: str) -> dict[str, str]:
        """Position → column."""
        names = [name.strip() for name in text.split(",")]
        unknown = sorted(set(names) - {"", IGNORE, *BY_NAME})
        if unknown:
            raise serializers.ValidationError(
                _("Unknown columns: %(names)s.") % {"names": shown(", ".join(unknown))}
            )
        return {str(position): name for position, name in enumerate(names) if name}
