from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = _("Demo world")

    def ready(self) -> None:
        from demo import checks  # noqa: F401 - registers them
