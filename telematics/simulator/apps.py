from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SimulatorConfig(AppConfig):
    """Installed only where the units are simulated (config/settings.py). Telematics does not import it."""

    name = "telematics.simulator"
    verbose_name = _("Simulator")

    def ready(self) -> None:
        from telematics.simulator import person

        person.listen()
