"""Machines of a fleet. Until its admins have a page of their own, operators issue and revoke them here."""

from django import forms
from django.contrib import admin
from django.template.response import TemplateResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.acts import ToldMixin, What, act_on_each, reinstate, suspend
from accounts.models import ApiClient
from accounts.models.api_client import RIGHTS
from core.web.admin import OperatorAdmin, link


class IssueForm(forms.ModelForm):
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=[(right, format_lazy("{} ({})", label, right)) for right, label in RIGHTS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model, fields = ApiClient, ("fleet", "name")

    def clean(self):
        told = super().clean()
        fleet, name = told.get("fleet"), told.get("name")
        if fleet and fleet.api_clients.filter(name=name, revoked_at=None).exists():
            self.add_error("name", _("The fleet has an API client of this name."))
        return told


@admin.register(ApiClient)
class ApiClientAdmin(ToldMixin, OperatorAdmin):
    """Issued and revoked, never changed: whoever needs other rights gets another client."""

    form = IssueForm
    list_display = ("name", "client_id", link("fleet"), "created_at", "suspended_at", "revoked_at")
    list_filter = (("suspended_at", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("fleet", "client")
    search_fields = ("name", "client__id", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet",)
    actions = (suspend, reinstate, "revoke")

    def has_change_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        issued = ("client_id", "created_by", "created_at", "suspended_at", "revoked_at") if obj else ()
        return ("fleet", "name", "rights_in_words" if obj else "rights", *issued)

    def get_readonly_fields(self, request, obj=None):
        return self.get_fields(request, obj) if obj else ()

    @admin.display(description=gettext_lazy("rights"))
    def rights_in_words(self, obj) -> str:
        return ", ".join(str(RIGHTS.get(right, right)) for right in obj.rights)

    def details_of(self, obj) -> str:
        return self.rights_in_words(obj)

    def save_form(self, request, form, change):
        told = form.cleaned_data
        issued, secret = ApiClient.objects.issue(
            fleet=told["fleet"], name=told["name"], scopes=told["rights"], by=request.user
        )
        issued.secret = secret  # for the next page, and nowhere else
        return issued

    def save_model(self, request, obj, form, change):
        """Issuing has saved it."""

    def save_related(self, request, form, formsets, change):
        """There is nothing beside it."""

    def response_add(self, request, obj, post_url_continue=None):
        """The only page that shows the secret: no redirect, which would have to keep it somewhere."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(name)s was issued") % {"name": obj},
            "issued": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/apiclient/issued.html", context)

    @admin.action(description=gettext_lazy("Revoke at once"), permissions=["act"])
    def revoke(self, request, queryset):
        act_on_each(self, request, queryset, lambda row: row.revoke(by=request.user), What.REVOKE, reasoned=True)
