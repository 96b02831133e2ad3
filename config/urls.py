"""Every path of the house; each room keeps its own below its prefix."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from core.web import documents, health, problem_views, theme

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("accounts.urls")),
    path("accounts/notices/", include("jobs.urls")),
    path("theme/", theme.choose, name="theme"),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("simulator/", include("telematics.simulator.urls")),
    path("fleetcontrol/", include("fleetcontrol.urls")),
    path("installers/", include("installers.urls")),
    path("api/smartcontrol/v1/", include("installers.api.urls")),
    path("api/oneapi/v1/", include("fleetcontrol.api.urls")),
    path("api/docs/", documents.read, name="api-docs"),
    path("api/docs/<slug:name>/", documents.read, name="api-doc"),
    path("problems/", problem_views.problem_list, name="problems"),
    path("problems/<slug:code>", problem_views.problem_page, name="problem"),
]
