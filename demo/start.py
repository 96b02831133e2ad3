"""The first page of the demo: a tour, and its logins with one click each."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, perform_login
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import TemplateView

from accounts.models import User
from core.web.posted import StrictPost
from demo import tour
from demo.access import InDemo
from demo.logins import LOGINS, MANAGER, SITES, is_one_click, offered


class Start(InDemo, TemplateView):
    """Open to everybody: who came so far is in the demo, and its logins are no secret."""

    template_name = "demo/start.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        people = offered()
        manager = people.get(MANAGER)
        steps = tour.current(manager.user if manager else None)
        sites = []
        for site in SITES:
            logins = [people[login.email] for login in site.logins if login.email in people]
            sites.append((site, logins))
        return super().get_context_data(
            sites=sites,
            steps=[(step, people.get(step.login)) for step in steps],
            next_step=next((step for step in steps if not step.is_done), None),
            is_one_click=is_one_click(),
            password=settings.DEMO_PASSWORD if is_one_click() else "",
            **context,
        )


class SignIn(InDemo, StrictPost):
    """Sign in as a demo login with one click, through allauth: its rules hold as after a typed password."""

    http_method_names = ["post", "options"]
    posted = ("login", "next")

    def post(self, request: HttpRequest) -> HttpResponse:
        email = request.POST.get("login", "")
        chosen = offered().get(email) if is_one_click() and email in LOGINS else None
        if chosen is None:
            raise Http404
        target = get_next_redirect_url(request) or chosen.opens
        if request.user == chosen.user:
            return redirect(target)
        speak_as_before(request, chosen.user)
        get_adapter(request).logout(request)
        return perform_login(request, chosen.user, redirect_url=target)


def speak_as_before(request: HttpRequest, user: User) -> None:
    """Give the login the language that this browser reads now: its own, or what was last chosen in it.

    A demo login is nobody's, so what it was set to before says nothing about the reader.
    """
    language = getattr(request, "LANGUAGE_CODE", user.language)
    if language != user.language:
        user.language = language
        user.save(update_fields=["language"])
