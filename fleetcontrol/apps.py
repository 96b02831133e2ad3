from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FleetControlConfig(AppConfig):
    name = "fleetcontrol"
    verbose_name = _("FleetControl")
    api_documents = {"oneapi": ("OneAPI", "/api/oneapi/v1/schema")}
    channels = {"/fleetcontrol/": "fleetcontrol", "/api/oneapi/": "oneapi", "/oauth/": "oneapi"}

    def ready(self) -> None:
        # They register how messages are rendered and said.
        from fleetcontrol.api import message_data, message_sentences  # noqa: F401
