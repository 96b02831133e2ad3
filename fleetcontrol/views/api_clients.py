"""*Settings ▸ API clients*: the programs that may call OneAPI for this fleet, for its admins."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView

from accounts.models import ApiClient
from accounts.models.api_call import today_of
from accounts.models.api_client import RIGHTS
from accounts.web.api_clients import ApiClientForm
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from core.web.once import answer_form_once
from fleetcontrol.forms.api_clients import LATER, SecretForm
from fleetcontrol.settings_tabs import settings_tabs
from fleetcontrol.views.settings_page import SecretPage, SettingsPage


class ClientsPage(SettingsPage):
    list_name = "fleetcontrol:api-clients"


class ClientSecretPage(ClientsPage, SecretPage):
    detail_name = "fleetcontrol:api-client"

    def about_secret(self, row: ApiClient) -> dict[str, Any]:
        return {"client_id": row.client_id, "rights": rights_in_words(row)}


class ClientList(ClientsPage, TemplateView):
    template_name = "fleetcontrol/api_clients/list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        clients = self.fleet.api_clients.select_related("client", "use").order_by("name", "pk")
        shown = [shown_client(client) for client in clients if client.revoked_at is None]
        tabs = settings_tabs(self.fleet.pk, self.fleet.role, current="API_CLIENTS")
        return super().get_context_data(clients=shown, tabs=tabs, **context)


class NewClient(ClientSecretPage):
    form_class = ApiClientForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"fleet": self.fleet}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New API client"), **context)

    def make(self, form: forms.Form) -> tuple[ApiClient, str]:
        given = form.cleaned_data
        return ApiClient.objects.issue(
            fleet=self.fleet,
            name=given["name"],
            scopes=given["rights"],
            allowed_addresses=given["allowed_addresses"],
            by=self.request.user,
        )


class ClientPage(ClientsPage):
    """A page about one client of the fleet that is not revoked."""

    client: ApiClient

    @property
    def clients(self) -> QuerySet[ApiClient]:
        return self.fleet.api_clients.filter(revoked_at=None)

    def load(self) -> None:
        clients = self.clients.select_related("client", "use")
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
    template_name = "fleetcontrol/settings/form.html"

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
        answer_form_once(self.request, lambda: self.save(form))
        return super().form_valid(form)

    def save(self, form: forms.Form) -> str:
        given = form.cleaned_data
        self.client.edit(
            by=self.request.user,
            name=given["name"],
            scopes=given["rights"],
            allowed_addresses=given["allowed_addresses"],
        )
        return str(self.client.pk)


class NewSecret(ClientPage, ClientSecretPage):
    form_class = SecretForm

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        title = with_names(_("New secret for %(name)s"), name=self.client.name)
        return super().get_context_data(title=title, submit=_("Create secret"), **context)

    def make(self, form: forms.Form) -> tuple[ApiClient, str]:
        keep = form.cleaned_data["former"] == LATER
        return self.client, self.client.renew_secret(by=self.request.user, keep_former=keep)


class RevokeClient(ClientPage, ConfirmView):
    submit = gettext_lazy("Revoke")
    done = gettext_lazy("The API client was revoked.")
    lead = gettext_lazy(
        "Its secret and its tokens end at once, and its program can no longer call OneAPI. This cannot be undone."
    )
    danger = True

    @property
    def clients(self) -> QuerySet[ApiClient]:
        """Who sends the form twice gets the same answer."""
        return self.fleet.api_clients.all() if self.request.method == "POST" else super().clients

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
