"""What operators do to rows, one or many at once. Each act is the model's own; a refusal is told and the others go on.

Every act is recorded for the fleets and companies that it concerns: they read it on their own pages.
"""

from collections.abc import Callable, Iterable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OperatorAct
from accounts.models.operator_act import tenants_of
from core.moves import MoveRefused, NotAllowed

What = OperatorAct.What


class ReasonedActionForm(ActionForm):
    reason = forms.CharField(label=gettext_lazy("Reason, read by whom it concerns:"), max_length=500, required=False)


class ToldMixin:
    """A page of the operators whose changes the tenants concerned read of."""

    action_form = ReasonedActionForm

    def log_addition(self, request, obj, message):
        told(request, What.ADD, obj, details=self.details_of(obj))
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        # A list is what the form says of itself; a text is what an act below logs, which has told of it already.
        if isinstance(message, list) and message:
            told(request, What.CHANGE, obj, details=fields_in(message))
        return super().log_change(request, obj, message)

    def details_of(self, obj) -> str:
        """What the tenant reads of a new row beside its name."""
        return ""

    def has_act_permission(self, request) -> bool:
        meta = self.model._meta
        return request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}")


def fields_in(message: list) -> str:
    names = [name for part in message for name in part.get("changed", part.get("added", {})).get("fields", [])]
    return ", ".join(str(name) for name in names)


def told(request, what: str, row, *, tenants: list | None = None, **about) -> None:
    tenants = tenants_of(row) if tenants is None else tenants
    OperatorAct.objects.record(by=request.user, what=what, subject=str(row), tenants=tenants, **about)


def act_on_each(modeladmin, request, rows: Iterable, act: Callable, what: str = "", *, reasoned: bool = False) -> None:
    reason = request.POST.get("reason", "").strip()
    if reasoned and not reason:
        messages.error(request, _("Give a reason beside the action: whom it concerns reads it."))
        return
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                tenants, name = tenants_of(row), str(row)
                act(row)
                if what:
                    OperatorAct.objects.record(by=request.user, what=what, subject=name, tenants=tenants, reason=reason)
        except (MoveRefused, NotAllowed) as refused:
            messages.error(request, f"{row}: {refused}")
        else:
            done += 1
            modeladmin.log_change(request, row, str(request.POST.get("action", "")))
    if done:
        messages.success(request, _("Done for %(number)s.") % {"number": done})


@admin.action(description=gettext_lazy("Suspend at once"), permissions=["act"])
def suspend(modeladmin, request, queryset):
    def act(row):
        if hasattr(row, "suspend"):
            row.suspend()
        elif not row.suspended_at:
            type(row).objects.filter(pk=row.pk).update(suspended_at=timezone.now())

    act_on_each(modeladmin, request, queryset, act, What.SUSPEND, reasoned=True)


@admin.action(description=gettext_lazy("Reinstate"), permissions=["act"])
def reinstate(modeladmin, request, queryset):
    def act(row):
        if hasattr(row, "reinstate"):
            row.reinstate()
        else:
            type(row).objects.filter(pk=row.pk).update(suspended_at=None)

    act_on_each(modeladmin, request, queryset, act, What.REINSTATE)
