from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from core.web.confirm import ConfirmView
from installers.mixins import SetUpMixin
from jobs.models import Job, VehicleAccess

BY_PROVIDER = ("fleet__provider__name", "fleet__name", "pk")


class ClientList(SetUpMixin, TemplateView):
    template_name = "installers/clients.html"

    def get_context_data(self, **kwargs):
        links = list(self.company.partnerships.live().select_related("fleet__provider").order_by(*BY_PROVIDER))
        by_status = {
            status.lower(): [link for link in links if link.status == status] for status in ("PENDING", "ACCEPTED")
        }
        return super().get_context_data(**by_status, **kwargs)


class OfPartnership(SetUpMixin, ConfirmView):
    """A question about one link of the reader's company; the wizard's last step asks it too and gets the reader back."""

    base_template, question_template = "installers/base.html", "installers/client_question.html"
    verb: str

    def find(self) -> None:
        links = (
            self.company.partnerships.live().exclude(status="DECLINED").select_related("fleet__provider", "created_by")
        )
        self.partnership = get_object_or_404(links, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(partnership=self.partnership, verb=self.verb, **kwargs)

    def get_success_url(self) -> str:
        return reverse("installers:register" if self.request.GET.get("from") == "register" else "installers:clients")

    def act(self) -> None:
        getattr(self.partnership, self.verb)(by=self.request.user)


class Accept(OfPartnership):
    verb, submit, done = "accept", gettext_lazy("Accept"), gettext_lazy("The client was accepted.")

    @property
    def title(self) -> str:
        return _("Accept %(provider)s as a client?") % {"provider": self.partnership.fleet.provider.name}


class Decline(OfPartnership):
    verb, submit, danger, done = "decline", gettext_lazy("Decline"), True, gettext_lazy("The invitation was declined.")

    @property
    def title(self) -> str:
        return _("Decline the invitation of %(provider)s?") % {"provider": self.partnership.fleet.provider.name}


class DeleteLink(OfPartnership):
    verb, submit, danger, done = "end", gettext_lazy("Delete Link"), True, gettext_lazy("The link was deleted.")

    @property
    def title(self) -> str:
        return _("Delete the link to %(provider)s?") % {"provider": self.partnership.fleet.provider.name}

    def get_context_data(self, **kwargs):
        jobs = Job.objects.in_company(self.company).in_fleet(self.partnership.fleet)
        meaning = {
            "assigned": jobs.filter(status=Job.Status.ASSIGNED).count(),
            "running": jobs.filter(status=Job.Status.RUNNING).count(),
            "accesses": VehicleAccess.objects.live().filter(job__in=jobs).count(),
        }
        return super().get_context_data(**meaning, **kwargs)
