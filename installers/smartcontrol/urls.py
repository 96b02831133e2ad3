"""The phone's web app, `/smartcontrol/`. The files of its build are sent by the middleware beside this file."""

from django.urls import path

from installers.smartcontrol import views

app_name = "smartcontrol"
urlpatterns = [
    path("", views.Shell.as_view(), name="app"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
]
