"""Moves of a row to another owner: confirmed first, and both sides are notified."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin.actions import What, record
from accounts.models import User
from accounts.models.notification import notify
from accounts.models.operator_action import tenants_of
from core.values.bidi import with_names

CONFIRMATION = "move_confirmed"


class MoveForm(forms.ModelForm):
    """The form of a row whose owner changes only with a confirmation."""

    owner = ""
    move_confirmed = forms.BooleanField(label=gettext_lazy("Confirm the move"), required=False)

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or {}
        if self.is_moved and not values.get(CONFIRMATION):
            self.add_error(CONFIRMATION, self.question)
        return values

    @property
    def is_moved(self) -> bool:
        is_kept = self.instance._state.adding or self.owner not in self.changed_data
        return not is_kept and not self.errors

    @property
    def question(self) -> str:
        return with_names(
            _("%(name)s moves from %(before)s to %(after)s. Both sides are notified."),
            name=self.instance,
            before=_name(self.owner_before),
            after=_name(self.cleaned_data[self.owner]),
        )

    @property
    def owner_before(self) -> Any:
        field = self.fields[self.owner]
        return field.clean(self.initial[self.owner])


class MovableMixin(admin.ModelAdmin):
    """A page with the field `owner`, which a row of it can change."""

    owner = "fleet"

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.owner = self.owner
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The confirmation follows the owner. A new row has nothing to confirm."""
        fields = [name for name in super().get_fields(request, obj) if name != CONFIRMATION]
        if obj and self.has_change_permission(request, obj):
            fields.insert(fields.index(self.owner) + 1, CONFIRMATION)
        return fields

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and self.owner in form.changed_data:
            self.notify_of_move(request, obj, form.owner_before)

    def notify_of_move(self, request: HttpRequest, obj: Any, before: Any) -> None:
        """Mail the admins of both sides, and add an entry to the log of a side that the form's own entry leaves out."""
        after = getattr(obj, self.owner)
        about = {
            "team": str(obj),
            "before": _name(before),
            "after": _name(after),
        }
        people = User.objects.filter(pk__in=_admins(before) | _admins(after) | _admins(obj))
        notify(people, "moved", **about)
        logged = tenants_of(obj)
        others = [side for side in tenants_of(before) + tenants_of(after) if side not in logged]
        details = f"{about['before']} → {about['after']}"
        record(request, What.CHANGE, obj, tenants=others, details=details)


def _admins(side: Any) -> set[int]:
    people: set[int] = set()
    for tenant in tenants_of(side):
        people |= set(tenant["fleet"].admins.values_list("pk", flat=True))
    return people


def _name(side: Any) -> str:
    return str(getattr(side, "known_as", side))
