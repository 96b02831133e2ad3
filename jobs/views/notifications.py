"""The pages behind the bell: notifications, their settings, and unsubscribing from mails."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from accounts.models import User
from accounts.models.membership import MANAGING
from accounts.second_factor import SecondFactorMixin
from core.web.lists.counts import count_all
from core.web.lists.pages import CursorPage
from core.web.posted import StrictPost, posts
from jobs.models import Job, Notification, NotificationPreference
from jobs.notifications.event import FOR_DESK, FOR_INSTALLER, FOR_OFFICE, NotificationEvent
from jobs.notifications.preference import read_unsubscribe_token

PAGE = 25


class NotificationList(SecondFactorMixin, TemplateView):
    template_name = "notifications/list.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mine = Notification.objects.visible_to(self.request.user)
        page = CursorPage(
            mine.for_sentences(), "-at", cursor=self.request.GET.get("cursor", ""), size=PAGE
        )
        counts = count_all({"all": mine, "unread": mine.unread()})
        return super().get_context_data(
            page=page, total=counts["all"], unread_notifications=counts["unread"].number, **context
        )


class OpenNotification(SecondFactorMixin, View):
    """Mark the notification as read and redirect to its page; where its job is gone, show a message."""

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        notification = get_object_or_404(Notification.objects.visible_to(request.user), pk=pk)
        Notification.objects.filter(pk=notification.pk).read()
        if (
            notification.leads_to_job
            and not Job.objects.visible_to(request.user)
            .filter(pk=str(notification.job_id))
            .exists()
        ):
            messages.info(request, _("This job was deleted, or you can no longer see it."))
            return redirect("notifications")
        return redirect(notification.path or "notifications")


@require_POST
@login_required
@posts()
def read_all(request: HttpRequest) -> HttpResponse:
    Notification.objects.visible_to(request.user).read()
    return redirect("notifications")


class Preferences(LoginRequiredMixin, StrictPost):
    """The settings: bell and mail for each event that can concern the reader."""

    posted = ("bell", "mail")

    @property
    def user(self) -> User:
        assert isinstance(self.request.user, User)  # LoginRequiredMixin
        return self.request.user

    @property
    def events(self) -> list[NotificationEvent]:
        user = self.user
        membership = user.company_membership
        mine: set[NotificationEvent] = set()
        if user.fleet_memberships.filter(role__in=MANAGING).exists():
            mine.update(FOR_DESK)
        if membership is not None:
            mine.update(FOR_INSTALLER)
        if membership is not None and membership.is_admin:
            mine.update(FOR_OFFICE)
        return [event for event in NotificationEvent if event in mine]

    def get(self, request: HttpRequest) -> HttpResponse:
        chosen = NotificationPreference.objects.chosen_by(self.user)
        lines = [(event, *chosen[event]) for event in self.events]
        return render(request, "notifications/settings.html", {"lines": lines})

    def post(self, request: HttpRequest) -> HttpResponse:
        bells = request.POST.getlist("bell")
        mails = request.POST.getlist("mail")
        choices = {event.value: (event in bells, event in mails) for event in self.events}
        NotificationPreference.objects.choose(self.user, choices)
        messages.success(request, _("Your notification settings were saved."))
        return redirect("notification_settings")


@method_decorator([never_cache, csrf_exempt], name="dispatch")
class Unsubscribe(StrictPost):
    """Linked from mails, without signing in. GET asks for confirmation; a mail program POSTs by itself (RFC 8058)."""

    posted = ("all", "List-Unsubscribe")

    def dispatch(self, request: HttpRequest, token: str) -> HttpResponseBase:
        try:
            pk, event = read_unsubscribe_token(token)
        except signing.BadSignature as error:
            raise Http404 from error
        self.user = get_object_or_404(User, pk=pk)
        self.event = NotificationEvent(event)
        with translation.override(self.user.language):
            return super().dispatch(request, token)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self.show(done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        everything = "all" in request.POST
        events = NotificationEvent.values if everything else [self.event.value]
        NotificationPreference.objects.stop_mails(self.user, events)
        return self.show(done=True, everything=everything)

    def show(self, **context: Any) -> HttpResponse:
        about = {"event": self.event, "address": self.user.email}
        return render(self.request, "notifications/unsubscribe.html", about | context)
