"""Jobs, many at a time: who sees which, and how lists narrow them."""

from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import CompanyMembership, Fleet, Partnership
from core.normal import normalise, search_column
from core.sql import as_one_value
from jobs.models.choices import JobStatus
from jobs.moves.many import ManyMoves
from jobs.names import written_for
from jobs.sought import SHORTEST_SEARCH, sought
from telematics.models import Command


class JobQuerySet(ManyMoves, models.QuerySet):
    def visible_to(self, principal) -> "JobQuerySet":
        """The jobs of the principal's fleets and, from ASSIGNED on, those of a company that has signed the agreement."""
        return self.exclude(status=JobStatus.DELETED).filter(
            Q(fleet__in=Fleet.objects.visible_to(principal).values("pk"))
            | Q(company__in=CompanyMembership.objects.at_work(principal).values("company"))
        )

    def for_installer(self, user) -> "JobQuerySet":
        """What a person sees as one of the company: its jobs from ASSIGNED on, after it has signed the agreement."""
        return self._of_partner().filter(company__in=CompanyMembership.objects.at_work(user).values("company"))

    def one_for_installer(self, pk, user) -> "JobQuerySet":
        """The same of one job, whose key leads to it faster than any right could."""
        at_work = Q(company__in=CompanyMembership.objects.at_work(user).values("company"))
        return self._of_partner().filter(as_one_value(at_work), pk=pk)

    def _of_partner(self) -> "JobQuerySet":
        return self.filter(status__in=[status for status in JobStatus.shown() if status != JobStatus.PENDING])

    def for_sheet(self) -> "JobQuerySet":
        """With the rows that showing one job needs."""
        vehicle = ("vehicle__vehicle_model", "vehicle__unit")
        rows = self.select_related("fleet__provider", "vehicle_model", "unit", "assignee", "reserved_for", *vehicle)
        return rows.with_configuration()

    def for_phone(self) -> "JobQuerySet":
        """With what showing one job to an installer needs; besides, when the last access ends and whether there are tests."""
        from jobs.models.installation_test import InstallationTest
        from jobs.models.vehicle_access import VehicleAccess

        rows = self.select_related(
            "fleet__provider", "vehicle_model", "vehicle__vehicle_model", "assignee", "reserved_for"
        )
        return rows.with_configuration().annotate(
            access_until=VehicleAccess.objects.end_of_latest(OuterRef("pk")),
            has_tests=Exists(InstallationTest.objects.filter(job=OuterRef("pk"))),
        )

    def with_configuration(self) -> "JobQuerySet":
        """Each with its latest configuration, as `configuration_seen`."""
        from jobs.models.configuration import Configuration

        return self.annotate(**Configuration.objects.columns_of_latest(OuterRef("pk")))

    def with_work(self) -> "JobQuerySet":
        """Each with its latest configuration and whether anything is under way that an end of the job would end."""
        from jobs.models.handback_request import HandbackRequest
        from jobs.models.installation_test import InstallationTest

        return self.with_configuration().annotate(
            has_open_test=Exists(InstallationTest.objects.open().filter(job=OuterRef("pk"))),
            has_command_in_flight=Exists(Command.objects.in_flight().filter(key__access__job=OuterRef("pk"))),
            has_open_request=Exists(HandbackRequest.objects.open().filter(job=OuterRef("pk"))),
        )

    def in_fleet(self, fleet) -> "JobQuerySet":
        return self.filter(fleet=fleet)

    def in_company(self, company) -> "JobQuerySet":
        return self.filter(company=company)

    def shown(self) -> "JobQuerySet":
        """All but the deleted ones."""
        return self.exclude(status=JobStatus.DELETED)

    def by_id(self, text: str):
        """The job with this id, None where there is none or the text is no id."""
        try:
            return self.filter(pk=text).first()
        except ValidationError:
            return None

    def open(self) -> "JobQuerySet":
        return self.filter(status__in=JobStatus.open())

    def overdue(self, today) -> "JobQuerySet":
        """Open and planned before `today`, which is a date in the fleet's zone."""
        return self.open().filter(planned_service_date__lt=today)

    def matching(self, text: str) -> "JobQuerySet":
        """By VIN (also its end), plate or custom name, ignoring case, blanks and hyphens. Too short a text finds nothing."""
        wanted = normalise(text)
        return self.filter(search__contains=wanted) if len(wanted) >= SHORTEST_SEARCH else self.none()

    def matching_any(self, text: str) -> "JobQuerySet":
        """One search, or a pasted list of plates, VINs or names: one a line, or between commas or semicolons."""
        found = sought(text)
        # The column begins with the VIN: of a list of VINs an index reads those alone (search_text).
        each = [Q(search__startswith=search_column(vin, "")) for vin in found.vins]
        each += [Q(search__contains=one) for one in found.wanted if one not in found.vins]
        return self.filter(reduce(or_, each)) if each else self.none()

    def using_unit(self, unit) -> "JobQuerySet":
        """The open jobs that have planned or linked this unit, or taken it out for the time being."""
        return self.open().filter(Q(planned_unit=unit) | Q(unit=unit) | Q(replaced_unit=unit))

    def reachable_by_partner(self) -> "JobQuerySet":
        return self.filter(
            Exists(Partnership.objects.accepted().filter(fleet=OuterRef("fleet"), company=OuterRef("company")))
        )

    def follow_vehicle(self, vehicle, changed: dict) -> None:
        """The open jobs written for this vehicle are called as it will be. Two statements, however many there are.

        A move that renames a vehicle holds them already (`Named.renamed_by`).
        """
        renamed = self.filter(written_for(vehicle.pk)).select_related("vehicle")
        jobs = list(renamed.order_by("pk").select_for_update(of=("self",), no_key=True))
        for job in jobs:
            job.follow_vehicle(**changed)
        self.bulk_update(jobs, ["search", *(name for name in changed if name in self.model.INSTALLER_FIELDS)])

    @transaction.atomic
    def create_by(self, by, *, fleet, **fields):
        """A new PENDING job. Raises NotAllowed, or ValidationError with every error at its field."""
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        job = self.model(fleet=fleet, created_by=by if by.is_person else None, **fields)
        # Rows that are at hand need not be looked up once more, and the key is new.
        at_hand = {field.name for field in job._meta.fields if field.is_relation and field.is_cached(job)}
        job.full_clean(exclude=at_hand, validate_unique=False, validate_constraints=False)
        job.check_planned_unit()
        job.save(force_insert=True)
        job._record("create", by=by, data={}, reason="")
        return job

    @transaction.atomic
    def create_assigned(self, by, *, fleet, company, **fields):
        """Save & Assign: a new job that is the partner's at once. The partnership is locked before the membership."""
        Partnership.lock_accepted(fleet, company)
        job = self.create_by(by, fleet=fleet, **fields)
        job.assign(company, by=by)
        return job
