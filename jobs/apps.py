from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        from core.task_log import JOB_OF
        from jobs import receivers
        from jobs.models.vehicle_access import job_of_command, job_of_key
        from telematics.models import Command, Key

        receivers.connect()
        JOB_OF |= {Key: job_of_key, Command: job_of_command}
