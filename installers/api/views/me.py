"""The caller, and the vehicle models they can choose from."""

from allauth.mfa.utils import is_mfa_enabled
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import WebsiteSessionAuthentication
from accounts.models import Agreement, Fleet, Partnership
from core.web.api.cursors import page
from installers.api.filters import ModelQuery
from installers.api.shapes import MODEL_ROW, Account, Client, VehicleModelPage, model_row
from installers.api.views.base import SmartControlView
from telematics.models import VehicleModel


class MeView(SmartControlView):
    always_refuses = ("company_suspended",)
    requires_person = False

    def find(self) -> None:
        self.check_company()

    @extend_schema(operation_id="show_account", responses=Account)
    def get(self, request: Request) -> Response:
        """Show the signed-in person.

        Their name, company and role, the language and time zone of their settings, and when they are signed out.
        `agreement` and `second_factor` say what is missing before the person can work. With a session cookie, the
        answer sets the cookie of the CSRF token, which every write sends as `X-CSRFToken`.
        """
        if self.is_by_website:
            WebsiteSessionAuthentication.send_csrf_token(request)
        user = self.request.user
        membership = self.membership
        company = membership.company if membership else None
        account = {
            "person": user,
            "company": company,
            "role": membership.role if membership else None,
            "agreement": Agreement.objects.standing_of(company) if company else None,
            "second_factor": {
                "required": company is not None and company.require_second_factor,
                "set_up": is_mfa_enabled(user),
            },
            "language": user.language,
            "zone": user.time_zone,
            "expires_at": self.request.auth.ends_at,
        }
        return Response(Account(account).data)


class ClientsView(SmartControlView):
    always_refuses = (
        "not_allowed",
        "second_factor_required",
        "company_suspended",
        "agreement_missing",
    )

    @extend_schema(operation_id="list_clients", responses=Client(many=True))
    def get(self, request: Request) -> Response:
        """List clients.

        The fleets that the company works with, by provider and name: the values of `provider` and `fleet` that filter
        the list of jobs.
        """
        accepted = Partnership.objects.accepted().filter(company=self.company()).values("fleet")
        fleets = Fleet.objects.filter(pk__in=accepted).select_related("provider")
        ordered = fleets.order_by("provider__name", "name", "pk")
        return Response(Client(ordered, many=True).data)


class VehicleModelsView(SmartControlView):
    always_refuses = ("company_suspended",)
    query_parameters = {"GET": ModelQuery}
    query: ModelQuery

    def find(self) -> None:
        self.check_company()

    @extend_schema(operation_id="list_vehicle_models", responses=VehicleModelPage)
    def get(self, request: Request) -> Response:
        """List vehicle models.

        The models that can be chosen for a job, and what each supports: variants, lock connections,
        features and signals.
        """
        models = VehicleModel.objects.active().search(self.query.validated_data.get("search", ""))
        return Response(
            page(
                request, models.values("pk", *MODEL_ROW), self.query, order="brand", shape=model_row
            )
        )
