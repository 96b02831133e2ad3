"""Everybody's own notices, below /accounts/notices/."""

from django.urls import path

from core.web import converters
from jobs.views import notices

converters.register()

urlpatterns = [
    path("", notices.NoticeList.as_view(), name="notices"),
    path("read/", notices.read_all, name="notices_read"),
    path("settings/", notices.Preferences.as_view(), name="notice_settings"),
    path("off/<str:token>/", notices.Unsubscribe.as_view(), name="notices_off"),
    path("<ulid:pk>/", notices.OpenNotice.as_view(), name="notice"),
]
