"""Groups: the roles that come with the product are read; an installation may have others of its own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as AnyGroupAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models.operator_role import described, is_role

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(AnyGroupAdmin):
    """After each `migrate` a role permits what its table says, so changes here would not last."""

    list_display = ("name", "meaning")
    readonly_fields = ("meaning", "permitted")

    @admin.display(description=_("meaning"))
    def meaning(self, group: Group) -> str:
        return described(group) if is_role(group) else "–"

    @admin.display(description=_("permissions"))
    def permitted(self, group: Group) -> str:
        known = group.permissions.select_related("content_type")
        return "\n".join(map(str, known))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self.has_change_permission(request, obj):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ("name", "meaning", "permitted")})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_role(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not is_role(obj) and super().has_delete_permission(request, obj)


class GroupsField(forms.ModelMultipleChoiceField):
    """Roles with their meaning, then other groups."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Roles"),
            queryset=Group.objects.order_by("name"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("Of an operator. A superuser may do everything without one."),
        )

    def label_from_instance(self, group: Group) -> str:
        return described(group)
