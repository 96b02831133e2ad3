"""What kinds of event consumers there are, their statuses, and why one is suspended."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    FEED = "FEED", _("Feed")
    WEBHOOK = "WEBHOOK", _("Webhook")
    SLACK = "SLACK", _("Slack-compatible webhook")
    AMQP = "AMQP", _("AMQP queue")


class Status(models.TextChoices):
    ACTIVE = "ACTIVE", _("Active")
    SUSPENDED = "SUSPENDED", _("Suspended")
    REMOVED = "REMOVED", _("Removed")


class SuspendedBecause(models.TextChoices):
    NOT_READ = "NOT_READ", _("Nothing was read for three days.")
    QUEUE_FULL = "QUEUE_FULL", _("Its queue is full.")
    NO_SUCCESS = "NO_SUCCESS", _("No message was accepted for 27 hours.")
    GONE = "GONE", _("The receiver answered that it no longer exists.")


LIVE = (Status.ACTIVE, Status.SUSPENDED)
