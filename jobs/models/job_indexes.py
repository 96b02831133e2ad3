"""What the lists of jobs are read by, tenant first. On PostgreSQL the migrations add the trigrams of the search."""

from typing import Any

from django.db.models import F, Index, Q

from jobs.models.choices import JobStatus

NEWEST = F("id").desc()
FINISHED = Q(finished_at__isnull=False)


def counted(*columns: Any, name: str, **options: Any) -> Index:
    """Has the status at hand, so that what it finds is counted by status without reading the rows."""
    return Index(
        *columns,
        name=name,
        include=["status"],
        **options,
    )


LIST_INDEXES = [
    # Of both kinds together: OneAPI's list, in its two orders, and by the reference of another program.
    Index("fleet", NEWEST, name="job_fleet_newest"),
    Index("fleet", "updated_at", "id", name="job_fleet_latest"),
    Index(
        fields=["fleet", "external_reference"],
        name="job_fleet_reference",
        condition=~Q(external_reference=""),
    ),
    Index("fleet", "kind", NEWEST, name="job_fleet_list"),
    Index("fleet", "kind", "status", NEWEST, name="job_fleet_status"),
    # One for each choice that filters a list.
    counted("fleet", "kind", "company", NEWEST, name="job_fleet_of_company"),
    counted("fleet", "kind", "assignee", NEWEST, name="job_fleet_of_assignee"),
    counted("fleet", "kind", "vehicle_model", NEWEST, name="job_fleet_of_model"),
    # Read backwards for what is at one place, and forwards for a list that is grouped by place.
    counted(
        *("fleet", "place", "kind", "id"),
        name="job_fleet_of_place",
        condition=Q(place__isnull=False),
    ),
    counted(
        *("fleet", "roll_out", "kind", "id"),
        name="job_fleet_of_roll_out",
        condition=Q(roll_out__isnull=False),
    ),
    counted("fleet", "kind", NEWEST, name="job_fleet_differing", condition=Q(differs=True)),
    # One for each column that a list is sorted by: read forwards and backwards, the id breaking ties. Lists
    # that are filtered by a time are in its order.
    counted("fleet", "kind", "created_at", "id", name="job_fleet_by_created"),
    counted("fleet", "kind", "planned_service_date", "id", name="job_fleet_by_planned"),
    counted(
        *("fleet", "kind", "planned_service_date", "id"),
        name="job_fleet_open_by_planned",
        condition=Q(status__in=JobStatus.open()),
    ),
    Index("fleet", "kind", "updated_at", "id", name="job_fleet_changed"),
    counted("fleet", "finished_at", name="job_fleet_finished", condition=FINISHED),
    Index("fleet", "kind", "license_plate", "id", name="job_fleet_plate"),
    Index("fleet", "kind", "vin", "id", name="job_fleet_vin"),
    Index("fleet", "kind", "custom_name", "id", name="job_fleet_name"),
    # A pasted list of VINs: the search column begins with the VIN.
    Index(
        fields=["fleet", "search"],
        name="job_fleet_search",
        opclasses=["text_ops", "text_pattern_ops"],
    ),
    # What the sweep still has to number: empty once it has.
    Index(fields=["fleet", "id"], name="job_unnumbered", condition=Q(number=None)),
    Index("company", "status", NEWEST, name="job_company_status"),
    Index(
        "company",
        F("finished_at").desc(),
        name="job_company_finished",
        condition=FINISHED,
    ),
    Index("assignee", "status", name="job_assignee"),
    Index("vehicle", NEWEST, name="job_vehicle"),
    # Of all tenants, for the operators' metrics and their start page.
    Index(fields=["status"], name="job_status"),
    counted("finished_at", name="job_finished", condition=FINISHED),
]
