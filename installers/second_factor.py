"""A company may demand a second factor: whoever has none sets one up before the company shows anything."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _


def is_missing(user, company) -> bool:
    return bool(company) and company.demand_second_factor and not is_mfa_enabled(user)


def lead_to_setup(request: HttpRequest) -> HttpResponse:
    messages.warning(request, _("Your company demands a second factor. Set one up to go on."))
    return redirect("mfa_index")
