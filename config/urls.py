"""Every path of the house; each room keeps its own below its prefix."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from django.views.generic import RedirectView

from core.web import theme
from core.web.api import guide_views, problem_views
from core.web.bounces import bounces
from core.web.health import PROBES

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

simulator = [path("", include("telematics.simulator.urls"))] if settings.SIMULATED else []

handler400 = "core.web.api.errors.bad_request"
handler404 = "core.web.api.errors.not_found"
handler403 = "core.web.forbidden.forbidden"
handler429 = "accounts.sign_in.middleware.too_many"  # allauth's own limits answer with it
handler500 = "core.web.unavailable.server_error"
urlpatterns = [
    *(
        path(address.removeprefix("/"), probe, name=address.removeprefix("/"))
        for address, probe in PROBES.items()
    ),
    path("mail/bounces/", bounces, name="mail_bounces"),
    path("", include("accounts.urls")),
    path("accounts/notices/", include("jobs.urls")),
    path("theme/", theme.choose, name="theme"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("_allauth/app/v1/", include("accounts.sign_in.app_urls")),
    path("_allauth/", include("allauth.headless.urls")),
    *simulator,
    # Bookmarks from before notifications and operators' actions had these names.
    re_path(
        r"^admin/jobs/notice(?P<page>(?:preference)?/.*)$",
        RedirectView.as_view(url="/admin/jobs/notification%(page)s", query_string=True),
        name="notices-moved",
    ),
    re_path(
        r"^admin/accounts/operatoract(?P<page>/.*)$",
        RedirectView.as_view(url="/admin/accounts/operatoraction%(page)s", query_string=True),
        name="operator-acts-moved",
    ),
    path("admin/", admin.site.urls),
    path("demo/", include("demo.urls")),
    path("fleetcontrol/", include("fleetcontrol.urls")),
    path("installers/", include("installers.urls")),
    path("smartcontrol/", include("installers.smartcontrol.urls")),
    path("api/smartcontrol/v1/", include("installers.api.urls")),
    path("api/oneapi/v1/", include("fleetcontrol.api.urls")),
    path("api/docs/", guide_views.overview, name="api-docs"),
    path("api/docs/<slug:name>/", guide_views.guide, name="api-guide"),
    path("api/docs/<slug:name>/reference/", guide_views.reference, name="api-reference"),
    path("problems/", problem_views.problem_list, name="problems"),
    path("problems/<slug:code>", problem_views.problem_page, name="problem"),
]
