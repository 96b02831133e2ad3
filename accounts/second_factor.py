"""Two-factor authentication that a fleet or a company requires of everyone in it: one rule, one landing page.

Pages lead to the landing page until it is set up. APIs refuse with `second_factor_required`.
"""

import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views import View

from accounts.models import Company, Fleet, User
from core.errors import NotAllowed
from core.refusals import sentence

CODE = "second_factor_required"
LANDING_PAGE = "mfa_index"
# The key of the session, and for how many seconds the setup leads back.
WANTED = "wanted_before_second_factor"
KEPT_FOR = 1800
# Recovery codes are no factor of their own.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_missing(user: User, team: Company | Fleet) -> bool:
    """`team` requires two-factor authentication, and `user` has not set it up."""
    return team.require_second_factor and not is_mfa_enabled(user)


def is_missing_for_operator(user: User) -> bool:
    """The settings require two-factor authentication of operators, and `user` has not set it up."""
    return settings.OPERATORS_NEED_SECOND_FACTOR and not is_mfa_enabled(user)


def is_missing_anywhere(user: User) -> bool:
    """One of the teams of `user` requires two-factor authentication, and `user` has not set it up."""
    companies = (
        user.company_memberships.live().filter(company__require_second_factor=True).values("user")
    )
    fleets = user.fleet_memberships.filter(fleet__require_second_factor=True).values("user")
    return companies.union(fleets).exists() and not is_mfa_enabled(user)


def check(user: User, team: Company | Fleet) -> None:
    """Raise NotAllowed if it is missing: how an API refuses."""
    if is_missing(user, team):
        raise NotAllowed(CODE)


def lead_to_setup(request: HttpRequest) -> HttpResponse:
    """Redirect to the page where two-factor authentication is set up: how a page refuses.

    The pages of the setup then lead back (`wanted_page`).
    """
    if request.method == "GET" and "HX-Request" not in request.headers:
        request.session[WANTED] = [request.get_full_path(), time.time()]
    messages.warning(request, str(sentence(CODE)))
    return redirect(LANDING_PAGE)


def wanted_page(request: HttpRequest) -> str:
    """The page that somebody wanted before the setup, once it is done; else an empty text."""
    path, since = request.session.get(WANTED, ("", 0.0))
    if not path or time.time() - since > KEPT_FOR or not is_mfa_enabled(request.user):
        return ""
    return str(path)


def has_second_factor() -> Exists:
    """An annotation for memberships: the member has set up two-factor authentication."""
    return Exists(Authenticator.objects.filter(user=OuterRef("user"), type__in=FACTORS))


class SecondFactorMixin(AccessMixin, View):
    """A page that shows data of all teams of its reader."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if is_missing_anywhere(request.user):
            return lead_to_setup(request)
        return super().dispatch(request, *args, **kwargs)
