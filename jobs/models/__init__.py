from jobs.models.bulk_run import BulkRun
from jobs.models.configuration import Configuration
from jobs.models.handback_request import HandbackRequest
from jobs.models.installation_test import InstallationTest
from jobs.models.job import Job
from jobs.models.job_counter import JobCounter
from jobs.models.job_event import JobEvent
from jobs.models.job_import import ImportedFile, JobImport
from jobs.models.job_template import JobTemplate
from jobs.models.photo import JobPhoto
from jobs.models.preset import ConfigurationPreset
from jobs.models.refused_attempt import RefusedAttempt
from jobs.models.roll_out import RollOut, RollOutEvent
from jobs.models.vehicle_access import VehicleAccess
from jobs.notifications.notification import Notification
from jobs.notifications.preference import NotificationPreference

__all__ = [
    "BulkRun",
    "Configuration",
    "ConfigurationPreset",
    "HandbackRequest",
    "ImportedFile",
    "InstallationTest",
    "Job",
    "JobCounter",
    "JobEvent",
    "JobImport",
    "JobPhoto",
    "JobTemplate",
    "Notification",
    "NotificationPreference",
    "RefusedAttempt",
    "RollOut",
    "RollOutEvent",
    "VehicleAccess",
]
