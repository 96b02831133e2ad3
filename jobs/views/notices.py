"""What the bell leads to: the notices, how somebody wants to be told, and the way out that every mail offers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core import signing
from django.http import Http404
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
from accounts.second_factor import SecondFactorMixin
from core.web.counts import count_all
from core.web.pages import CursorPage
from jobs.models import Job, Notice, NoticePreference
from jobs.models.notice_event import FOR_DESK, FOR_INSTALLER, FOR_OFFICE, NoticeEvent
from jobs.models.notice_preference import read_unsubscribe_token

PAGE = 25


class NoticeList(SecondFactorMixin, TemplateView):
    template_name = "notices/list.html"

    def get_context_data(self, **context):
        mine = Notice.objects.visible_to(self.request.user)
        page = CursorPage(mine.for_sentences(), "-at", cursor=self.request.GET.get("cursor", ""), size=PAGE)
        counts = count_all({"all": mine, "unread": mine.unread()})
        return super().get_context_data(
            page=page, total=counts["all"], unread_notices=counts["unread"].number, **context
        )


class OpenNotice(SecondFactorMixin, View):
    """To what the notice tells of; from then on it is read. Where that is gone, its reader is told so and stays."""

    def get(self, request, pk):
        notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
        Notice.objects.filter(pk=notice.pk).read()
        if notice.leads_to_job and not Job.objects.visible_to(request.user).filter(pk=notice.job_id).exists():
            messages.info(request, _("This job has been deleted, or is not yours to see any more."))
            return redirect("notices")
        return redirect(notice.path or "notices")


@require_POST
@login_required
def read_all(request):
    Notice.objects.visible_to(request.user).read()
    return redirect("notices")


class Preferences(LoginRequiredMixin, View):
    """A line for each event that can concern the reader: bell, mail."""

    @property
    def events(self) -> list[NoticeEvent]:
        user, membership = self.request.user, self.request.user.company_membership
        mine = FOR_DESK if user.fleet_memberships.filter(role__in=["ADMIN", "MANAGER"]).exists() else ()
        if membership is not None:
            mine += FOR_INSTALLER + (FOR_OFFICE if membership.is_admin else ())
        return [event for event in NoticeEvent if event in mine]

    def get(self, request):
        chosen = NoticePreference.objects.chosen_by(request.user)
        lines = [(event, *chosen[event]) for event in self.events]
        return render(request, "notices/settings.html", {"lines": lines})

    def post(self, request):
        bells, mails = request.POST.getlist("bell"), request.POST.getlist("mail")
        choices = {event.value: (event in bells, event in mails) for event in self.events}
        NoticePreference.objects.choose(request.user, choices)
        messages.success(request, _("Your choice was saved."))
        return redirect("notice_settings")


@method_decorator([never_cache, csrf_exempt], name="dispatch")
class Unsubscribe(View):
    """Reached from a mail, without signing in: opening asks, posting acts; a mail program posts by itself (RFC 8058)."""

    def dispatch(self, request, token):
        try:
            pk, event = read_unsubscribe_token(token)
        except signing.BadSignature as error:
            raise Http404 from error
        self.user, self.event = get_object_or_404(User, pk=pk), NoticeEvent(event)
        with translation.override(self.user.language):
            return super().dispatch(request, token)

    def get(self, request, token):
        return self.show(done=False)

    def post(self, request, token):
        events = NoticeEvent.values if "all" in request.POST else [self.event.value]
        NoticePreference.objects.stop_mails(self.user, events)
        return self.show(done=True, everything="all" in request.POST)

    def show(self, **context):
        about = {"event": self.event, "address": self.user.email}
        return render(self.request, "notices/unsubscribe.html", about | context)
