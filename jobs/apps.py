from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from core.task_log import FACTS
        from jobs import receivers
        from jobs.models.vehicle_access import job_of

        receivers.connect()
        FACTS["job"] = job_of
