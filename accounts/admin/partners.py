from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.acts import ToldMixin, What, act_on_each, reinstate, suspend
from accounts.admin.closing import close
from accounts.admin.refusals import RefusedInTheForm
from accounts.models import Company, CompanyMembership, Invitation, Partnership
from core.web.admin import OperatorAdmin, ReadOnlyAdmin, link


@admin.register(Company)
class CompanyAdmin(ToldMixin, OperatorAdmin):
    list_display = ("name", "partner_id", "email", "email_verified_at", "suspended_at", "closed_at", "created_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), ("suspended_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "partner_id", "email__startswith")
    fields = (
        "name",
        "demand_second_factor",
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

    def has_add_permission(self, request):
        """A company registers itself, by the invitation of a fleet."""
        return False


@admin.register(Partnership)
class PartnershipAdmin(ToldMixin, ReadOnlyAdmin):
    list_display = (
        "__str__",
        link("fleet"),
        link("company"),
        "email",
        "status",
        "allow_override",
        "created_at",
        "ended_at",
    )
    list_filter = ("status", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "company")
    search_fields = ("email__startswith", "company__name", "company__partner_id", "fleet__name", "fleet__fleet_id")
    actions = ("end",)

    @admin.action(description=gettext_lazy("End the partnership"), permissions=["act"])
    def end(self, request, queryset):
        act_on_each(self, request, queryset, lambda row: row.end(by=request.user), What.END, reasoned=True)


class InviteForm(forms.ModelForm):
    """An operator's invitation into a company or a fleet; partners are invited by their fleets."""

    def clean(self):
        cleaned = super().clean()
        company, fleet = cleaned.get("company"), cleaned.get("fleet")
        if bool(company) == bool(fleet):
            raise ValidationError(_("Choose a company or a fleet."))
        if cleaned.get("role") not in (CompanyMembership.Role.values if company else ["ADMIN", "MANAGER", "VIEWER"]):
            raise ValidationError({"role": _("There is no such role there.")})
        self.instance.kind = "COMPANY" if company else "FLEET"
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(RefusedInTheForm, ToldMixin, OperatorAdmin):
    form = InviteForm
    list_display = (
        "email",
        "kind",
        "role",
        link("fleet"),
        link("company"),
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
    def shown_state(self, row):
        return Invitation.State(row.state).label

    @admin.display(description=gettext_lazy("Mail failed"), boolean=True)
    def mail_failed(self, row):
        return row.mail_failed

    def has_change_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        team = obj.company or obj.fleet
        about = {name: form.cleaned_data[name] for name in ("email", "role", "first_name", "last_name")}
        obj.pk = team.invite(by=request.user, **about).pk

    @admin.action(description=gettext_lazy("Send again"), permissions=["add"])
    def resend(self, request, queryset):
        act_on_each(self, request, queryset, lambda row: row.resend(by=request.user), What.RESEND)

    @admin.action(description=gettext_lazy("Withdraw"), permissions=["add"])
    def withdraw(self, request, queryset):
        act_on_each(self, request, queryset, lambda row: row.withdraw(by=request.user), What.WITHDRAW)
