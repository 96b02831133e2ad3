"""A unit that was scanned: whether it is available for a job, before it is linked."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from core.errors import MoveRefused
from installers.api.filters import UnitQuery
from installers.api.part_shapes import AvailableUnit
from installers.api.views.base import SEEN, SmartControlView
from jobs.models import Job
from telematics.models import Unit
from telematics.values import QNR


class UnitThrottle(SimpleRateThrottle):
    """Nobody finds the units of a stock by trying."""

    scope = "unit"
    rate = "30/min"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": view.request.user.principal}


class UnitCheckView(SmartControlView):
    throttle_classes = [UnitThrottle]
    always_refuses = (
        "not_found",
        "second_factor_required",
        "company_suspended",
        "agreement_missing",
        "wrong_status",
        "not_holder",
        "unit_not_available",
        "throttled",
    )
    path_parameters = {
        "qnr": _("The QNR, also as a scanner returns it: in a URL, or behind a prefix.")
    }
    query_parameters = {"GET": UnitQuery}

    @extend_schema(operation_id="check_unit", responses=AvailableUnit)
    def get(self, request: Request, qnr: str) -> Response:
        """Check a unit.

        Whether the holder of the job can link this unit. A unit of another fleet, a mounted or reserved one and an
        unknown one get the same refusal. At most 30 calls a minute.
        """
        job = self._find_job(self.query.validated_data["job"])
        try:
            wanted = QNR.read(qnr)
        except ValidationError as error:
            raise ValidationError({"qnr": error.messages}) from error
        unit = job.fitting.check_available(Unit.objects.filter(pk=wanted).first())
        return Response({"qnr": unit.pk, "planned": unit.pk == job.planned_unit_id})

    def _find_job(self, pk: str) -> Job:
        job: Job | None = SEEN.first(person=self.request.user.pk, pk=pk)
        if job is None:
            self.refuse_unseen()
        self.require_second_factor(job.company_or_refuse())
        job.check_move("link_unit")
        if job.assignee_id != self.request.user.pk:
            raise MoveRefused("not_holder")
        return job
