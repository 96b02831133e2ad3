"""The same lists as the manuals of django-tables2, django-filter and Django REST framework write them."""

import django_filters as filters
import django_tables2 as tables
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import get_object_or_404
from django_filters.views import FilterView
from rest_framework import generics, pagination, permissions, serializers

from accounts.authentication import ApiClientAuthentication, SessionTokenAuthentication
from accounts.models import Fleet, MobilityProvider, User
from jobs.models import Job
from telematics.models import Unit, Vehicle, VehicleModel


class JobTable(tables.Table):
    class Meta:
        model = Job
        template_name = "django_tables2/bootstrap5.html"
        fields = (
            "status",
            "license_plate",
            "vehicle_model",
            "company",
            "assignee",
            "planned_service_date",
            "differs",
            "updated_at",
        )


class JobFilter(filters.FilterSet):
    search = filters.CharFilter(field_name="search", lookup_expr="icontains")

    class Meta:
        model = Job
        fields = ("status", "company", "planned_service_date", "differs")


class JobList(LoginRequiredMixin, tables.SingleTableMixin, FilterView):
    template_name = "textbook.html"
    table_class, filterset_class = JobTable, JobFilter
    paginate_by = 50

    def get_queryset(self):
        fleet = get_object_or_404(
            Fleet.objects.visible_to(self.request.user), pk=self.kwargs["fleet_id"]
        )
        jobs = Job.objects.filter(fleet=fleet, kind=Job.Kind.INSTALLATION).order_by("-pk")
        return jobs.select_related("vehicle_model", "company", "assignee")


class ProviderSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = MobilityProvider, ("provider_id", "name")


class FleetSerializer(serializers.ModelSerializer):
    provider = ProviderSerializer()

    class Meta:
        model, fields = Fleet, ("fleet_id", "name", "provider")


class VehicleModelSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = VehicleModel, ("id", "brand", "model")


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = User, ("id", "name")


class JobSerializer(serializers.ModelSerializer):
    fleet, vehicle_model, assignee = FleetSerializer(), VehicleModelSerializer(), PersonSerializer()

    class Meta:
        model = Job
        fields = (
            "id",
            "kind",
            "status",
            "fleet",
            "license_plate",
            "vin",
            "custom_name",
            "vehicle_model",
            "planned_service_date",
            "location",
            "assignee",
            "updated_at",
        )


class NewestFirst(pagination.CursorPagination):
    page_size, ordering = 50, "-id"


class JobCursorList(generics.ListAPIView):
    authentication_classes = (SessionTokenAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)
    pagination_class, serializer_class = NewestFirst, JobSerializer

    def get_queryset(self):
        jobs = Job.objects.for_installer(self.request.user)
        return jobs.select_related("fleet__provider", "vehicle_model", "assignee")


class MountedUnitSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = Unit, ("qnr", "model", "firmware")


class VehicleSerializer(serializers.ModelSerializer):
    vehicle_model, unit = VehicleModelSerializer(), MountedUnitSerializer()
    last_contact_at = serializers.DateTimeField(source="state.received_at", default=None)

    class Meta:
        model = Vehicle
        fields = (
            "vehicle_id",
            "fleet",
            "archived_at",
            "created_at",
            "updated_at",
            "version",
            "vin",
            "license_plate",
            "custom_name",
            "brand",
            "model",
            "fuel_type",
            "year_of_production",
            "vehicle_type",
            "transmission",
            "vehicle_model",
            "operation_status",
            "operation_status_changed_at",
            "operation_status_remark",
            "custom_fields",
            "tags",
            "unit",
            "unit_attached_at",
            "last_contact_at",
        )


class NewestVehiclesFirst(pagination.CursorPagination):
    page_size, ordering = 50, "-created_at"


class VehicleCursorList(generics.ListAPIView):
    authentication_classes = (ApiClientAuthentication,)
    permission_classes = (permissions.IsAuthenticated,)
    pagination_class, serializer_class = NewestVehiclesFirst, VehicleSerializer

    def get_queryset(self):
        vehicles = Vehicle.objects.filter(fleet=self.request.user.fleet, archived_at=None)
        return vehicles.select_related("vehicle_model", "unit", "state")
