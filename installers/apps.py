from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InstallersConfig(AppConfig):
    name = "installers"
    verbose_name = _("Installers")
    api_documents = {"smartcontrol": ("SmartControl API", "/api/smartcontrol/v1/schema/")}
    channels = {
        "/installers/": "installers",
        "/smartcontrol/": "smartcontrol",
        "/api/smartcontrol/": "smartcontrol",
    }
