"""Where one is signed in, on the web and in the app, and the end of any of it."""

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST


class SessionList(ListUserSessionsView):
    """POST ends all but the one that asks."""

    @transaction.atomic
    def form_valid(self, form) -> HttpResponse:
        answer = super().form_valid(form)
        tell(self.request)
        return answer


@login_required
@require_POST
@transaction.atomic
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """One of one's own; anybody else's is 404. The one that asks ends by signing out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    tell(request)
    messages.success(request, _("The session was ended."))
    return redirect("usersessions_list")


def tell(request: HttpRequest) -> None:
    get_adapter(request).send_notification_mail("account/email/sessions_ended", request.user)
