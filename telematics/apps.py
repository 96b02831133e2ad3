from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TelematicsConfig(AppConfig):
    name = "telematics"
    verbose_name = _("Telematics")

    def ready(self):
        from telematics.simulator import person

        person.listen()
