"""Jobs, many at a time: who sees which, and how lists filter them."""

from datetime import date, timedelta
from typing import Any, Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, F, ForeignKey, OuterRef, Q, Subquery, When
from django.db.models.functions import Now

from accounts.models import Company, CompanyMembership, Fleet, Partnership, User
from accounts.models.user import person_of
from core.normal import contains, normalise
from core.prepared import Given, Prepared
from core.sql import as_one_value
from jobs.models.choices import OPEN, JobStatus, Kind
from jobs.models.configuration import Configuration
from jobs.models.installation_test import InstallationTest
from jobs.models.job_counter import number_new
from jobs.models.photo import JobPhoto
from jobs.moves.base import Principal
from jobs.moves.many import JobType, open_request
from jobs.moves.new_jobs import NewJobs
from jobs.parts import obstacles
from jobs.parts.ending import recorded_ends
from jobs.parts.names import written_for
from jobs.parts.number import numbered
from jobs.parts.read_vin import sent_vin_of_job
from jobs.parts.tag import facts
from jobs.search import SHORTEST_SEARCH, SearchTerms, parse_search
from telematics.models import Vehicle

# For how long an installer's phone keeps a job that has ended.
KEPT_ON_PHONE = timedelta(days=30)
# For how long after an installation its unit is watched.
WATCHED_DAYS = 30
# In whatever time zone somebody reads it; the days beside it that this includes do no harm.
PLANNED_FOR_TODAY = Q(
    planned_service_date__gt=Now() - timedelta(days=2),
    planned_service_date__lt=Now() + timedelta(days=1),
)


