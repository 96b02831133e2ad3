from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.actions import RecordedMixin, What, apply_to_each, reinstate, suspend
from accounts.admin.closing import close
from accounts.admin.refusals import RefusedInTheForm
from accounts.admin.sheets import CompanySheet, InvitationSheet, PartnershipSheet
from accounts.models import Company, CompanyMembership, FleetMembership, Invitation, Partnership
from accounts.web.requests import signed_in
from core.web.admin import EMAIL, NAME, SHORT_ID, OperatorAdmin, ReadOnlyAdmin, link
from core.web.desk.files import ExportedMixin, ImportedMixin


@admin.register(Company)
class CompanyAdmin(ImportedMixin, RecordedMixin, OperatorAdmin):
    resource_classes = [CompanySheet]
    searched_by = {
        EMAIL: ("email",),
        SHORT_ID: ("pk",),
        NAME: ("name__icontains",),
    }
    list_display = (
        "name",
        "partner_id",
        "email",
        "email_verified_at",
        "suspended_at",
        "closed_at",
        "created_at",
    )
    list_filter = (
        ("closed_at", admin.EmptyFieldListFilter),
        ("suspended_at", admin.EmptyFieldListFilter),
    )
    search_fields = ("name", "partner_id", "email__startswith")
    fields = (
        "name",
        "require_second_factor",
        "partner_id",
        "email",
        "email_verified_at",
        "new_email",
        "suspended_at",
        "closed_at",
        "created_at",
    )
    readonly_fields = (
        "partner_id",
        "email",
        "email_verified_at",
        "new_email",
        "suspended_at",
        "closed_at",
        "created_at",
    )
    actions = (suspend, reinstate, close)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A company registers itself after the invitation of a fleet."""
        return False


@admin.register(Partnership)
class PartnershipAdmin(ExportedMixin, RecordedMixin, ReadOnlyAdmin):
    resource_classes = [PartnershipSheet]
    searched_by = {EMAIL: ("email",)}
    linked_by = ("fleet__provider",)
    list_display = (
        "__str__",
        link("fleet", gettext_lazy("fleet")),
        link("company", gettext_lazy("company")),
        "email",
        "status",
        "allow_override",
        "created_at",
        "ended_at",
    )
    list_filter = ("status", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "company")
    search_fields = (
        "email__startswith",
        "company__name",
        "company__partner_id",
        "fleet__name",
        "fleet__fleet_id",
    )
    actions = ("end",)

    @admin.action(description=gettext_lazy("End the partnership"), permissions=["action"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(
            self,
            request,
            queryset,
            lambda row: row.end(by=signed_in(request)),
            What.END,
            reasoned=True,
        )


# Both teams have an admin.
ROLES = dict([*FleetMembership.Role.choices, *CompanyMembership.Role.choices])


class InviteForm(forms.ModelForm):
    """An operator's invitation into a company or a fleet. Partners are invited by their fleets."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=[("", "---------"), *ROLES.items()]
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        company = cleaned.get("company")
        fleet = cleaned.get("fleet")
        if bool(company) == bool(fleet):
            raise ValidationError(_("Choose a company or a fleet."))
        self.instance.kind = "COMPANY" if company else "FLEET"
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(ImportedMixin, RefusedInTheForm, RecordedMixin, OperatorAdmin):
    resource_classes = [InvitationSheet]
    form = InviteForm
    searched_by = {EMAIL: ("email",)}
    list_display = (
        "email",
        "kind",
        "role",
        link("fleet", gettext_lazy("fleet")),
        link("company", gettext_lazy("company")),
        "shown_state",
        "sent_at",
        "expires_at",
        "mail_failed",
    )
    list_filter = ("kind",)
    list_select_related = ("fleet", "company", "partnership", "mail")
    search_fields = ("email__startswith",)
    fields = ("email", "first_name", "last_name", "company", "fleet", "role")
    autocomplete_fields = ("company", "fleet")
    actions = ("resend", "withdraw")

    @admin.display(description=gettext_lazy("state"))
    def shown_state(self, row: Invitation) -> str:
        return str(Invitation.State(row.state).label)

    @admin.display(description=gettext_lazy("Mail failed"), boolean=True)
    def mail_failed(self, row: Invitation) -> bool:
        return row.mail_failed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        team = obj.company or obj.fleet
        fields = {
            name: form.cleaned_data[name] for name in ("email", "role", "first_name", "last_name")
        }
        obj.pk = team.invite(by=signed_in(request), **fields).pk

    @admin.action(description=gettext_lazy("Send again"), permissions=["add"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(
            self, request, queryset, lambda row: row.resend(by=signed_in(request)), What.RESEND
        )

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["add"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(
            self, request, queryset, lambda row: row.withdraw(by=signed_in(request)), What.WITHDRAW
        )
