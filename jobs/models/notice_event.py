"""What somebody can be told, by kind, whom it concerns, and how it reads."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


class NoticeEvent(models.TextChoices):
    """What a person chooses by: whether the bell rings and whether a mail comes."""

    SUCCEEDED = "SUCCEEDED", _("A job has succeeded")
    FAILED = "FAILED", _("A job has failed")
    RETURNED = "RETURNED", _("A partner handed a job back")
    ANSWERED = "ANSWERED", _("A partner refused to hand a job back")
    WITHDRAWN = "WITHDRAWN", _("A job was withdrawn from its installer")
    PARTNER = "PARTNER", _("A partner has accepted, declined or ended")
    ASSIGNED = "ASSIGNED", _("Jobs were assigned to the company")
    ASKED_BACK = "ASKED_BACK", _("A client asks for a job back")
    CLIENT = "CLIENT", _("A client has ended the partnership")
    ACCESS = "ACCESS", _("Access to a vehicle was stopped or allowed again")
    BULK = "BULK", _("A bulk act that you began is done")
    AGREEMENT = "AGREEMENT", _("There is a new version of the agreement")


Event = NoticeEvent
OF_VERB = {
    "succeed": Event.SUCCEEDED,
    "fail": Event.FAILED,
    "hand_back": Event.RETURNED,
    "release": Event.RETURNED,
    "refuse_handback": Event.ANSWERED,
    "withdraw": Event.WITHDRAWN,
    "partnership_accepted": Event.PARTNER,
    "partnership_declined": Event.PARTNER,
    "partnership_ended_by_company": Event.PARTNER,
    "partnership_ended_by_fleet": Event.CLIENT,
    "assign": Event.ASSIGNED,
    "request_handback": Event.ASKED_BACK,
    "stop_access": Event.ACCESS,
    "allow_access": Event.ACCESS,
    "agreement_published": Event.AGREEMENT,
    "bulk_assign": Event.BULK,
    "bulk_edit": Event.BULK,
    "bulk_delete": Event.BULK,
    "bulk_create": Event.BULK,
}
FOR_DESK = (
    Event.SUCCEEDED,
    Event.FAILED,
    Event.RETURNED,
    Event.ANSWERED,
    Event.WITHDRAWN,
    Event.PARTNER,
    Event.BULK,
)
FOR_OFFICE = (Event.ASSIGNED, Event.ASKED_BACK, Event.CLIENT, Event.AGREEMENT)
FOR_INSTALLER = (Event.WITHDRAWN, Event.ACCESS)
# Of what happens all day long a mail comes only to whoever asks for it.
MAILED = tuple(event for event in Event if event not in (Event.SUCCEEDED, Event.WITHDRAWN, Event.BULK))

# One, or many at once. `who` did it, `team` is the fleet as others know it, `partner` as far as the fleet may know him.
SENTENCES = {
    "succeed": ngettext_lazy("%(who)s finished %(job)s", "%(count)s jobs are finished", "count"),
    "fail": ngettext_lazy("%(who)s ended %(job)s as failed", "%(count)s jobs have failed", "count"),
    "hand_back": ngettext_lazy("%(who)s handed %(job)s back", "%(count)s jobs were handed back", "count"),
    "release": ngettext_lazy(
        "%(job)s came back because the partnership ended",
        "%(count)s jobs came back because the partnership ended",
        "count",
    ),
    "refuse_handback": ngettext_lazy(
        "%(who)s does not hand %(job)s back", "%(count)s jobs are not handed back", "count"
    ),
    "withdraw": ngettext_lazy(
        "%(job)s was withdrawn from its installer", "%(count)s jobs were withdrawn from their installer", "count"
    ),
    "assign": ngettext_lazy("%(team)s assigned %(job)s to you", "%(team)s assigned %(count)s jobs to you", "count"),
    "request_handback": ngettext_lazy(
        "%(team)s asks for %(job)s back", "%(team)s asks for %(count)s jobs back", "count"
    ),
    "stop_access": ngettext_lazy(
        "%(team)s stopped your access to %(job)s", "%(team)s stopped your access to %(count)s vehicles", "count"
    ),
    "allow_access": ngettext_lazy(
        "%(team)s allows access to %(job)s again", "%(team)s allows access to %(count)s vehicles again", "count"
    ),
    "bulk_assign": ngettext_lazy(
        "Bulk Assign is done: %(count)s job is assigned", "Bulk Assign is done: %(count)s jobs are assigned", "count"
    ),
    "bulk_edit": ngettext_lazy(
        "Bulk Edit is done: %(count)s job is changed", "Bulk Edit is done: %(count)s jobs are changed", "count"
    ),
    "bulk_delete": ngettext_lazy(
        "Bulk Delete is done: %(count)s job is deleted", "Bulk Delete is done: %(count)s jobs are deleted", "count"
    ),
    "bulk_create": ngettext_lazy(
        "Create Multiple Jobs is done: %(count)s job is created",
        "Create Multiple Jobs is done: %(count)s jobs are created",
        "count",
    ),
    "agreement_published": _("There is a new version of the agreement to accept."),
    "partnership_accepted": _("%(partner)s accepted your invitation"),
    "partnership_declined": _("%(partner)s declined your invitation"),
    "partnership_ended_by_company": ngettext_lazy(
        "%(partner)s ended the partnership; %(count)s open job came back",
        "%(partner)s ended the partnership; %(count)s open jobs came back",
        "count",
    ),
    "partnership_ended_by_fleet": _("%(team)s ended the partnership"),
}
# What is asked of the reader of a mail.
ASKS = {
    "succeed": _("There is nothing to do."),
    "fail": _("Read why. If it is still to be done, create it again for this vehicle."),
    "hand_back": _("It is pending again: edit it, or assign it to a partner."),
    "release": _("They are pending again: assign them to another partner."),
    "refuse_handback": _("The job stays with the partner. The reason is in its history."),
    "withdraw": _("It is free for another installer of the company."),
    "assign": _("Your installers see what is assigned from now on. Open it, or reserve it for one of them."),
    "request_handback": _("Hand it back, or refuse and say why."),
    "stop_access": _("You cannot use the vehicle now. The job and its data stay with you."),
    "agreement_published": _("Read it and accept it for the company within 14 days, or no new jobs can be taken."),
    "allow_access": _("Renew the access in the app to go on."),
    **dict.fromkeys(
        ("bulk_assign", "bulk_edit", "bulk_delete", "bulk_create"),
        _("See which jobs stay as they are, and why."),
    ),
}
