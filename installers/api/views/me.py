"""Who asks, and what there is to choose from."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.web.cursors import page
from installers.api.filters import ModelQuery
from installers.api.shapes import MODEL_ROW, Me, VehicleModelPage, model_row
from installers.api.views.base import SmartControlView
from telematics.models import VehicleModel


class MeView(SmartControlView):
    @extend_schema(operation_id="me", responses=Me)
    def get(self, request: Request) -> Response:
        """The person who is signed in, and the company."""
        user, membership = request.user, self.membership
        about = {
            "person": user,
            "company": membership and membership.company,
            "role": membership and membership.role,
            "language": user.language,
            "zone": user.time_zone,
        }
        return Response(Me(about).data)


class VehicleModelsView(SmartControlView):
    @extend_schema(operation_id="list_vehicle_models", parameters=[ModelQuery], responses=VehicleModelPage)
    def get(self, request: Request) -> Response:
        """The vehicle models that can be chosen, with what each supports."""
        query = self.query(ModelQuery)
        models = VehicleModel.objects.active().search(query.validated_data.get("search", ""))
        return Response(page(request, models.values("pk", *MODEL_ROW), query, order="brand", shape=model_row))