class JobQuerySet(NewJobs[JobType]):
    def visible_to(self, principal: Any) -> Self:
        """The jobs of the principal's fleets and, from ASSIGNED on, those of a company that has
        signed the agreement.
        """
        return self.exclude(status=JobStatus.DELETED).filter(
            Q(fleet__in=Fleet.objects.visible_to(principal).values("pk"))
            | Q(company__in=CompanyMembership.objects.at_work(principal).values("company"))
        )

    def for_installer(self, user: User) -> Self:
        """What a person sees as one of the company: its jobs from ASSIGNED on, after it has signed the agreement."""
        return self._of_partner().filter(
            company__in=CompanyMembership.objects.at_work(user).values("company")
        )

    def one_for_installer(self, pk: str, user: User) -> Self:
        """The same of one job, whose key leads to it faster than any right could."""
        at_work = Q(company__in=CompanyMembership.objects.at_work(user).values("company"))
        return self._of_partner().filter(as_one_value(at_work), pk=pk)

    def _of_partner(self) -> Self:
        return self.filter(
            status__in=[status for status in JobStatus.shown() if status != JobStatus.PENDING]
        )

    def for_sheet(self) -> Self:
        """With the rows that showing one job needs."""
        vehicle = ("vehicle__vehicle_model", "vehicle__unit")
        of_fleet = ("fleet__provider", "place", "roll_out")
        rows = self.select_related(
            "vehicle_model", "unit", "assignee", "reserved_for", *of_fleet, *vehicle
        )
        photos = JobPhoto.objects.filter(job=OuterRef("pk"))
        return rows.with_configuration().annotate(
            has_photos=Exists(photos), sent_vin=sent_vin_of_job()
        )

    def for_phone(self, person: Any) -> Self:
        """With what `PhoneSheet` reads of a job that it shows to this person."""
        rows = self.select_related(
            *("fleet__provider", "vehicle_model", "vehicle__vehicle_model"),
            *("assignee", "reserved_for", "place"),
        )
        return rows.with_facts(person).annotate(
            has_tests=Exists(InstallationTest.objects.filter(job=OuterRef("pk")))
        )

    def with_facts(self, person: Any) -> Self:
        """With what the tag of each needs for this person, and when to check it again (`jobs.parts.tag`)."""
        return self.with_configuration().annotate(**facts(person))

    def to_keep_on_phone(self) -> Self:
        """Open ones, and those that ended lately.

        The open ones come first, of these what is planned for today; then the newest.
        """
        wanted = self.filter(Q(status__in=OPEN) | Q(finished_at__gte=Now() - KEPT_ON_PHONE))
        is_later = Case(When(PLANNED_FOR_TODAY, then=False), default=True)
        return wanted.order_by(F("finished_at").desc(nulls_first=True), is_later, "-pk")

    def with_configuration(self) -> Self:
        """Each with its latest configuration, as `proof.seen_configuration`."""
        return self.annotate(**Configuration.objects.columns_of_latest(OuterRef("pk")))

    def with_recorded_end(self) -> Self:
        """Each with what its outcome recorded, for `ending.warnings`."""
        return self.annotate(recorded_end=Subquery(recorded_ends(OuterRef("pk"))[:1]))

    def in_fleet(self, fleet: Fleet | str) -> Self:
        return self.filter(fleet=fleet)

    def in_company(self, company: Company | str) -> Self:
        return self.filter(company=company)

    def shown(self) -> Self:
        """All but the deleted ones."""
        return self.exclude(status=JobStatus.DELETED)

    def by_id(self, text: str) -> JobType | None:
        """The job with this id, None where there is none or the text is no id."""
        try:
            return self.filter(pk=text).first()
        except ValidationError:
            return None

    def asked_back(self) -> Self:
        """Those with an open request to hand them back."""
        return self.filter(open_request())

    def with_marks(self) -> Self:
        """Each with `asked_back`, which a list shows beside the status."""
        return self.annotate(asked_back=open_request())

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def with_partner(self) -> Self:
        """Assigned or running. Only a running job has an open access to its vehicle."""
        return self.filter(status__in=(JobStatus.ASSIGNED, JobStatus.RUNNING))

    def overdue(self, today: date) -> Self:
        """Open and planned before `today`, which is a date in the fleet's zone."""
        return self.filter(obstacles.overdue(today))

    # --- what needs somebody --------------------------------------------------------------------------------------
    def to_follow_up(self) -> Self:
        """Failed, and no other job was created for the same vehicle."""
        return self.filter(obstacles.to_follow_up())

    def untouched(self, days: int) -> Self:
        """Assigned, and nothing was done about it for so long."""
        return self.filter(obstacles.untouched(days))

    def running_for(self, days: int) -> Self:
        """Running since before: the access to the vehicle is open for so long."""
        return self.filter(status=JobStatus.RUNNING, taken_at__lt=Now() - timedelta(days=days))

    def kept_by_partner(self) -> Self:
        """The partner that has the job has refused to hand it back."""
        return self.filter(obstacles.kept_by_partner())

    def installed_lately(self) -> Self:
        """Installations that succeeded in the last weeks, in which a unit that falls silent is probably their fault."""
        since = Now() - timedelta(days=WATCHED_DAYS)
        return self.filter(
            kind=Kind.INSTALLATION, status=JobStatus.SUCCEEDED, finished_at__gte=since
        )

    # --- search ---------------------------------------------------------------------------------------------------
    def matching(self, text: str) -> Self:
        """By VIN (also its end), plate, custom name or number, ignoring case, blanks and hyphens.

        Too short a text finds nothing.
        """
        wanted = normalise(text)
        if len(wanted) >= SHORTEST_SEARCH:
            return self.filter(contains(wanted) | numbered([wanted]))
        return self.none()

    def matching_any(self, text: str, fleet: Fleet | None = None) -> Self:
        """One search, or a pasted list of plates, VINs, names, numbers or references.

        One a line, or between commas or semicolons. A reference is that of another program, as a whole.

        `fleet` is the one that has all the jobs.
        """
        found = parse_search(text)
        if found.wanted:
            return self.filter(found.filter() | with_number_or_reference(found, fleet))
        return self.none()

    def using_unit(self, unit: Any) -> Self:
        """The open jobs that have planned or linked this unit, or taken it out for the time being."""
        return self.open().filter(Q(planned_unit=unit) | Q(unit=unit) | Q(replaced_unit=unit))

    def reachable_by_partner(self) -> Self:
        return self.filter(
            Exists(
                Partnership.objects.accepted().filter(
                    fleet=OuterRef("fleet"), company=OuterRef("company")
                )
            )
        )

    def follow_vehicle(self, vehicle: Vehicle, changed: dict[str, Any]) -> None:
        """Rename the open jobs written for this vehicle to what it will be. Two statements, however many there are.

        A move that renames a vehicle holds them already (`Names.vehicle_renamed_by`).
        """
        jobs = WRITTEN_FOR_VEHICLE.all(vehicle=vehicle.pk)
        for job in jobs:
            job.names.follow(changed)
        columns = [name for name in changed if name in self.model.INSTALLER_FIELDS]
        self.bulk_update(jobs, ["search", *columns])

    @transaction.atomic
    def create_by(self, by: Principal, *, fleet: Fleet, **fields: Any) -> JobType:
        """Create a PENDING job. Raises NotAllowed, or ValidationError with every error at its field."""
        by.lock_membership(of=fleet, roles=self.model.DESK_ROLES)
        job = self.model(
            fleet=fleet,
            created_by=person_of(by),
            **fields,
        )
        # Rows that are at hand need not be looked up once more, and the key is new.
        at_hand = {
            field.name
            for field in job._meta.fields
            if isinstance(field, ForeignKey) and field.is_cached(job)
        }
        job.full_clean(
            exclude=at_hand,
            validate_unique=False,
            validate_constraints=False,
        )
        number_new([job], fleet.pk)
        job.fitting.check_planned_unit()
        job.save(force_insert=True)
        job._record(
            "create",
            by=by,
            data={},
            reason="",
        )
        return job


def with_number_or_reference(search: SearchTerms, fleet: Fleet | None = None) -> Q:
    """The condition that the number or the external reference of a job is a term. `fleet` has all the jobs."""
    referenced = Q(external_reference__in=search.typed.values())
    return referenced | numbered(search.wanted, fleet)


# The query of `follow_vehicle`. Prepared, it saves 3 ms a call: `./bin/bench vehicles`, "PATCH ÷ B1".
WRITTEN_FOR_VEHICLE = Prepared(
    lambda: (
        apps.get_model("jobs.Job")
        .objects.filter(written_for(Given("vehicle", Vehicle._meta.pk)))
        .select_related("vehicle")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )
)
