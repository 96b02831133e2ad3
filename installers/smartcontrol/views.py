"""The shell of the phone's app, its service worker and its manifest. They contain no data: the app reads the API."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from installers.smartcontrol import build

ACCENT = "#474cc0"
PAGE = "#f7f8fa"


class Shell(TemplateView):
    template_name = "smartcontrol/shell.html"
    http_method_names = ["get", "head", "options"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        now = build.current()
        return super().get_context_data(
            build=now.name,
            main=now.url(build.MAIN),
            modules=now.modules,
            styles=[now.url(path) for path in build.STYLES],
            **context,
        )


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the current build. A browser installs it when a byte differs: the build's name is in it."""
    now = build.current()
    about = {"name": now.name, "files": now.urls, "shell": build.PREFIX}
    script = (
        f"self.build = {json.dumps(about)};\n"
        f'importScripts("{now.url("smartcontrol/service_worker.js")}");\n'
    )
    return HttpResponse(
        script, content_type="text/javascript", headers={"Cache-Control": "no-cache"}
    )


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "id": build.PREFIX,
            "start_url": build.PREFIX,
            "scope": "/",  # the pages for signing in stay inside the app
            "name": "SmartControl",
            "short_name": "SmartControl",
            "description": _("Install telematics units: take jobs, test the unit, finish."),
            "display": "standalone",
            "orientation": "portrait",
            "background_color": PAGE,
            "theme_color": ACCENT,
            "icons": [
                _icon("192", "192x192"),
                _icon("512", "512x512"),
                {**_icon("maskable-512", "512x512"), "purpose": "maskable"},
            ],
        },
        content_type="application/manifest+json",
        headers={"Cache-Control": "no-cache"},
    )


def _icon(name: str, sizes: str) -> dict[str, str]:
    return {
        "src": static(f"smartcontrol/icons/icon-{name}.png"),
        "sizes": sizes,
        "type": "image/png",
    }
