from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import (
    RecordedMixin,
    What,
    apply_to_each,
    record,
    reinstate,
    suspend,
)
from accounts.admin.groups import GroupsField
from accounts.admin.refusals import RefusedInTheForm
from accounts.admin.sheets import PeopleSheet
from accounts.models import CompanyMembership, Erasure, FleetMembership, User, erasure, operators
from accounts.models.operator_role import names_shown
from accounts.web.personal_data import as_file
from accounts.web.requests import signed_in
from core.errors import NotAllowed
from core.web.admin import EMAIL, NAME, ULID, OperatorAdmin, ReadOnlyAdmin, link
from core.web.desk.files import ImportedMixin


class Memberships(admin.TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CompanyMemberships(Memberships):
    model = CompanyMembership
    fields = ("company", "role", "created_at", "ended_at")
    readonly_fields = fields


class FleetMemberships(Memberships):
    model = FleetMembership
    fields = ("fleet", "role", "created_at")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(ImportedMixin, RefusedInTheForm, RecordedMixin, OperatorAdmin):
    """People's accounts come from invitations.

    Accounts of operators are added here; "Forgot password?" sets the password.
    """

    resource_classes = [PeopleSheet]
    searched_by = {EMAIL: ("email",), NAME: ("last_name__icontains",)}
    list_display = (
        "email",
        "name",
        "is_staff",
        "is_active",
        "suspended_at",
        "closed_at",
        "last_login",
    )
    list_filter = ("is_staff", "groups", "is_active")
    search_fields = ("email__startswith", "last_name__istartswith")
    inlines = (CompanyMemberships, FleetMemberships)
    actions = (suspend, reinstate, "reset_second_factor", "export_data", "erase")
    fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "language", "time_zone")}),
        (_("Rights on this site"), {"fields": ("is_staff", "is_superuser", "groups")}),
        (
            _("State"),
            {
                "fields": (
                    "is_active",
                    "is_demo",
                    "suspended_at",
                    "closed_at",
                    "date_joined",
                    "last_login",
                )
            },
        ),
    )
    readonly_fields = (
        "is_active",
        "is_demo",
        "suspended_at",
        "closed_at",
        "date_joined",
        "last_login",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only its owner changes a verified address. Only a superuser makes superusers."""
        fixed = ["email"] if obj else []
        if not request.user.is_superuser:
            fixed.append("is_superuser")
        if not request.user.has_perm("accounts.give_roles"):
            fixed += ["is_staff", "groups"]
        return (*self.readonly_fields, *fixed)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            return GroupsField()
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def authorise(self, request: HttpRequest, row: User) -> None:
        operators.check_authority(row, by=signed_in(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A superuser's page can be read by other operators, and changed by superusers."""
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not is_above and super().has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        if obj:
            return self.inlines
        return ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        before = User.objects.get(pk=obj.pk) if change else User()
        groups = form.cleaned_data.get("groups")
        names = None if groups is None else [group.name for group in groups]
        operators.check_rights(before, obj, by=signed_in(request), groups=names)
        obj.rights_before = rights_of(before)
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        obj.save()
        obj.emailaddress_set.create(
            email=obj.email,
            verified=True,
            primary=True,
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Record new rights in words, for operators alone. A change of fields names no group."""
        super().save_related(request, form, formsets, change)
        before, after = form.instance.rights_before, rights_of(form.instance)
        if before != after:
            about = f"{before} → {after}"
            record(request, What.RIGHTS, form.instance, tenants=[], details=about)

    def has_reset_permission(self, request: HttpRequest) -> bool:
        is_allowed = request.user.has_perm("accounts.reset_second_factor")
        return is_allowed or self.has_action_permission(request)

    @admin.action(description=_("Export personal data"), permissions=["action"])
    def export_data(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Of one person, as they get it on their own page."""
        if queryset.count() != 1:
            messages.error(request, _("Export the data of one person at a time."))
            return None
        user = queryset.get()
        try:
            self.authorise(request, user)
        except NotAllowed as refused:
            messages.error(request, f"{user}: {refused}")
            return None
        record(request, What.EXPORT_PERSON, user)
        return as_file(user)

    @admin.action(description=_("Erase for good"), permissions=["action"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The texts of others that name the person are searched in the background."""

        def action(user: User) -> None:
            erasure.erase(user, by=signed_in(request))

        apply_to_each(self, request, queryset, action, What.ERASE, reasoned=True)

    @admin.action(description=_("Reset two-factor authentication"), permissions=["reset"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(
            self,
            request,
            queryset,
            lambda user: user.reset_second_factor(),
            What.RESET_SECOND_FACTOR,
            reasoned=True,
        )


def rights_of(user: User) -> str:
    """What a person may do on this site, in words."""
    words = []
    if user.is_superuser:
        words.append(str(_("superuser")))
    if user.is_staff:
        words.append(str(_("operator")))
    groups = operators.groups_of(user)
    if groups:
        words.append(names_shown(groups))
    return ", ".join(words) or "–"


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("id", link("user", _("user")), link("by", _("by")), "asked_at", "finished_at")
    list_select_related = ("user", "by")
    find_by = {ULID: ("id",)}
    ordering = ("-id",)
