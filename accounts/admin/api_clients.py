"""API clients of fleets, which operators manage as a fleet's admins do in *Settings ▸ API clients*."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.actions import RecordedMixin, What, apply_to_each, reinstate, suspend
from accounts.models import ApiClient
from accounts.models.api_call import ApiCall
from accounts.models.api_client import RIGHTS
from accounts.web.api_clients import RIGHT_CHOICES, AddressesField
from accounts.web.requests import signed_in
from core.web.admin import FLOW_ID, OperatorAdmin, ReadOnlyAdmin, link

# What is shown of a client and not typed.
ISSUED = (
    "last_used_at",
    "client_id",
    "created_by",
    "created_at",
    "suspended_at",
    "revoked_at",
    "is_demo",
)


class IssueForm(forms.ModelForm):
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=RIGHT_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )
    allowed_addresses = AddressesField()

    class Meta:
        model = ApiClient
        fields: tuple[str, ...] = ("fleet", "name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        fleet = cleaned.get("fleet") or (self.instance.pk and self.instance.fleet)
        if fleet and self.is_taken(fleet, cleaned.get("name")):
            self.add_error("name", _("The fleet already has an API client with this name."))
        return cleaned

    def is_taken(self, fleet: Any, name: str | None) -> bool:
        others = fleet.api_clients.filter(name=name, revoked_at=None)
        return others.exclude(pk=self.instance.pk).exists()


class EditForm(IssueForm):
    """A client stays with its fleet."""

    class Meta(IssueForm.Meta):
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial["rights"] = self.instance.rights


@admin.register(ApiCall)
class ApiCallAdmin(ReadOnlyAdmin):
    """The last calls of each client, by which a flow ID that somebody names is found."""

    searched_by = {FLOW_ID: ("flow_id",)}
    list_display = (
        "at",
        link("client", gettext_lazy("API client")),
        "method",
        "path",
        "status",
        "code",
        "flow_id",
    )
    list_filter = ("status",)
    list_select_related = ("client",)
    search_fields = ("=flow_id", "client__name")
    ordering = ("-at",)
    fields = ("client", "at", "method", "path", "status", "code", "flow_id")


@admin.register(ApiClient)
class ApiClientAdmin(RecordedMixin, OperatorAdmin):
    """Issue, change, give a new secret to and revoke clients, by the methods that the fleet's page calls."""

    linked_by = ("fleet__provider",)
    list_display = (
        "name",
        "client_id",
        link("fleet", gettext_lazy("fleet")),
        "created_at",
        "suspended_at",
        "revoked_at",
    )
    list_filter = (
        ("suspended_at", admin.EmptyFieldListFilter),
        ("revoked_at", admin.EmptyFieldListFilter),
    )
    list_select_related = ("fleet", "client")
    search_fields = ("name", "client__id", "fleet__name", "fleet__fleet_id")
    autocomplete_fields = ("fleet",)
    actions = (suspend, reinstate, "renew_secret", "renew_secret_beside", "revoke")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A revoked client is history."""
        return super().has_change_permission(request, obj) and not (obj and obj.revoked_at)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = EditForm if self.has_change_permission(request, obj) and obj else IssueForm
        return super().get_form(request, obj, change, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if not obj:
            return ("fleet", "name", "rights", "allowed_addresses")
        if self.has_change_permission(request, obj):
            return ("fleet", "name", "rights", "allowed_addresses", *ISSUED)
        return ("fleet", "name", "rights_in_words", "addresses", *ISSUED)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if not obj:
            return ()
        if self.has_change_permission(request, obj):
            return ("fleet", *ISSUED)
        return self.get_fields(request, obj)

    @admin.display(description=gettext_lazy("rights"))
    def rights_in_words(self, obj: ApiClient) -> str:
        return ", ".join(str(RIGHTS.get(right, right)) for right in obj.rights)

    @admin.display(description=gettext_lazy("allowed IP addresses"))
    def addresses(self, obj: ApiClient) -> str:
        return ", ".join(obj.allowed_addresses) or "–"

    @admin.display(description=gettext_lazy("last used"))
    def last_used_at(self, obj: ApiClient) -> Any:
        use = getattr(obj, "use", None)
        return use.last_used_at if use is not None else None

    def details_of(self, obj: Any) -> str:
        return self.rights_in_words(obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        given = form.cleaned_data
        values = {
            "name": given["name"],
            "scopes": given["rights"],
            "allowed_addresses": given["allowed_addresses"],
            "by": signed_in(request),
        }
        if change:
            form.instance.edit(**values)
            return form.instance
        client, secret = ApiClient.objects.issue(fleet=given["fleet"], **values)
        issued: Any = client
        issued.secret = secret  # for the page that `response_add` renders
        return issued

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing: `issue` or `edit` has saved the client."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: there are no related rows."""

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        return self.show_secret(request, obj, _("%(name)s was issued") % {"name": obj})

    def show_secret(self, request: HttpRequest, obj: Any, title: str) -> HttpResponse:
        """The only page that shows the secret. There is no redirect, because nothing stores the secret."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "issued": obj,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/accounts/apiclient/issued.html", context)

    @admin.action(
        description=gettext_lazy("Create a new secret; the former one ends at once"),
        permissions=["action"],
    )
    def renew_secret(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """With the former secret its tokens end."""
        return self.renew(request, queryset, keep_former=False)

    @admin.action(
        description=gettext_lazy("Create a new secret; the former one works for 24 more hours"),
        permissions=["action"],
    )
    def renew_secret_beside(
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> HttpResponse | None:
        return self.renew(request, queryset, keep_former=True)

    def renew(
        self, request: HttpRequest, queryset: QuerySet[Any], *, keep_former: bool
    ) -> HttpResponse | None:
        chosen = list(queryset.filter(revoked_at=None)[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choose one API client."), messages.ERROR)
            return None
        [client] = chosen
        client.secret = client.renew_secret(by=signed_in(request), keep_former=keep_former)
        self.log_change(request, client, [{"changed": {"fields": ["secret"]}}])
        title = _("New secret for %(name)s") % {"name": client}
        return self.show_secret(request, client, title)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.has_action_permission(request) or self.may(request, "revoke")

    @admin.action(description=gettext_lazy("Revoke at once"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(
            self,
            request,
            queryset,
            lambda row: row.revoke(by=signed_in(request)),
            What.REVOKE,
            reasoned=True,
        )
