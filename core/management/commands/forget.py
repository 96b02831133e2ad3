"""`manage.py forget`: delete everything that has been kept long enough, as the tasks of the beat do."""

from typing import Any

from celery import current_app
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.models import Failure
from core.retention import TASKS


class Command(BaseCommand):
    help = "Delete everything that has been kept long enough"

    def handle(self, *args: Any, **options: Any) -> None:
        began = timezone.now()
        for name in TASKS:
            current_app.tasks[name].run()
            self.stdout.write(f"{name} is done.")
        if failed := Failure.objects.filter(last_at__gte=began).values_list("row", flat=True):
            raise CommandError(f"Not deleted: {', '.join(sorted(failed))}.")
