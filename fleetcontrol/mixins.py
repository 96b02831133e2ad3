"""What every page of a fleet begins with: whose fleet, in which role."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Count, F, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Fleet, TablePreference
from core.prepared import Given, GivenPerson, Prepared
from fleetcontrol import way_back
from jobs.models import Job, Notice


def _frame():
    """Of a person's fleet what the frame of each page shows, in one statement."""
    unread = (
        Notice.objects.visible_to(GivenPerson).unread().order_by().values("user").annotate(n=Count("pk")).values("n")
    )
    # By the one membership that a person has in a fleet, and not by subqueries: the same rows for half the work.
    own = Fleet.objects.working().filter(memberships__user=GivenPerson.pk, pk=Given("fleet", Fleet._meta.pk))
    found = own.select_related("provider")
    return found.annotate(role=F("memberships__role"), unread_notices=Coalesce(Subquery(unread), 0))


def _frame_of_table():
    kept = TablePreference.objects.filter(user=GivenPerson.pk, table=Given("table", CharField()))
    return _frame().annotate(columns=Subquery(kept.values("columns")))


FRAME, FRAME_OF_TABLE = Prepared(lambda: _frame()[:1]), Prepared(lambda: _frame_of_table()[:1])


class FleetMixin(AccessMixin):
    """Finds the fleet, then what the page is about, then judges role and status: 404 before 403 before 409."""

    writes = False
    section = ""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        self.fleet = self.find_fleet(kwargs["fleet_id"])
        if self.fleet.demand_second_factor and not is_mfa_enabled(request.user):
            messages.info(request, _("This fleet asks for a second factor when you sign in. Set one up first."))
            return redirect("mfa_activate_totp")
        self.find()
        if self.writes and not self.may_write:
            raise PermissionDenied
        self.check()
        return super().dispatch(request, *args, **kwargs)

    def find_fleet(self, fleet_id: str, table: str = "") -> Fleet:
        """With the reader's role, how many notices he has not read and, of a `table`, its columns of his choice."""
        given = {"person": self.request.user.pk, "fleet": fleet_id}
        found = FRAME_OF_TABLE.first(table=table, **given) if table else FRAME.first(**given)
        if found is None:
            raise Http404
        return found

    def find(self) -> None:
        """Load what the address names, or raise Http404."""

    def check(self) -> None:
        """Raise MoveRefused where the status does not allow what the page is for."""

    @property
    def may_write(self) -> bool:
        return self.fleet.role in Job.DESK_ROLES

    @cached_property
    def came_from(self) -> str:
        """The page of this fleet that the reader comes from, as he left it."""
        return way_back.came_from(self.request, reverse("fleetcontrol:fleet", args=[self.fleet.pk]))

    def job_list_url(self, kind: str) -> str:
        """The list of jobs as the reader left it, else that of this kind from its start."""
        lists = {each: reverse(f"fleetcontrol:{each.lower()}_jobs", args=[self.fleet.pk]) for each in Job.Kind.values}
        return way_back.list_among(self.came_from, list(lists.values())) or lists[kind]

    def digest(self, *seen):
        """Of a list: the number at the bell is a part of what its reader sees."""
        return f"{super().digest(*seen)}-{self.fleet.unread_notices}"

    def get_context_data(self, **context):
        about = {"fleet": self.fleet, "may_write": self.may_write, "unread_notices": self.fleet.unread_notices}
        return super().get_context_data(section=self.section, **about, **context)


class JobMixin(FleetMixin):
    """A page about one job of the fleet; with `verb`, for a move that its status has to allow."""

    section = "jobs"
    verb = ""

    def find(self) -> None:
        jobs = Job.objects.visible_to(self.request.user).in_fleet(self.fleet).for_sheet()
        self.job = jobs.select_related("company", "planned_unit").filter(pk=self.kwargs["job_id"]).first()
        if self.job is None:
            raise Http404
        self.job.fleet = self.fleet

    def check(self) -> None:
        if self.verb:
            self.job.check_move(self.verb)

    def job_url(self) -> str:
        return reverse("fleetcontrol:job-detail", args=[self.fleet.pk, self.job.pk])

    @property
    def list_url(self) -> str:
        return self.job_list_url(self.job.kind)

    def get_context_data(self, **context):
        return super().get_context_data(**{"job": self.job, "from_here": way_back.tell(self.came_from)} | context)
