"""The confirmation before an action: on a page of its own, or in a dialog over the page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.views.generic import FormView

from core.errors import MoveRefused
from core.web.actions import Action
from core.web.dialogs import DialogMixin
from core.web.once import answer_form_once, form_answer
from core.web.posted import StrictPost


def leave_dialog(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Make a redirect one that scripts follow with the whole page: they have sent the form from its dialog."""
    is_script = bool(getattr(request, "htmx", False))
    if not (is_script and answer.status_code == 302):
        return answer
    return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})


class ConfirmView(DialogMixin, StrictPost, FormView):
    """GET shows the question, POST calls `perform` with the form's data. The page that follows shows a refusal."""

    form_class: type[forms.Form] = forms.Form
    template_name = "components/confirm.html"
    fields_template = "components/fields.html"
    question_template = ""  # what the action means, in more than a sentence
    base_template = "base.html"
    title: Any = ""
    lead: Any = ""
    submit: Any = ""
    done: Any = ""
    danger = False
    # Set it where the status does not refuse a repeat: a form that is sent twice then acts once. `perform` must not
    # call out, since it runs in the transaction that keeps the form's key.
    runs_once = False
    remedy: Action | None = None  # what else helps where the form is refused, as a second button
    perform: Callable[..., Any]  # a text is kept with the key of the form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return leave_dialog(request, super().post(request, *args, **kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        about = {
            name: getattr(self, name)
            for name in (
                "title",
                "lead",
                "submit",
                "danger",
                "runs_once",
                "base_template",
                "fields_template",
                "remedy",
            )
        }
        urls = {"action": self.request.get_full_path(), "cancel_url": self.get_cancel_url()}
        context = super().get_context_data(**about, **urls, **kwargs)
        if self.question_template:
            context["content"] = render_to_string(self.question_template, context, self.request)
        return context

    def get_cancel_url(self) -> str:
        """Return where *Cancel* leads."""
        return self.get_success_url()

    def form_valid(self, form: forms.Form) -> HttpResponse:
        try:
            result = self.carry_out(form)
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
        else:
            messages.success(self.request, str(self.done_text(result)))
        return redirect(self.get_success_url())

    def carry_out(self, form: forms.Form) -> str:
        """Perform the action, or find that this form has done so; what `perform` returned, as text."""

        def perform() -> str:
            return str(self.perform(**form.cleaned_data) or "")

        if self.runs_once:
            return answer_form_once(self.request, perform)
        return perform()

    def done_text(self, result: str) -> Any:
        return self.done

    @property
    def is_repeat(self) -> bool:
        """Whether this form was carried out already. The status is then as it has left it."""
        return self.runs_once and form_answer(self.request) is not None
