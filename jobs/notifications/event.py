"""The events that people are notified of, and whom each concerns."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class NotificationEvent(models.TextChoices):
    """The events for which a person chooses bell and mail."""

    SUCCEEDED = "SUCCEEDED", _("A job has succeeded")
    FAILED = "FAILED", _("A job has failed")
    RETURNED = "RETURNED", _("A partner handed a job back")
    ANSWERED = "ANSWERED", _("A partner refused to hand a job back")
    WITHDRAWN = "WITHDRAWN", _("A job was withdrawn from its installer")
    PARTNER = "PARTNER", _("A partner accepted, declined or ended a partnership")
    ASSIGNED = "ASSIGNED", _("Jobs were assigned to the company")
    ASKED_BACK = "ASKED_BACK", _("A client asks for a job back")
    CLIENT = "CLIENT", _("A client has ended the partnership")
    ACCESS = "ACCESS", _("Access to a vehicle was stopped or allowed again")
    BULK = "BULK", _("A bulk action that you started is done")
    AGREEMENT = "AGREEMENT", _("There is a new version of the agreement")
    OFFERED = "OFFERED", _("A client invites the company")
    JOINED = "JOINED", _("An invited person has joined")
    CONSUMER = "CONSUMER", _("An event consumer was suspended")


Event = NotificationEvent
OF_VERB = {
    "succeed": Event.SUCCEEDED,
    "fail": Event.FAILED,
    "hand_back": Event.RETURNED,
    "release": Event.RETURNED,
    "refuse_handback": Event.ANSWERED,
    "withdraw": Event.WITHDRAWN,
    "user_joined": Event.JOINED,
    "consumer_suspended": Event.CONSUMER,
    "partnership_offered": Event.OFFERED,
    "partnership_accepted": Event.PARTNER,
    "partnership_declined": Event.PARTNER,
    "partnership_ended_by_company": Event.PARTNER,
    "partnership_ended_by_fleet": Event.CLIENT,
    "assign": Event.ASSIGNED,
    "request_handback": Event.ASKED_BACK,
    "stop_access": Event.ACCESS,
    "allow_access": Event.ACCESS,
    "client_suspended": Event.ACCESS,
    "company_suspended": Event.ACCESS,
    "installer_suspended": Event.ACCESS,
    "agreement_published": Event.AGREEMENT,
    "bulk_assign": Event.BULK,
    "bulk_edit": Event.BULK,
    "bulk_delete": Event.BULK,
    "bulk_create": Event.BULK,
    "bulk_handback": Event.BULK,
    "bulk_again": Event.BULK,
    "bulk_roll_out": Event.BULK,
}
FOR_DESK = (
    Event.SUCCEEDED,
    Event.FAILED,
    Event.RETURNED,
    Event.ANSWERED,
    Event.WITHDRAWN,
    Event.PARTNER,
    Event.ACCESS,
    Event.BULK,
    Event.JOINED,
    Event.CONSUMER,
)
FOR_OFFICE = (
    Event.ASSIGNED,
    Event.ASKED_BACK,
    Event.CLIENT,
    Event.AGREEMENT,
    Event.OFFERED,
    Event.JOINED,
)
FOR_INSTALLER = (Event.WITHDRAWN, Event.ACCESS)
# Events without a mail by default: frequent ones, and those that a mail of another kind belongs to.
UNMAILED = (
    Event.SUCCEEDED,
    Event.WITHDRAWN,
    Event.BULK,
    Event.OFFERED,
    Event.JOINED,
    Event.CONSUMER,
)
MAILED = tuple(event for event in Event if event not in UNMAILED)
