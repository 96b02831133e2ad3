"""*Clients*: the fleets that work with the company or invite it."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.models import Partnership
from core.values.bidi import with_names
from core.web.confirm import ConfirmView
from installers.mixins import SetUpMixin
from jobs.reading.partnership_end import work_of

BY_PROVIDER = ("fleet__provider__name", "fleet__name", "pk")
Status = Partnership.Status


class ClientList(SetUpMixin, TemplateView):
    template_name = "installers/clients.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        links = list(
            self.company.partnerships.live()
            .select_related("fleet__provider")
            .order_by(*BY_PROVIDER)
        )
        context["pending"] = [link for link in links if link.status == Status.PENDING]
        context["accepted"] = [link for link in links if link.status == Status.ACCEPTED]
        return super().get_context_data(**context)


class ClientQuestion(SetUpMixin, ConfirmView):
    """A confirmation about one client. The last step of the registration uses it too, and is returned to."""

    base_template = "installers/base.html"
    question_template = "installers/client_question.html"
    verb: str
    partnership: Partnership

    def find(self) -> None:
        links = self.company.partnerships.live().exclude(status=Status.DECLINED)
        self.partnership = get_object_or_404(
            links.select_related("fleet__provider", "created_by"), pk=self.kwargs["pk"]
        )

    @property
    def provider(self) -> str:
        return self.partnership.fleet.provider.name

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            partnership=self.partnership,
            verb=self.verb,
            **context,
        )

    def get_success_url(self) -> str:
        return reverse(
            "installers:register"
            if self.request.GET.get("from") == "register"
            else "installers:clients"
        )

    def perform(self) -> None:
        getattr(self.partnership, self.verb)(by=self.request.user)


class Accept(ClientQuestion):
    verb = "accept"
    submit = gettext_lazy("Accept")
    done = gettext_lazy("The client was accepted.")

    @property
    def title(self) -> str:
        return with_names(_("Accept %(provider)s as a client?"), provider=self.provider)


class Decline(ClientQuestion):
    verb = "decline"
    submit = gettext_lazy("Decline")
    danger = True
    done = gettext_lazy("The invitation was declined.")

    @property
    def title(self) -> str:
        return with_names(_("Decline the invitation of %(provider)s?"), provider=self.provider)


class DeleteLink(ClientQuestion):
    verb = "end"
    submit = gettext_lazy("Delete Link")
    danger = True
    done = gettext_lazy("The link was deleted.")

    @property
    def title(self) -> str:
        return with_names(_("Delete the link to %(provider)s?"), provider=self.provider)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**work_of(self.partnership), **context)
