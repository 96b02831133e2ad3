"""The sessions of a person, in browsers and in the app, and ending them."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.sign_in.sessions import SessionStore, sign_again, stored_sessions
from core.web.posted import StrictPost, posts


class SessionList(StrictPost, ListUserSessionsView):
    """POST ends all sessions except the current one."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The list has Django look at each session, which gives one that a former key has signed another key."""
        keys = UserSession.objects.filter(user_id=request.user.pk).values_list("session_key")
        for (key,) in keys if settings.SECRET_KEY_FALLBACKS else ():
            session = SessionStore(key)
            if sign_again(session):
                session.save()
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        stored = stored_sessions(row.session_key for row in context["sessions"])
        for row in context["sessions"]:
            row.stored = stored[row.session_key]
        return context

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        notify(self.request)
        return response


@login_required
@require_POST
@posts()
@transaction.atomic
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the reader's own sessions; any other is 404. The current session ends by signing out."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    if session.session_key == request.session.session_key:
        return redirect("account_logout")
    session.end()
    notify(request)
    messages.success(request, _("The session was ended."))
    return redirect("usersessions_list")


def notify(request: HttpRequest) -> None:
    get_adapter(request).send_notification_mail("account/email/sessions_ended", request.user)
