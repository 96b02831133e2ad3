from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.acts import ToldMixin, What, act_on_each, reinstate, suspend
from accounts.models import CompanyMembership, FleetMembership, User
from core.models import Mail
from core.web.admin import OperatorAdmin


class Memberships(admin.TabularInline):
    extra, can_delete, show_change_link = 0, False, True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class CompanyMemberships(Memberships):
    model = CompanyMembership
    fields = readonly_fields = ("company", "role", "created_at", "ended_at")


class FleetMemberships(Memberships):
    model = FleetMembership
    fields = readonly_fields = ("fleet", "role", "created_at")


@admin.register(User)
class UserAdmin(ToldMixin, OperatorAdmin):
    """Accounts come by invitation; an operator's own is made here and gets its password by "forgot password"."""

    list_display = ("email", "name", "is_staff", "is_active", "suspended_at", "closed_at", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email__startswith", "last_name__istartswith")
    inlines = (CompanyMemberships, FleetMemberships)
    actions = (suspend, reinstate, "reset_second_factor")
    fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "language", "time_zone")}),
        (_("Rights on this site"), {"fields": ("is_staff", "is_superuser", "groups")}),
        (_("State"), {"fields": ("is_active", "suspended_at", "closed_at", "date_joined", "last_login")}),
    )
    readonly_fields = ("is_active", "suspended_at", "closed_at", "date_joined", "last_login")
    filter_horizontal = ("groups",)

    def get_readonly_fields(self, request, obj=None):
        """The address is verified, so it changes only by its owner; nobody gives rights that he has not."""
        fixed = ("email",) if obj else ()
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *fixed, *rights)

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.set_unusable_password()
        obj.save()
        obj.emailaddress_set.create(email=obj.email, verified=True, primary=True)

    @admin.action(description=_("Reset the second factor"), permissions=["act"])
    def reset_second_factor(self, request, queryset):
        """For somebody who lost it; he is told by mail, and his sessions end."""

        def act(user):
            user.authenticator_set.all().delete()
            user.end_sessions()
            Mail.objects.enqueue(user=user, template="mails/security_notice", context={"what": "second_factor_reset"})

        act_on_each(self, request, queryset, act, What.RESET_SECOND_FACTOR, reasoned=True)
