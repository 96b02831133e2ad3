"""Messages as sentences for people, for consumers such as Slack. They use the data of `message_data`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.outbox.sentences import Sentence, formats
from core.values.bidi import with_names
from jobs.messages import JOB_CHANGED
from jobs.models.choices import FailureReason
from jobs.parts.names import TITLE_NAMES
from telematics.messages import VEHICLE_CHANGED
from telematics.models.change_reason import ChangeReason

VEHICLES: dict[str | None, Any] = {
    ChangeReason.CREATED: gettext_lazy("%(vehicle)s was added to the fleet."),
    ChangeReason.MASTER_DATA_CHANGED: gettext_lazy("%(vehicle)s was changed: master data."),
    ChangeReason.CUSTOM_FIELDS_CHANGED: gettext_lazy("%(vehicle)s was changed: custom fields."),
    ChangeReason.OPERATION_STATUS_CHANGED: gettext_lazy(
        "%(vehicle)s was changed: operation status."
    ),
    ChangeReason.TAGS_CHANGED: gettext_lazy("%(vehicle)s was changed: tags."),
    ChangeReason.UNIT_CHANGED: gettext_lazy("%(vehicle)s was changed: unit."),
    ChangeReason.ARCHIVED: gettext_lazy("%(vehicle)s was archived."),
    ChangeReason.RESTORED: gettext_lazy("%(vehicle)s was restored."),
}
A_VEHICLE = gettext_lazy("%(vehicle)s was changed.")
# By the verb of the move. `company` is who has the job now.
JOBS: dict[str | None, Any] = {
    "create": gettext_lazy("Job %(job)s was created."),
    "edit": gettext_lazy("Job %(job)s was changed."),
    "set_roll_out": gettext_lazy("The roll-out of job %(job)s was changed."),
    "delete": gettext_lazy("Job %(job)s was deleted."),
    "assign": gettext_lazy("Job %(job)s was assigned to %(company)s."),
    "reserve": gettext_lazy("Job %(job)s was reserved for an installer of %(company)s."),
    "take": gettext_lazy("Job %(job)s was taken by an installer of %(company)s."),
    "withdraw": gettext_lazy("Job %(job)s was withdrawn from its installer."),
    "hand_back": gettext_lazy("Job %(job)s was handed back."),
    "request_handback": gettext_lazy("A handback of job %(job)s was requested from %(company)s."),
    "refuse_handback": gettext_lazy("%(company)s refused to hand back job %(job)s."),
    "release": gettext_lazy("Job %(job)s was returned to the fleet."),
    "link_unit": gettext_lazy("The unit of job %(job)s was changed."),
    "fill_in": gettext_lazy("Data of job %(job)s was entered."),
    "renew": gettext_lazy("The access to the vehicle of job %(job)s was renewed."),
    "stop_access": gettext_lazy("The access to the vehicle of job %(job)s was stopped."),
    "allow_access": gettext_lazy("The access to the vehicle of job %(job)s was allowed again."),
    "suspend_access": gettext_lazy("The access to the vehicle of job %(job)s ended."),
    "succeed": gettext_lazy("Job %(job)s was finished by %(company)s: succeeded."),
    "fail": gettext_lazy("Job %(job)s was finished by %(company)s: failed (%(reason)s)."),
}
A_JOB = gettext_lazy("Job %(job)s was changed.")

Message = Mapping[str, Any]


@formats(VEHICLE_CHANGED)
def of_vehicle(message: Message) -> Sentence:
    data = message["data"] or {}
    reason = next(iter(data.get("reasons") or []), None)
    known = (data.get("vehicle") or {}).get("master_data") or {}
    text = with_names(
        VEHICLES.get(reason, A_VEHICLE),
        vehicle=_title(known) or message["subject"],
    )
    return Sentence(text, f"/fleetcontrol/{message['fleet_id']}/vehicles/{message['subject']}/")


@formats(JOB_CHANGED)
def of_job(message: Message) -> Sentence:
    data = message["data"] or {}
    job = data.get("job") or {}
    company = job.get("company") or {}
    text = with_names(
        JOBS.get(data.get("verb"), A_JOB),
        job=_job(job) or message["subject"],
        company=company.get("name") or _("the partner"),
        reason=FailureReason.label_of(job.get("reason") or FailureReason.OTHER),
    )
    if data.get("verb") == "delete":  # its page is no longer there
        return Sentence(text)
    return Sentence(text, f"/fleetcontrol/{message['fleet_id']}/jobs/{message['subject']}/")


def _job(job: Mapping[str, Any]) -> str:
    return _title(job.get("as_built")) or _title(job.get("plan")) or job.get("number") or ""


def _title(known: Mapping[str, Any] | None) -> str:
    """The first name that a vehicle or job has; blank without one."""
    for name in TITLE_NAMES:
        if value := (known or {}).get(name):
            return str(value)
    return ""
