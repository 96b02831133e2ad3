"""The texts of notifications, by verb."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# One job, or `count` of them. `who` is the actor, `team` the fleet, `partner` the company as far as
# the fleet may see it.
SENTENCES = {
    "succeed": ngettext_lazy("%(who)s finished %(job)s", "%(count)s jobs are finished", "count"),
    "fail": ngettext_lazy(
        "%(who)s marked %(job)s as failed", "%(count)s jobs have failed", "count"
    ),
    "hand_back": ngettext_lazy(
        "%(who)s handed %(job)s back", "%(count)s jobs were handed back", "count"
    ),
    "release": ngettext_lazy(
        "%(job)s was returned because the partnership ended",
        "%(count)s jobs were returned because the partnership ended",
        "count",
    ),
    "refuse_handback": ngettext_lazy(
        "%(who)s refused to hand back %(job)s", "%(count)s jobs are not handed back", "count"
    ),
    "withdraw": ngettext_lazy(
        "%(job)s was withdrawn from its installer",
        "%(count)s jobs were withdrawn from their installer",
        "count",
    ),
    "assign": ngettext_lazy(
        "%(team)s assigned %(job)s to you", "%(team)s assigned %(count)s jobs to you", "count"
    ),
    "request_handback": ngettext_lazy(
        "%(team)s asks for %(job)s back", "%(team)s asks for %(count)s jobs back", "count"
    ),
    "stop_access": ngettext_lazy(
        "%(team)s stopped your access to %(job)s",
        "%(team)s stopped your access to %(count)s vehicles",
        "count",
    ),
    "allow_access": ngettext_lazy(
        "%(team)s allows access to %(job)s again",
        "%(team)s allows access to %(count)s vehicles again",
        "count",
    ),
    "client_suspended": ngettext_lazy(
        "Your access to %(job)s ended because %(team)s was suspended",
        "Your access to %(count)s vehicles ended because %(team)s was suspended",
        "count",
    ),
    "company_suspended": ngettext_lazy(
        "The access to %(job)s ended because the partner was suspended",
        "The access to %(count)s vehicles ended because the partner was suspended",
        "count",
    ),
    "installer_suspended": ngettext_lazy(
        "The access to %(job)s ended because the installer was suspended",
        "The access to %(count)s vehicles ended because the installer was suspended",
        "count",
    ),
    "bulk_assign": ngettext_lazy(
        "Bulk Assign is done: %(count)s job is assigned",
        "Bulk Assign is done: %(count)s jobs are assigned",
        "count",
    ),
    "bulk_edit": ngettext_lazy(
        "Bulk Edit is done: %(count)s job is changed",
        "Bulk Edit is done: %(count)s jobs are changed",
        "count",
    ),
    "bulk_delete": ngettext_lazy(
        "Bulk Delete is done: %(count)s job is deleted",
        "Bulk Delete is done: %(count)s jobs are deleted",
        "count",
    ),
    "bulk_create": ngettext_lazy(
        "Create Multiple Jobs is done: %(count)s job is created",
        "Create Multiple Jobs is done: %(count)s jobs are created",
        "count",
    ),
    "bulk_handback": ngettext_lazy(
        "Ask Back is done: the partner was asked for %(count)s job",
        "Ask Back is done: the partner was asked for %(count)s jobs",
        "count",
    ),
    "bulk_roll_out": ngettext_lazy(
        "Add to Roll-out is done: %(count)s job is added",
        "Add to Roll-out is done: %(count)s jobs are added",
        "count",
    ),
    "bulk_again": ngettext_lazy(
        "Create Again is done: %(count)s job is created",
        "Create Again is done: %(count)s jobs are created",
        "count",
    ),
    "agreement_published": _("There is a new version of the agreement to accept."),
    "user_joined": _("%(who)s accepted the invitation and is now a user"),
    "consumer_suspended": _("An event consumer was suspended because messages do not reach it"),
    "partnership_offered": _("%(team)s invites your company to become a partner"),
    "partnership_accepted": _("%(partner)s accepted your invitation"),
    "partnership_declined": _("%(partner)s declined your invitation"),
    "partnership_ended_by_company": ngettext_lazy(
        "%(partner)s ended the partnership; %(count)s open job was returned",
        "%(partner)s ended the partnership; %(count)s open jobs were returned",
        "count",
    ),
    "partnership_ended_by_fleet": _("%(team)s ended the partnership"),
}
# What the reader of a mail can do next.
NEXT_STEPS = {
    "succeed": _("You don't need to do anything."),
    "fail": _(
        "Read the reason. If the work is still needed, create the job again for this vehicle."
    ),
    "hand_back": _("The job is pending again. Edit it, or assign it to a partner."),
    "release": _("The jobs are pending again. Assign them to another partner."),
    "refuse_handback": _("The job stays with the partner. The reason is in its history."),
    "withdraw": _("Another installer of the company can take it."),
    "assign": _("Your installers can see it now. You can reserve it for one of them."),
    "request_handback": _("Hand it back, or refuse and give a reason."),
    "stop_access": _("You cannot use the vehicle now. The job and its data stay with you."),
    "user_joined": _("You can change the role of the person under Users."),
    "consumer_suspended": _("Correct the receiver, then resume the event consumer."),
    "agreement_published": _(
        "Read it and accept it for the company within 14 days, or no new jobs can be taken."
    ),
    "allow_access": _("Renew the access in the app to continue."),
    "client_suspended": _(
        "You can continue with its jobs once the client is reinstated. You can withdraw or hand back a job at any time."
    ),
    "company_suspended": _(
        "The partner can continue once it is reinstated. To get the jobs back, end the partnership."
    ),
    "installer_suspended": _("A colleague of the installer can withdraw the job and take it."),
    "bulk_assign": _("See which jobs were not changed, and why."),
    "bulk_edit": _("See which jobs were not changed, and why."),
    "bulk_delete": _("See which jobs were not changed, and why."),
    "bulk_create": _("See which jobs were not changed, and why."),
    "bulk_handback": _("See which jobs were not changed, and why."),
    "bulk_roll_out": _("See which jobs were not changed, and why."),
    "bulk_again": _("See which jobs were not changed, and why."),
}
