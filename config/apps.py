from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = _("Product")

    def ready(self) -> None:
        if settings.SENTRY_DSN:
            from config import sentry  # its package is there where the setting is

            sentry.start(settings.SENTRY_DSN)
