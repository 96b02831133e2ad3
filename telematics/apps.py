from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelematicsConfig(AppConfig):
    name = "telematics"
    verbose_name = _("Telematics")

    def ready(self) -> None:
        from core.task_log import FACTS
        from core.web import health
        from telematics import checks, messages, signals

        signals.changed.connect(messages.write_changed, dispatch_uid="telematics.write_changed")
        health.CHECKS["gateway"] = checks.gateway_is_ready
        FACTS["unit"] = lambda row: getattr(row, "unit_id", None)
