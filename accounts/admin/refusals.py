from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from core.errors import MoveRefused, NotAllowed


class RefusedInTheForm(admin.ModelAdmin):
    """Shows the refusal of a move in the form that was saved. The input is kept, and nothing is recorded."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except (MoveRefused, NotAllowed) as refused:
            again: Any = request
            again.refusal = str(refused)
            return super().changeform_view(again, *args, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        refusal = getattr(request, "refusal", "")
        if not refusal:
            return form
        return type(form.__name__, (RefusedForm, form), {"refusal": refusal})


class RefusedForm(forms.BaseForm):
    """A form with its input and an error: the refusal of the move."""

    refusal: str

    def clean(self) -> dict[str, Any] | None:
        self.add_error(None, self.refusal)
        return super().clean()
