"""The base of the settings' pages for admins, and of the forms that make a secret."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, RedirectView

from accounts.models import FleetMembership
from core.errors import MoveRefused
from core.web.once import answer_form_once, form_answer
from fleetcontrol import settings_tabs
from fleetcontrol.mixins import FleetMixin

SECRET_WAS_SHOWN = gettext_lazy(
    "This form was sent twice and carried out once. Its secret was shown once; "
    "create a new one if you have not kept it."
)


class FirstTab(FleetMixin, RedirectView):
    """*Settings*: the list of users for admins, for others the first tab that they may open."""

    def check(self) -> None:
        if not settings_tabs.tabs_for(self.fleet.role):
            raise PermissionDenied

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        tabs = settings_tabs.tabs_for(self.fleet.role)
        first = "USERS" if "USERS" in tabs else tabs[0]
        return reverse(settings_tabs.PAGES[first], args=[self.fleet.pk])


class SettingsPage(FleetMixin):
    """A page of the settings, for admins alone."""

    section = "settings"
    base_template = "fleetcontrol/base.html"
    list_name = ""

    def find(self) -> None:
        self.load()
        if self.fleet.role != FleetMembership.Role.ADMIN:
            raise PermissionDenied

    def load(self) -> None:
        """Load what the URL names, or raise Http404."""

    @property
    def list_url(self) -> str:
        return reverse(self.list_name, args=[self.fleet.pk])

    def get_success_url(self) -> str:
        return self.list_url

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(list_url=self.list_url, **context)


class SecretPage(SettingsPage, FormView):
    """A form that makes a secret. Sent twice, it makes one: the second answer cannot show it again."""

    template_name = "fleetcontrol/settings/form.html"
    detail_name = ""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if before := form_answer(request):
            return self.show_again(before)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        made: list[tuple[Any, Any]] = []

        def make() -> str:
            made.append(self.make(form))
            return str(made[0][0].pk)

        try:
            pk = answer_form_once(self.request, make)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        return self.show_secret(*made[0]) if made else self.show_again(pk)

    def make(self, form: forms.Form) -> tuple[Any, Any]:
        """Return the row and its new secret."""
        raise NotImplementedError

    def about_secret(self, row: Any) -> dict[str, Any]:
        """What else the page of the secret shows, such as the `steps_template` of what to do next."""
        return {}

    def show_secret(self, row: Any, secret: Any) -> HttpResponse:
        """The only page that shows the secret. There is no redirect, because nothing keeps the secret."""
        context = {
            **self.frame_context(),
            "list_url": self.list_url,
            "detail_url": reverse(self.detail_name, args=[self.fleet.pk, row.pk]),
            "name": row.name,
            "secret": secret,
            **self.about_secret(row),
        }
        answer = render(self.request, "fleetcontrol/settings/secret.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def show_again(self, pk: str) -> HttpResponse:
        messages.warning(self.request, SECRET_WAS_SHOWN)
        return redirect(self.detail_name, self.fleet.pk, pk)
