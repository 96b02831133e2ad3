from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.models import Fleet, Invitation, User
from accounts.web.requests import signed_in


class Site(NamedTuple):
    url: str
    name: str
    about: str
    icon: str


class Home(LoginRequiredMixin, View):
    """Lead to the reader's only site, or offer a choice. Without a site, the page explains what to do.

    The demo begins with its logins, not with a password.
    """

    def handle_no_permission(self) -> HttpResponseRedirect:
        if settings.DEMO:
            return redirect("demo")
        return super().handle_no_permission()

    def get(self, request: HttpRequest) -> HttpResponse:
        sites = list(sites_of(signed_in(request)))
        if len(sites) == 1:
            return redirect(sites[0].url)
        return render(request, "accounts/home.html", {"sites": sites})


def sites_of(user: User) -> Iterator[Site]:
    names = [fleet.name for fleet in Fleet.objects.visible_to(user)[:3]]
    if names:
        yield Site(reverse("fleetcontrol:fleets"), "FleetControl", ", ".join(names), "truck")
    company = user.company
    if company:
        yield Site(reverse("installers:home"), _("Installers"), company.name, "tools")
    elif Invitation.objects.tickets_of(user).exists():
        about = _("Continue the registration of your company")
        yield Site(reverse("installers:register"), _("Installers"), about, "building")
    if user.is_staff:
        yield Site(reverse("admin:index"), _("Admin"), _("Operate the platform"), "gear")
