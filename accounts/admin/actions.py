"""The actions of operators on one or many rows.

Each action calls one method of the model. A refusal is shown, and the other rows go on. Every action is recorded for
the fleets and companies that it concerns, who read it on their own pages.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import models, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OperatorAction
from accounts.models.operator_action import tenants_of
from accounts.web.requests import signed_in
from core.errors import MoveRefused, NotAllowed
from core.values.text_fields import LineFormField
from core.values.texts import LINE

What = OperatorAction.What


class ReasonedActionForm(ActionForm):
    reason = LineFormField(
        label=gettext_lazy("Reason, shown to the fleets and companies concerned:"),
        max_length=500,
        required=False,
    )


class RecordedMixin(admin.ModelAdmin):
    """Records each change for the tenants that it concerns."""

    action_form = ReasonedActionForm

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        reason = self.reason_of(request)
        record(request, What.ADD, obj, details=self.details_of(obj), reason=reason)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        # A form logs a list. A text comes from `apply_to_each`, which has recorded the action already.
        if isinstance(message, list) and message:
            reason = self.reason_of(request)
            record(request, What.CHANGE, obj, details=fields_in(message), reason=reason)
        return super().log_change(request, obj, message)

    def authorise(self, request: HttpRequest, row: Any) -> None:
        """Raise NotAllowed if this operator may not act on this row."""

    def details_of(self, obj: Any) -> str:
        """What the tenant reads about a new row besides its name."""
        return ""

    def reason_of(self, request: HttpRequest) -> str:
        """The reason that the form asks for."""
        return ""

    def has_action_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "change")

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return self.has_action_permission(request) or self.may(request, "suspend")

    def may(self, request: HttpRequest, action: str) -> bool:
        meta = self.model._meta
        return request.user.has_perm(f"{meta.app_label}.{action}_{meta.model_name}")


def fields_in(message: list[dict[str, Any]]) -> str:
    """The names of the fields in Django's change message."""
    names: list[str] = []
    for part in message:
        names += part.get("changed", part.get("added", {})).get("fields", [])
    return ", ".join(str(name) for name in names)


def record(
    request: Any,
    what: str,
    row: object,
    *,
    tenants: list[dict[str, Any]] | None = None,
    **about: str,
) -> None:
    """Record one action on `row` for `tenants`, by default those that the row concerns."""
    if tenants is None:
        tenants = tenants_of(row)
    OperatorAction.objects.record(
        by=signed_in(request), what=what, subject=str(row), tenants=tenants, **about
    )


def apply_to_each(
    modeladmin: Any,
    request: HttpRequest,
    rows: Iterable[Any],
    action: Callable[[Any], None],
    what: str = "",
    *,
    reasoned: bool = False,
) -> None:
    """Call `action` on each row in a transaction of its own, and record it as `what`. `reasoned` requires a reason."""
    reason = LINE.canonical(request.POST.get("reason", ""))
    if reasoned and not reason:
        messages.error(
            request,
            _("Enter a reason next to the action. The fleets and companies concerned can read it."),
        )
        return
    authorise = getattr(modeladmin, "authorise", _anyone)
    done = 0
    for row in rows:
        try:
            with transaction.atomic():
                tenants = tenants_of(row)
                name = str(row)
                authorise(request, row)
                action(row)
                if what:
                    OperatorAction.objects.record(
                        by=signed_in(request),
                        what=what,
                        subject=name,
                        tenants=tenants,
                        reason=reason,
                    )
        except (MoveRefused, NotAllowed) as refused:
            messages.error(request, f"{row}: {refused}")
        else:
            done += 1
            modeladmin.log_change(request, row, str(request.POST.get("action", "")))
    if done:
        messages.success(request, _("Done for %(number)s.") % {"number": done})


def _anyone(_request: HttpRequest, _row: Any) -> None:
    """The action's own permission is enough."""


@admin.action(description=gettext_lazy("Suspend at once"), permissions=["suspend"])
def suspend(modeladmin: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
    apply_to_each(
        modeladmin,
        request,
        queryset,
        lambda row: row.suspend(by=signed_in(request)),
        What.SUSPEND,
        reasoned=True,
    )


@admin.action(description=gettext_lazy("Reinstate"), permissions=["suspend"])
def reinstate(modeladmin: Any, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
    apply_to_each(modeladmin, request, queryset, lambda row: row.reinstate(), What.REINSTATE)
