"""The question before an act: on a page of its own, or in a dialog over the page that asks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.generic import FormView

from core.moves import MoveRefused


class ConfirmView(FormView):
    """GET asks, POST calls `act` with what the form knows. A refusal is told on the page that the reader comes back to."""

    form_class = forms.Form
    template_name = "components/confirm_page.html"
    dialog_template = "components/confirm_dialog.html"
    question_template = ""  # what the act means, in more than a sentence
    base_template = "base.html"
    title: Any = ""
    lead: Any = ""
    submit: Any = ""
    done: Any = ""
    danger = False
    request: HttpRequest
    act: Callable[..., None]

    def get_template_names(self) -> list[str]:
        return [self.dialog_template if self.is_dialog else self.template_name]

    @property
    def is_dialog(self) -> bool:
        return bool(getattr(self.request, "htmx", False)) and self.request.method == "GET"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {name: getattr(self, name) for name in ("title", "lead", "submit", "danger", "base_template")}
        urls = {"action": self.request.get_full_path(), "cancel_url": self.get_cancel_url()}
        context = super().get_context_data(**about, **urls, **kwargs)
        if self.question_template:
            context["content"] = render_to_string(self.question_template, context, self.request)
        return context

    def get_cancel_url(self) -> str:
        """Where the page leads that has asked and shall not act."""
        return self.get_success_url()

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            self.act(**form.cleaned_data)
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, str(self.done))
        return redirect(self.get_success_url())
