"""Admin pages of models of `core`. They are here because they need the operators' actions."""

from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from accounts.admin.actions import RecordedMixin, What, apply_to_each
from accounts.admin.mail_filters import CausedByProvider, ToPeopleOfProvider
from accounts.admin.sheets import MailSheet
from core.mail.previews import PREVIEWS
from core.models import AnsweredRequest, Failure, Mail
from core.web.admin import EMAIL, ULID, ReadOnlyAdmin
from core.web.desk.files import ExportedMixin


@admin.register(Mail)
class MailAdmin(ExportedMixin, ReadOnlyAdmin):
    resource_classes = [MailSheet]
    change_list_template = "admin/core/mail/change_list.html"
    searched_by = {ULID: ("pk",), EMAIL: ("to",)}
    list_display = ("to", "template", "status", "attempts", "created_at", "sent_at", "error")
    list_filter = ("status", "template", CausedByProvider, ToPeopleOfProvider)
    search_fields = ("to__startswith",)
    # Without the context: its links are only for the recipient.
    fields = (
        "to",
        "template",
        "language",
        "time_zone",
        "status",
        "attempts",
        "due_at",
        "error",
        "created_at",
        "sent_at",
    )
    actions = ("send_again",)

    @admin.action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        unsent = queryset & Mail.objects.unsent()
        if not unsent.exists():
            messages.error(request, _("These mails are sent already, or are being sent."))
            return
        apply_to_each(self, request, unsent, lambda row: row.send_again(), What.RESEND)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("previews/", view(self.previews), name="core_mail_previews"),
            path(
                "previews/<str:name>/<str:language>/", view(self.preview), name="core_mail_preview"
            ),
            *super().get_urls(),
        ]

    def previews(self, request: HttpRequest) -> HttpResponse:
        """Every mail with its subject in each language."""
        self._check_reader(request)
        rows = []
        for name, preview in PREVIEWS.items():
            codes = [code for code, _language in settings.LANGUAGES]
            rows.append((name, [(code, preview.render(code).subject) for code in codes]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview every mail"),
            "opts": self.opts,
            "languages": settings.LANGUAGES,
            "rows": rows,
        }
        return TemplateResponse(request, "admin/core/mail/previews.html", context)

    @method_decorator(csp({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}))
    def preview(self, request: HttpRequest, name: str, language: str) -> HttpResponse:
        """One mail as a mail program shows it. Its styles are inline, so nothing else is allowed on the page."""
        self._check_reader(request)
        if name not in PREVIEWS or language not in dict(settings.LANGUAGES):
            raise Http404
        return HttpResponse(PREVIEWS[name].render(language).html)

    def _check_reader(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_mail")


@admin.register(Failure)
class FailureAdmin(RecordedMixin, ReadOnlyAdmin):
    list_display = ("task", "row", "count", "error", "first_at", "last_at", "due_at", "reported_at")
    list_filter = ("task", "ended")
    search_fields = ("task", "row")
    actions = ("try_again",)

    @admin.action(description=_("Try again soon"), permissions=["action"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        apply_to_each(self, request, queryset, lambda failure: failure.end_rest(), What.RETRY)


@admin.register(AnsweredRequest)
class AnsweredRequestAdmin(ReadOnlyAdmin):
    list_display = ("principal", "key", "status", "code", "object_id", "on_behalf_of", "created_at")
    search_fields = ("principal", "key")
