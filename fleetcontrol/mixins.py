"""The base of every page of a fleet: the fleet, and the reader's role in it."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Count, F, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.models import Fleet, TablePreference, User
from core.errors import MoveRefused
from core.prepared import Given, GivenPerson, Prepared
from core.values.bidi import with_names
from core.web.forbidden import keep_frame
from core.web.posted import StrictPost
from fleetcontrol import return_to
from fleetcontrol.navigation import Navigation
from jobs.models import Job, Notification
from jobs.refusals import FINISHED_JOB, LOCKED_JOBS


def _fleet_query() -> QuerySet[Fleet]:
    """The person's fleet with what the frame of each page shows, in one statement."""
    unread = Notification.objects.visible_to(GivenPerson).unread().order_by()
    count = unread.values("user").annotate(n=Count("pk")).values("n")
    # Joined by the person's one membership, and not by subqueries: the same rows in half the time.
    own = Fleet.objects.working().filter(
        memberships__user=GivenPerson.pk, pk=Given("fleet", Fleet._meta.pk)
    )
    return own.select_related("provider").annotate(
        role=F("memberships__role"), unread_notifications=Coalesce(Subquery(count), 0)
    )


def _fleet_query_with_columns() -> QuerySet[Fleet]:
    kept = TablePreference.objects.filter(user=GivenPerson.pk, table=Given("table", CharField()))
    return _fleet_query().annotate(columns=Subquery(kept.values("columns")))


# They save 1 to 1.5 ms a page: `./bin/bench list`, the lines "list ÷ B1" and "poll ÷ B1".
FLEET = Prepared(lambda: _fleet_query()[:1])
FLEET_WITH_COLUMNS = Prepared(lambda: _fleet_query_with_columns()[:1])


if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    class FleetRequest(HttpRequest):
        """A request as our middleware and sign-in leave it."""

        user: User
        htmx: HtmxDetails
        fleet: Fleet

    class ReadersFleet(Fleet):
        """A fleet with what `FLEET` and `FLEET_WITH_COLUMNS` read besides."""

        role: str
        unread_notifications: int
        columns: list[str] | None

        class Meta:
            abstract = True


class FleetMixin(AccessMixin, StrictPost):
    """Find the fleet, then what the page is about, then check role, fields and status: 404, 403, 400, 409."""

    writes = False
    section = ""
    request: "FleetRequest"
    fleet: "ReadersFleet"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.fleet = self.find_fleet(kwargs["fleet_id"])
        if second_factor.is_missing(request.user, self.fleet):
            return second_factor.lead_to_setup(request)
        keep_frame(request, "fleetcontrol/base.html", **self.frame_context())
        self.find()
        if self.writes and not self.may_write:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def check_request(self) -> None:
        super().check_request()
        self.check()

    def find_fleet(self, fleet_id: str, table: str = "") -> "ReadersFleet":
        """Load the fleet, the reader's role and number of unread notifications, and their columns of `table`."""
        given = {"person": self.request.user.pk, "fleet": fleet_id}
        query = FLEET
        if table:
            query = FLEET_WITH_COLUMNS
            given["table"] = table
        found = query.first(**given)
        if found is None:
            raise Http404
        return found

    def find(self) -> None:
        """Load what the URL names, or raise Http404."""

    def check(self) -> None:
        """Raise MoveRefused if the status does not allow what the page is for."""

    @property
    def may_write(self) -> bool:
        return self.fleet.role in Job.DESK_ROLES

    @cached_property
    def came_from(self) -> str:
        """The page of this fleet that the reader comes from, as they left it."""
        return return_to.requested_page(
            self.request, reverse("fleetcontrol:fleet", args=[self.fleet.pk])
        )

    def job_list_url(self, kind: str) -> str:
        """Return the list of jobs as the reader left it, else the list of this kind from its start."""
        lists = {}
        for each in Job.Kind.values:
            lists[each] = reverse(f"fleetcontrol:{each.lower()}_jobs", args=[self.fleet.pk])
        return return_to.nearest_list(self.came_from, list(lists.values())) or lists[kind]

    def digest(self, *seen: Any) -> str:
        """Include the number at the bell in what an open list checks for changes."""
        digest = super().digest(*seen)  # type: ignore[misc]  # of the list that it is combined with
        return f"{digest}-{self.fleet.unread_notifications}"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**self.frame_context(), **context)

    def frame_context(self) -> dict[str, Any]:
        """What the frame of every page of a fleet shows."""
        return {
            "section": self.section,
            "fleet": self.fleet,
            "may_write": self.may_write,
            "unread_notifications": self.fleet.unread_notifications,
            "navigation": Navigation(self.fleet.pk, self.fleet.role),
        }


def has_name(job: Job) -> bool:
    """Whether the job, or its vehicle, has a plate, a VIN or a name."""
    return str(job) != job.pk


def name_in_message(job: Job) -> str:
    """The job's name at the start of a message."""
    return str(job) if has_name(job) else _("The job")


# The moves of a job that is with no partner yet.
OF_PENDING = ("edit", "assign", "delete")


class JobMixin(FleetMixin):
    """A page about one job of the fleet; with `verb`, for a move that its status has to allow."""

    section = "jobs"
    verb = ""
    job: Job

    def find(self) -> None:
        jobs = Job.objects.visible_to(self.request.user).in_fleet(self.fleet).for_sheet()
        job = (
            jobs.select_related("company", "planned_unit").filter(pk=self.kwargs["job_id"]).first()
        )
        if job is None:
            raise Http404
        self.job = job
        self.job.fleet = self.fleet

    def check(self) -> None:
        if not self.verb or self.job.can(self.verb):
            return
        if self.verb in OF_PENDING:
            raise MoveRefused("wrong_status", self.why_locked)
        self.job.check_move(self.verb)

    @property
    def can_request_handback(self) -> bool:
        """Whether the partner can be asked to hand the job back."""
        return self.job.can("request_handback")

    @property
    def why_locked(self) -> str:
        """Why the fleet can no longer change the job."""
        text = LOCKED_JOBS.get(self.job.status, FINISHED_JOB)
        return with_names(text, job=self.job_name, company=self.job.company)

    @property
    def job_has_name(self) -> bool:
        return has_name(self.job)

    @property
    def job_name(self) -> str:
        return name_in_message(self.job)

    def job_url(self) -> str:
        return reverse("fleetcontrol:job-detail", args=[self.fleet.pk, self.job.pk])

    @property
    def list_url(self) -> str:
        return self.job_list_url(self.job.kind)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context.setdefault("job", self.job)
        context.setdefault("from_here", return_to.parameter(self.came_from))
        return super().get_context_data(**context)
