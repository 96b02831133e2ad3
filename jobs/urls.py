"""Everybody's own notifications, below /accounts/notices/."""

from django.urls import path

from core.web import converters
from jobs.views import notifications

converters.register()

urlpatterns = [
    path("", notifications.NotificationList.as_view(), name="notifications"),
    path("read/", notifications.read_all, name="notifications_read"),
    path("settings/", notifications.Preferences.as_view(), name="notification_settings"),
    path("off/<str:token>/", notifications.Unsubscribe.as_view(), name="notifications_off"),
    path("<ulid:pk>/", notifications.OpenNotification.as_view(), name="notification"),
]
