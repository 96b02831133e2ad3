"""What OneAPI takes and answers."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Company
from core.web.serializers import Shape, StrictSerializer
from jobs.models import JobTemplate


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
    """The parts of the form. Templates and companies are those of the client's fleet."""

    file = serializers.FileField(
        allow_empty_file=True, max_length=1000, help_text=_("CSV or Excel (.xlsx), up to 1,000 rows and 5 MB.")
    )
    template_id = serializers.CharField(required=False, allow_blank=True, max_length=26)
    assigned_installer_company_id = serializers.CharField(
        required=False, allow_blank=True, max_length=12, help_text=_("Of a partner; all jobs are assigned to it.")
    )
    prefer_template_data = serializers.BooleanField(required=False, default=False)
    valid_rows_only = serializers.BooleanField(required=False, default=False)
    dry_run = serializers.BooleanField(required=False, default=False)

    def validate_template_id(self, key: str) -> JobTemplate | None:
        templates = JobTemplate.objects.filter(fleet=self.context["fleet"]).select_related("vehicle_model")
        try:
            return templates.get(pk=key) if key else None
        except (JobTemplate.DoesNotExist, ValidationError):
            raise serializers.ValidationError(_("The fleet has no such template.")) from None

    def validate_assigned_installer_company_id(self, key: str) -> Company | None:
        partners = self.context["fleet"].partnerships.accepted().values("company")
        found = Company.objects.working().filter(pk__in=partners, pk=key.upper()).first()
        if key and found is None:
            raise serializers.ValidationError(_("This company is not a partner of this fleet."))
        return found
