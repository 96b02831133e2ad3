"""Run by test_upgrade.py with `manage.py shell`: opens what people had bookmarked before."""

import json
import sys

from django.test import Client
from django.urls import reverse

from accounts.models import SavedView, TablePreference, User
from jobs.models import Job, Notification

view = SavedView.objects.get()
manager = view.user
fleet = view.fleet
job = Job.objects.filter(fleet=fleet, status="SUCCEEDED").first()
jobs_page = reverse("fleetcontrol:installation_jobs", args=[fleet.pk])
operator = User.objects.get(email="support@appdrive.example")
columns = TablePreference.objects.get(user=manager).columns

PAGES = {
    "the saved view": (manager, f"{jobs_page}?{view.query}"),
    "a job": (manager, f"{jobs_page}?job={job.pk}"),
    "the notifications": (manager, reverse("notifications")),
    "an operator's list": (operator, reverse("admin:jobs_notification_changelist")),
    "an operator's notification": (
        operator,
        reverse("admin:jobs_notification_change", args=[Notification.objects.first().pk]),
    ),
    "the simulated units": (operator, reverse("admin:simulator_simulatedunit_changelist")),
}


def status_of(person: User, url: str) -> int:
    client = Client(HTTP_HOST="localhost")
    client.force_login(person)
    return client.get(url).status_code


def open_all() -> None:
    statuses = {name: status_of(*page) for name, page in PAGES.items()}
    sys.stdout.write(f"{json.dumps(statuses)}\n")


open_all()
