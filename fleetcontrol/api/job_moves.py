"""What a machine does with a job besides editing it: assign, ask back, stop access."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from fleetcontrol.api.job_references import COMPANY, References
from fleetcontrol.api.job_shapes import JobShape
from fleetcontrol.api.job_values import AssignmentValues, RequestReason, StopReason
from fleetcontrol.api.jobs import WRITE, JobView
from fleetcontrol.api.versions import IF_MATCH


class AssignmentOfJob(JobView):
    rights = {"POST": WRITE}
    keys = {"POST": True}
    reads = {"POST": [IF_MATCH]}
    refuses = {
        "POST": (
            "stale",
            "wrong_status",
            "referenced_resource_not_found",
            "not_a_partner",
            "vehicle_required",
            "vehicle_archived",
            "date_out_of_range",
            "unit_not_available",
        )
    }

    @extend_schema(operation_id="assign_job", request=AssignmentValues, responses=JobShape)
    def post(self, request: Request, job_id: str) -> Response:
        """Assign a job to a partner.

        From then on nobody in the fleet can change or cancel it.
        """

        def assign() -> None:
            body = self.validated(AssignmentValues).validated_data
            references = References(self.caller, [body])
            references.check()
            self.meant().assign(references.row(COMPANY, body), by=self.caller)

        return self.changed(assign)


class HandbackRequestOfJob(JobView):
    rights = {"POST": WRITE}
    keys = {"POST": True}
    reads = {"POST": [IF_MATCH]}
    refuses = {"POST": ("stale", "wrong_status", "already_requested")}

    @extend_schema(operation_id="request_handback", request=RequestReason, responses=JobShape)
    def post(self, request: Request, job_id: str) -> Response:
        """Ask the partner to hand a job back.

        Only while it is ASSIGNED. Nothing changes until the partner does.
        """

        def ask() -> None:
            reason = self.validated(RequestReason).validated_data["reason"]
            self.meant().request_handback(by=self.caller, reason=reason)

        return self.changed(ask)


class AccessStopOfJob(JobView):
    rights = {"POST": WRITE, "DELETE": WRITE}
    keys = {"POST": True, "DELETE": False}
    reads = {"POST": [IF_MATCH], "DELETE": [IF_MATCH]}
    refuses = {
        "POST": ("stale", "wrong_status", "access_stopped"),
        "DELETE": ("stale", "wrong_status", "access_not_stopped"),
    }

    @extend_schema(operation_id="stop_access", request=StopReason, responses=JobShape)
    def post(self, request: Request, job_id: str) -> Response:
        """Stop access to the vehicle of a job.

        Only while it is RUNNING. The installer's access ends at once; status and data stay.
        """

        def stop() -> None:
            reason = self.validated(StopReason).validated_data["reason"]
            self.meant().stop_access(by=self.caller, reason=reason)

        return self.changed(stop)

    @extend_schema(operation_id="allow_access", responses={204: None})
    def delete(self, request: Request, job_id: str) -> Response:
        """Allow access to the vehicle of a job again.

        The installer can open an access again; none is opened by this.
        """

        def allow() -> None:
            self.validated()
            self.meant().allow_access(by=self.caller)

        self.change(allow)
        return Response(status=204)
