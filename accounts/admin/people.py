from typing import Any

from allauth.mfa.models import Authenticator
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
from accounts.admin.refusals import RefusedInTheForm
from accounts.models import CompanyMembership, Erasure, FleetMembership, User, erasure, operators
from accounts.web.personal_data import as_file
from accounts.web.requests import signed_in
from core.models import Mail
from core.web.admin import ULID, OperatorAdmin, ReadOnlyAdmin, link


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
class UserAdmin(RefusedInTheForm, RecordedMixin, OperatorAdmin):
    """People's accounts come from invitations.

    Accounts of operators are added here; "Forgot password?" sets the password.
    """

    list_display = (
        "email",
        "name",
        "is_staff",
        "is_active",
        "suspended_at",
        "closed_at",
        "last_login",
    )
    list_filter = ("is_staff", "is_active")
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
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only its owner changes a verified address.

        Only a superuser gives rights, as others would exceed their own.
        """
        fixed = ("email",) if obj else ()
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *fixed, *rights)

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
        if change:
            before = User.objects.get(pk=obj.pk)
            operators.check_rights(before, obj, by=signed_in(request))
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        obj.save()
        obj.emailaddress_set.create(
            email=obj.email,
            verified=True,
            primary=True,
        )

    @admin.action(description=_("Export personal data"), permissions=["action"])
    def export_data(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Of one person, as they get it on their own page."""
        if queryset.count() != 1:
            messages.error(request, _("Export the data of one person at a time."))
            return None
        user = queryset.get()
        record(request, What.EXPORT_PERSON, user)
        return as_file(user)

    @admin.action(description=_("Erase for good"), permissions=["action"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The texts of others that name the person are searched in the background."""

        def action(user: User) -> None:
            erasure.erase(user, by=signed_in(request))

        apply_to_each(self, request, queryset, action, What.ERASE, reasoned=True)

    @admin.action(description=_("Reset two-factor authentication"), permissions=["action"])
    def reset_second_factor(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """For a person who lost access to it. Their sessions end, and they are notified by mail."""

        def action(user: User) -> None:
            Authenticator.objects.filter(user=user).delete()
            user.end_sessions()
            Mail.objects.enqueue(
                user=user, template="mails/security_notice", context={"what": "second_factor_reset"}
            )

        apply_to_each(self, request, queryset, action, What.RESET_SECOND_FACTOR, reasoned=True)


@admin.register(Erasure)
class ErasureAdmin(ReadOnlyAdmin):
    list_display = ("id", link("user", _("user")), link("by", _("by")), "asked_at", "finished_at")
    list_select_related = ("user", "by")
    find_by = {ULID: ("id",)}
    ordering = ("-id",)
