"""What jobs are made of: OneAPI's lists of templates and partners."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Partnership
from fleetcontrol.api.base import OneApiView
from fleetcontrol.api.job_queries import PartnerQuery, TemplateQuery
from fleetcontrol.api.job_shapes import PartnerList, PartnerShape, TemplateList, TemplateShape
from fleetcontrol.api.jobs import READ
from fleetcontrol.api.lists import listed
from jobs.models import JobTemplate


class TemplateListView(OneApiView):
    rights = {"GET": READ}
    query_parameters = {"GET": TemplateQuery}
    refuses = {"GET": ("invalid_cursor",)}
    query: TemplateQuery

    @extend_schema(operation_id="list_job_templates", responses=TemplateList)
    def get(self, request: Request) -> Response:
        """List the templates of the fleet.

        By name, each with the values that it gives a new job.
        """
        rows = JobTemplate.objects.visible_to(self.caller)
        return Response(listed(self.fleet, rows, self.query, order="name", shape=TemplateShape.of))


class PartnerListView(OneApiView):
    rights = {"GET": READ}
    query_parameters = {"GET": PartnerQuery}
    refuses = {"GET": ("invalid_cursor",)}
    query: PartnerQuery

    @extend_schema(operation_id="list_partners", responses=PartnerList)
    def get(self, request: Request) -> Response:
        """List the partners of the fleet.

        By name, the companies that have accepted its invitation and can be assigned jobs.
        """
        rows = Partnership.objects.assignable(self.fleet).select_related("company")
        order = "company__name"
        return Response(listed(self.fleet, rows, self.query, order=order, shape=PartnerShape.of))
