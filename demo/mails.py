"""The mails of the demo mode, which has no mail server: where somebody who tries it out finds an invitation."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth.mixins import AccessMixin
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from core.web.lists import live
from demo.access import InDemo

SHOWN = 50


class ShownMail(NamedTuple):
    to: str
    subject: str
    text: str
    at: datetime


class Mails(InDemo, AccessMixin, TemplateView):
    """Open to demo logins. Their passwords are known to everybody who has the demo, and so are their mails.

    An open page checks for changes: the list alone, or 204 for the `digest` that it has.
    """

    template_name = "demo/mails.html"
    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        if not request.user.is_demo:
            raise Http404
        if request.htmx and request.GET.get("digest") == self.digest:  # type: ignore[attr-defined]
            return HttpResponse(status=204)
        return super().get(request, *args, **kwargs)

    def get_template_names(self) -> list[str]:
        if self.request.htmx:  # type: ignore[attr-defined]
            return ["demo/mails_list.html"]
        return [self.template_name]

    @cached_property
    def paths(self) -> list[Path]:
        """The newest ones. The names of the files sort by time."""
        return sorted(Path(settings.MAIL_DIR).glob("*.eml"), reverse=True)[:SHOWN]

    @property
    def digest(self) -> str:
        return live.digest([(path.name, "") for path in self.paths], {})

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        mails = [read(path) for path in self.paths]
        return super().get_context_data(mails=mails, digest=self.digest, **context)


def read(path: Path) -> ShownMail:
    policy: Any = email.policy.default
    mail: EmailMessage = email.message_from_bytes(path.read_bytes(), policy=policy)
    body = mail.get_body(["plain"])
    return ShownMail(
        to=mail["to"] or "",
        subject=mail["subject"] or "",
        text=body.get_content() if body else "",
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
    )
