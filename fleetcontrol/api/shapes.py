"""What OneAPI takes and answers."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.web.serializers import Shape, StrictSerializer


class FindingShape(Shape):
    row = serializers.IntegerField(
        allow_null=True, help_text=_("Record number, header = 1; null: the file as a whole.")
    )
    column = serializers.CharField(help_text=_("Empty: the whole row."))
    code = serializers.CharField(help_text=_("Stays the same in every language."))
    value = serializers.CharField(help_text=_("The first 100 characters of what stands there."))
    message = serializers.CharField()
    suggestion = serializers.CharField(help_text=_("Empty where there is none."))


class JobImportShape(Shape):
    rows = serializers.IntegerField(help_text=_("Always created + rejected."))
    created = serializers.IntegerField(help_text=_("In a dry run: how many would be."))
    rejected = serializers.IntegerField()
    warnings = FindingShape(many=True)
    errors = FindingShape(many=True)


class JobImportForm(StrictSerializer):
    """The parts of the form. A template or company that the client's fleet may not use is an error of the import."""

    file = serializers.FileField(
        allow_empty_file=True, max_length=1000, help_text=_("CSV or Excel (.xlsx), up to 1,000 rows and 5 MB.")
    )
    template_id = serializers.CharField(default="", allow_blank=True, max_length=100)
    assigned_installer_company_id = serializers.CharField(
        default="", allow_blank=True, max_length=100, help_text=_("Of a partner; all jobs are assigned to it.")
    )
    prefer_template_data = serializers.BooleanField(required=False, default=False)
    valid_rows_only = serializers.BooleanField(required=False, default=False)
    dry_run = serializers.BooleanField(required=False, default=False)
