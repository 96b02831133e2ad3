"""What providers, fleets, companies and people are in the files of operators."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field

from accounts.models import (
    AgreementSignature,
    Company,
    CompanyMembership,
    Fleet,
    FleetMembership,
    Invitation,
    MobilityProvider,
    Partnership,
    User,
)
from core.models import Mail
from core.values.addresses import comparable
from core.web.desk.form_sheets import FormSheet
from core.web.desk.sheets import Sheet


def column(name: str, attribute: str | None = None) -> Field:
    return Field(attribute=attribute, column_name=name)


class ProviderSheet(FormSheet):
    named_by = ("provider_id",)
    is_named_here = True
    only_exported = ("suspended_at", "created_at")

    class Meta:
        model = MobilityProvider
        fields = ("provider_id", "name", "suspended_at", "created_at")


class FleetSheet(FormSheet):
    """`first_admin` gets an invitation. Moving a fleet to another provider has to be confirmed, as in the form."""

    named_by = ("fleet_id",)
    is_named_here = True
    only_exported = ("suspended_at", "created_at")
    provider = column("provider", "provider_id")
    first_admin = column("first_admin")
    move_confirmed = column("move_confirmed")

    class Meta:
        model = Fleet
        fields = (
            "fleet_id",
            "provider",
            "name",
            "time_zone",
            "language",
            "csv_separator",
            "job_prefix",
            "require_second_factor",
            "first_admin",
            "move_confirmed",
            "suspended_at",
            "created_at",
        )


class CompanySheet(FormSheet):
    """Companies register themselves; a file changes those that are there."""

    named_by = ("partner_id",)
    is_named_here = True
    only_exported = ("email_verified_at", "suspended_at", "closed_at", "created_at")

    class Meta:
        model = Company
        fields = (
            "partner_id",
            "name",
            "require_second_factor",
            "email",
            "email_verified_at",
            "suspended_at",
            "closed_at",
            "created_at",
        )


class PeopleSheet(FormSheet):
    """Rights are given on the page of a person, not by a file."""

    named_by = ("email",)
    only_exported = ("is_staff", "suspended_at", "closed_at", "date_joined", "last_login")

    class Meta:
        model = User
        fields = (
            "email",
            "first_name",
            "last_name",
            "language",
            "time_zone",
            "is_staff",
            "suspended_at",
            "closed_at",
            "date_joined",
            "last_login",
        )

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        row["email"] = comparable(row.get("email", ""))


class FleetMemberSheet(FormSheet):
    """People by their addresses. Others are invited."""

    named_by = ("user", "fleet")
    only_exported = ("created_at",)
    user = column("user", "user__email")
    fleet = column("fleet", "fleet_id")

    class Meta:
        model = FleetMembership
        fields = ("user", "fleet", "role", "created_at")

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        row["user"] = comparable(row.get("user", ""))

    def find(self, **wanted: str) -> Any:
        return super().find(user__email=wanted["user"], fleet=wanted["fleet"])

    def value_for(self, column: str, field: forms.Field, text: str) -> str:
        if column != "user" or not text:
            return super().value_for(column, field, text)
        person = User.objects.filter(email=text).values_list("pk", flat=True).first()
        if person is None:
            raise ValidationError(_("Nobody has this address. Invite them."))
        return str(person)


class CompanyMemberSheet(Sheet):
    user = column("user", "user__email")
    company = column("company", "company_id")
    company_name = column("company_name", "company__name")

    class Meta:
        model = CompanyMembership
        fields = ("user", "company", "company_name", "role", "created_at", "ended_at")


class InvitationSheet(FormSheet):
    """A file invites. Rows that were sent already, as in an export, are skipped."""

    only_exported = ("kind", "sent_at", "expires_at", "used_at", "withdrawn_at", "declined_at")
    company = column("company", "company_id")
    fleet = column("fleet", "fleet_id")

    class Meta:
        model = Invitation
        fields = (
            "email",
            "first_name",
            "last_name",
            "company",
            "fleet",
            "role",
            "kind",
            "sent_at",
            "expires_at",
            "used_at",
            "withdrawn_at",
            "declined_at",
        )

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        self.form = None
        is_sent = any(row[name] for name in row if name.startswith("sent_at"))
        if not is_sent:
            super().import_instance(instance, row, **kwargs)


class PartnershipSheet(Sheet):
    fleet = column("fleet", "fleet_id")
    fleet_name = column("fleet_name", "fleet__name")
    company = column("company", "company_id")
    company_name = column("company_name", "company__name")

    class Meta:
        model = Partnership
        fields = (
            "fleet",
            "fleet_name",
            "company",
            "company_name",
            "email",
            "status",
            "allow_override",
            "created_at",
            "answered_at",
            "ended_at",
        )


class SignatureSheet(Sheet):
    """Which company has accepted which version of the agreement, and by whom."""

    company = column("company", "company_id")
    company_name = column("company_name", "company__name")
    version = column("version", "agreement__version")

    class Meta:
        model = AgreementSignature
        fields = ("company", "company_name", "version", "name", "address", "at")


class MailSheet(Sheet):
    """Without the content: its links are only for the recipient."""

    class Meta:
        model = Mail
        fields = (
            "id",
            "to",
            "template",
            "language",
            "status",
            "attempts",
            "error",
            "created_at",
            "sent_at",
        )
