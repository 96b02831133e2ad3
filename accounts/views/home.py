from typing import NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Fleet, Invitation


class Site(NamedTuple):
    url: str
    name: str
    about: str
    icon: str


class Home(LoginRequiredMixin, View):
    """To the reader's own site; who has several is asked, who has none is told what to do."""

    def get(self, request: HttpRequest) -> HttpResponse:
        sites = list(sites_of(request.user))
        if len(sites) == 1:
            return redirect(sites[0].url)
        return render(request, "accounts/home.html", {"sites": sites})


def sites_of(user):
    fleets = list(Fleet.objects.visible_to(user)[:4])
    if fleets:
        yield Site(
            reverse("fleetcontrol:fleets"), "FleetControl", ", ".join(fleet.name for fleet in fleets[:3]), "truck"
        )
    company = user.company
    if company:
        yield Site(reverse("installers:home"), _("Installers"), company.name, "tools")
    elif Invitation.objects.tickets_of(user).exists():
        yield Site(
            reverse("installers:register"),
            _("Installers"),
            _("Go on with the registration of your company"),
            "building",
        )
    if user.is_staff:
        yield Site(reverse("admin:index"), _("Admin"), _("Operate the platform"), "gear")
