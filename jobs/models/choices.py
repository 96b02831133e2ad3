"""The words of a job."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    INSTALLATION = "INSTALLATION", _("Installation")
    MAINTENANCE = "MAINTENANCE", _("Maintenance")


class JobStatus(models.TextChoices):
    PENDING = "PENDING", _("Pending")
    ASSIGNED = "ASSIGNED", _("Assigned")
    RUNNING = "RUNNING", _("Running")
    SUCCEEDED = "SUCCEEDED", _("Succeeded")
    FAILED = "FAILED", _("Failed")
    DELETED = "DELETED", _("Deleted")  # kept for the history, never shown or offered

    @classmethod
    def open(cls) -> list["JobStatus"]:
        return list(OPEN)

    @classmethod
    def shown(cls) -> list["JobStatus"]:
        return [status for status in cls if status != cls.DELETED]

    @classmethod
    def shown_choices(cls) -> list[tuple[str, str | Promise]]:
        return [(status.value, status.label) for status in cls.shown()]


FINISHED = (JobStatus.SUCCEEDED, JobStatus.FAILED)
OPEN = (JobStatus.PENDING, JobStatus.ASSIGNED, JobStatus.RUNNING)


class Task(models.TextChoices):
    INSPECTION = "INSPECTION", _("Inspection")
    SERVICE = "SERVICE", _("Service")
    REPAIR = "REPAIR", _("Repair")
    REPLACE_UNIT = "REPLACE_UNIT", _("Replace unit")
    REMOVE_UNIT = "REMOVE_UNIT", _("Remove unit")
    OTHER = "OTHER", _("Other")


class PhotoKind(models.TextChoices):
    """What a photo shows."""

    SERIAL = "SERIAL", _("Serial number")
    MOUNTING = "MOUNTING", _("Mounting")
    DASHBOARD = "DASHBOARD", _("Dashboard")
    PLATE = "PLATE", _("Number plate")
    OTHER = "OTHER", _("Other")


class VoidReason(models.TextChoices):
    """Why an attempt at a test no longer proves its job."""

    UNIT_CHANGED = "UNIT_CHANGED", _("The unit was changed after this test.")
    CONFIGURATION_CHANGED = (
        "CONFIGURATION_CHANGED",
        _("The configuration was changed after this test."),
    )
    JOB_RETURNED = "JOB_RETURNED", _("The job went back to the fleet after this test.")


class FailureReason(models.TextChoices):
    VEHICLE_ABSENT = "VEHICLE_ABSENT", _("Vehicle absent")
    WRONG_JOB_DATA = "WRONG_JOB_DATA", _("Wrong job data")
    UNIT_DEFECT = "UNIT_DEFECT", _("Unit defect")
    NO_COVERAGE = "NO_COVERAGE", _("No coverage")
    TEST_FAILED = "TEST_FAILED", _("Test failed")
    PARTS_MISSING = "PARTS_MISSING", _("Parts missing")
    MODEL_UNSUPPORTED = "MODEL_UNSUPPORTED", _("Model unsupported")
    ASKED_BY_CLIENT = "ASKED_BY_CLIENT", _("Asked by client")
    OTHER = "OTHER", _("Other")

    @classmethod
    def label_of(cls, value: str) -> str:
        """The label of a reason. A blank or unknown value is returned unchanged."""
        if value in cls.values:
            return str(cls(value).label)
        return value
