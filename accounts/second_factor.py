"""A fleet or a company may demand a second factor of everybody: pages that speak of both wait until it is set up."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


def is_missing(user) -> bool:
    by_company = user.company_memberships.live().filter(company__demand_second_factor=True).values("user")
    by_fleet = user.fleet_memberships.filter(fleet__demand_second_factor=True).values("user")
    return by_company.union(by_fleet).exists() and not is_mfa_enabled(user)


class SecondFactorMixin(AccessMixin):
    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if is_missing(request.user):
            messages.warning(request, _("A second factor is demanded of you. Set one up to go on."))
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)
