"""403 for a form that did not come from its page: an expired one, or one from a tab that is older than the sign-in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views import csrf

from core.web.api.problems import problem
from core.web.unavailable import SPEAKS_JSON

# Forms that sign a person in. They hold no other input that could be lost.
SIGN_IN = ("account_login", "mfa_authenticate", "account_reset_password")


def failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's `CSRF_FAILURE_VIEW`. Signing in begins again with a fresh form, which a second tab needs."""
    if request.path.startswith(SPEAKS_JSON):
        return problem("csrf_failed")
    match = request.resolver_match
    if match is None or match.url_name not in SIGN_IN:
        return csrf.csrf_failure(request, reason=reason)
    messages.info(
        request,
        _("This page was out of date and has been reloaded. If it happens again, allow cookies."),
    )
    return HttpResponseRedirect(request.get_full_path())
