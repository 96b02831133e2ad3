"""The data of a person: to read as a file, and to erase. Both require the password again."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import FormView

from accounts.forms import EraseForm
from accounts.models import erasure
from accounts.web.personal_data import as_file
from accounts.web.requests import signed_in
from core.errors import MoveRefused
from core.web.posted import StrictPost


class PersonalData(LoginRequiredMixin, StrictPost, FormView):
    """GET shows what is stored and what erasing means, POST erases."""

    form_class = EraseForm
    template_name = "accounts/personal_data.html"
    success_url = reverse_lazy("personal_data")

    @method_decorator(reauthentication_required)
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": signed_in(self.request)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        user = signed_in(self.request)
        context["obstacles"] = list(erasure.obstacles(user))
        context["pseudonym"] = erasure.former_name(user)
        return super().get_context_data(**context)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        user = signed_in(self.request)
        try:
            erasure.erase(user, by=user)
        except MoveRefused as refused:
            messages.error(self.request, str(refused))
            return redirect(self.get_success_url())
        logout(self.request)
        messages.success(self.request, _("Your account was erased, and you have been signed out."))
        return redirect("account_login")


@login_required
@require_safe
@reauthentication_required
def export(request: HttpRequest) -> HttpResponse:
    return as_file(signed_in(request))
