"""*Settings ▸ API clients*: the programs that may call OneAPI for this fleet, for its admins."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from accounts.models import ApiClient, FleetMembership
from accounts.models.api_call import today_of
from accounts.models.api_client import RIGHTS
from accounts.web.api_clients import ApiClientForm
from core.errors import MoveRefused
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from fleetcontrol.mixins import FleetMixin
from fleetcontrol.settings_tabs import settings_tabs

AT_ONCE = "now"
LATER = "later"


class SettingsPage(FleetMixin):
    """A page of the settings, for admins alone."""

    section = "settings"
    base_template = "fleetcontrol/base.html"

    def find(self) -> None:
        self.load()
        if self.fleet.role != FleetMembership.Role.ADMIN:
            raise PermissionDenied

    def load(self) -> None:
        """Load what the URL names, or raise Http404."""

    @property
    def list_url(self) -> str:
        return reverse("fleetcontrol:api-clients", args=[self.fleet.pk])

    def get_success_url(self) -> str:
        return self.list_url

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(list_url=self.list_url, **context)

    def show_secret(self, client: ApiClient, secret: str) -> HttpResponse:
        """The only page that shows the secret. There is no redirect, because nothing keeps the secret."""
        context = {**self.frame_context(), "client": client, "secret": secret}
        context |= {"list_url": self.list_url, "rights": rights_in_words(client)}
        answer = render(self.request, "fleetcontrol/api_clients/secret.html", context)
        answer["Cache-Control"] = "no-store"
        return answer


class ClientList(SettingsPage, TemplateView):
    template_name = "fleetcontrol/api_clients/list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        clients = self.fleet.api_clients.select_related("client", "use").order_by("name", "pk")
        shown = [shown_client(client) for client in clients if client.revoked_at is None]
        tabs = settings_tabs(self.fleet.pk, current="API_CLIENTS")
        return super().get_context_data(clients=shown, tabs=tabs, **context)


class NewClient(SettingsPage, FormView):
    form_class = ApiClientForm
    template_name = "fleetcontrol/api_clients/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New API client"), **context)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        given = form.cleaned_data
        client, secret = ApiClient.objects.issue(
            fleet=self.fleet,
            name=given["name"],
            scopes=given["rights"],
            allowed_addresses=given["allowed_addresses"],
            by=self.request.user,
        )
        return self.show_secret(client, secret)


class ClientPage(SettingsPage):
    """A page about one client of the fleet that is not revoked."""

    client: ApiClient

    def load(self) -> None:
        clients = self.fleet.api_clients.filter(revoked_at=None).select_related("client", "use")
        client = clients.filter(pk=self.kwargs["client_id"]).first()
        if client is None:
            raise Http404
        self.client = client
        self.client.fleet = self.fleet

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(client=self.client, **context)


class ClientDetail(ClientPage, TemplateView):
    template_name = "fleetcontrol/api_clients/detail.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        calls = self.client.calls.order_by("-at", "-slot")
        return super().get_context_data(shown=shown_client(self.client), calls=calls, **context)


class EditClient(ClientPage, FormView):
    form_class = ApiClientForm
    template_name = "fleetcontrol/api_clients/form.html"

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet, "client": self.client}

    def get_initial(self) -> dict[str, Any]:
        return {
            "name": self.client.name,
            "rights": self.client.rights,
            "allowed_addresses": self.client.allowed_addresses,
        }

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Edit API client"), **context)

    def get_success_url(self) -> str:
        return reverse("fleetcontrol:api-client", args=[self.fleet.pk, self.client.pk])

    def form_valid(self, form: forms.Form) -> HttpResponse:
        given = form.cleaned_data
        self.client.edit(
            by=self.request.user,
            name=given["name"],
            scopes=given["rights"],
            allowed_addresses=given["allowed_addresses"],
        )
        return super().form_valid(form)


class SecretForm(forms.Form):
    former = forms.ChoiceField(
        label=gettext_lazy("The secret that is in use"),
        choices=[
            (AT_ONCE, gettext_lazy("ends at once, with its tokens")),
            (LATER, gettext_lazy("works for 24 more hours")),
        ],
        initial=AT_ONCE,
        widget=forms.RadioSelect,
    )


class NewSecret(ClientPage, FormView):
    form_class = SecretForm
    template_name = "fleetcontrol/api_clients/form.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = with_names(_("New secret for %(name)s"), name=self.client.name)
        return super().get_context_data(title=title, submit=_("Create secret"), **context)

    def form_valid(self, form: forms.Form) -> HttpResponse:
        keep = form.cleaned_data["former"] == LATER
        try:
            secret = self.client.renew_secret(by=self.request.user, keep_former=keep)
        except MoveRefused as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        return self.show_secret(self.client, secret)


class RevokeClient(ClientPage, ConfirmView):
    submit = gettext_lazy("Revoke")
    done = gettext_lazy("The API client was revoked.")
    lead = gettext_lazy(
        "Its secret and its tokens end at once, and its program can no longer call OneAPI. This cannot be undone."
    )
    danger = True

    @property
    def title(self) -> str:
        return with_names(_("Revoke %(name)s?"), name=self.client.name)

    def perform(self) -> None:
        self.client.revoke(by=self.request.user)


def rights_in_words(client: ApiClient) -> list[str]:
    return [str(RIGHTS.get(right, right)) for right in client.rights]


def shown_client(client: ApiClient) -> dict[str, Any]:
    """What the pages show of a client."""
    use = getattr(client, "use", None)
    calls_today = use.calls if use is not None and use.day == today_of(client) else 0
    return {
        "client": client,
        "rights": rights_in_words(client),
        "last_used_at": use.last_used_at if use is not None else None,
        "calls_today": calls_today,
    }
