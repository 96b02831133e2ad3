from typing import Any

from celery import current_app
from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_migrate
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Ground")

    def ready(self) -> None:
        from anymail.signals import tracking

        from core.mail import bounces
        from core.outbound import checks  # noqa: F401 - registers them
        from core.sql import add_median

        load_refusals()
        load_tasks()
        autodiscover_modules("retention", "files", "previews")
        tracking.connect(bounces.note, dispatch_uid="mails that bounced")
        connection_created.connect(add_median, dispatch_uid="median")
        pre_migrate.connect(wait_without_limit, sender=self)


def load_refusals() -> None:
    """Import the codes that each room registers, before anything refuses."""
    autodiscover_modules("refusals")


def load_tasks() -> None:
    """Import every task and finish the Celery app before there are threads.

    Two first writes at once would otherwise wait for each other for ever: one imports a module of
    tasks and needs Celery's lock, the other holds that lock and imports the same module.
    """
    autodiscover_modules("tasks")
    current_app.finalize()


def wait_without_limit(using: str, **_kwargs: Any) -> None:
    """A migration may build an index for as long as it takes. Which ones wait for locks, `migrate` decides."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0")
