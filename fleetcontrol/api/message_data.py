"""The data of messages: vehicles and jobs in the shapes in which OneAPI returns them."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.models import OutboxMessage
from core.outbox.rendering import renders
from fleetcontrol.api.job_shapes import JobShape
from fleetcontrol.api.vehicle_shapes import VehicleShape
from jobs.messages import JOB_CHANGED
from jobs.models import Job
from telematics.messages import VEHICLE_CHANGED
from telematics.models import Vehicle

Messages = Sequence[OutboxMessage]


@renders(VEHICLE_CHANGED)
def vehicles_changed(fleet: str, messages: Messages) -> Mapping[int, Any]:
    """The reasons, and the vehicle as it is now. One that has left the fleet is not the fleet's to see."""
    rows = Vehicle.objects.filter(fleet=fleet, pk__in={message.subject for message in messages})
    known = {
        vehicle.pk: VehicleShape.of(vehicle)
        for vehicle in rows.select_related("vehicle_model", "unit", "state", "place")
    }
    return {
        message.pk: {"reasons": message.reasons, "vehicle": known.get(message.subject)}
        for message in messages
    }


@renders(JOB_CHANGED)
def jobs_changed(fleet: str, messages: Messages) -> Mapping[int, Any]:
    """The verb, and the job as it is now, also one that is deleted."""
    rows = Job._base_manager.filter(fleet=fleet, pk__in={message.subject for message in messages})
    with_rows = rows.select_related("fleet", "company", "assignee", "place", "roll_out")
    known = {job.pk: _of_job(job) for job in with_rows}
    return {
        message.pk: {"verb": message.reasons[0], "job": known.get(message.subject)}
        for message in messages
    }


def _of_job(job: Job) -> dict[str, Any]:
    """As OneAPI returns it, with the name of a person that may be kept."""
    shape = JobShape.of(job)
    if job.assignee:
        shape["installer"] = {"name": job.assignee.name_to_keep}
    return shape
