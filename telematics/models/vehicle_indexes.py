"""What lists of vehicles are read by, fleet first. On PostgreSQL migrations add those of search, tags and fields."""

from django.db.models import Index, Q

NEWEST = ("created_at", "vehicle_id")  # read backwards
LIVE = Q(archived_at__isnull=True)

INDEXES = [
    Index(fields=("fleet", "-created_at", "vehicle_id"), name="vehicle_of_fleet_newest"),
    # One for each column that a list is sorted by, the id breaking ties.
    Index(fields=("fleet", "license_plate", "vehicle_id"), name="vehicle_of_fleet_by_plate"),
    Index(fields=("fleet", "vin", "vehicle_id"), name="vehicle_of_fleet_by_vin"),
    Index(fields=("fleet", "custom_name", "vehicle_id"), name="vehicle_of_fleet_by_name"),
    Index(fields=("fleet", "updated_at", "vehicle_id"), name="vehicle_of_fleet_changed"),
    # One for each choice that filters it.
    Index(fields=("fleet", "operation_status", *NEWEST), name="vehicle_of_fleet_by_status"),
    Index(fields=("fleet", "vehicle_model", *NEWEST), name="vehicle_of_fleet_by_model"),
    Index(fields=("fleet", "brand", "vehicle_id"), name="vehicle_of_fleet_by_brand"),
    Index(
        fields=("fleet", "place", *NEWEST),
        name="vehicle_of_fleet_by_place",
        condition=Q(place__isnull=False),
    ),
    # One for each tab.
    Index(fields=("fleet", *NEWEST), name="vehicle_of_fleet_live", condition=LIVE),
    Index(
        fields=("fleet", *NEWEST),
        name="vehicle_of_fleet_bare",
        condition=LIVE & Q(unit__isnull=True),
    ),
    Index(
        fields=("fleet", *NEWEST),
        name="vehicle_of_fleet_archived",
        condition=Q(archived_at__isnull=False),
    ),
    # In the order of the units of a fleet: which of them are in a vehicle.
    Index(
        fields=("fleet", "unit"),
        name="vehicle_of_fleet_by_unit",
        condition=Q(unit__isnull=False),
    ),
    # What the sweep that blanks archived vehicles finds.
    Index(
        fields=("archived_at",),
        condition=Q(archived_at__isnull=False, blanked_at__isnull=True),
        name="vehicle_to_blank",
    ),
]
