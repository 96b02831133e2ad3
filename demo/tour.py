"""The tour of the demo: five steps from an invitation to the end of an access.

Whether a step is done is read from what happened since the demo world was built, by whomever and on whatever page.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Fleet, Partnership, User
from core.models import DemoMark
from demo.logins import INSTALLER, MANAGER
from jobs.models import Job, JobEvent, VehicleAccess
from telematics.models import Unit


class Step(NamedTuple):
    title: str
    about: str
    where: str
    login: str
    url: str
    is_done: bool
    qnr: str = ""
    # The phone's app has no way back to this page.
    in_new_tab: bool = False


class Tour:
    """As far as it is done in the first fleet of the demo's manager."""

    def __init__(self, manager: User, fleet: Fleet, began: datetime):
        self.manager = manager
        self.fleet = fleet
        self.began = began

    def steps(self) -> list[Step]:
        return [self._invite(), self._write(), self._assign(), self._install(), self._see_the_end()]

    def _invite(self) -> Step:
        return Step(
            _("Invite a partner"),
            _("A company gets jobs of a fleet once it has accepted the fleet's invitation."),
            _(
                "Invite ▸ any e-mail ▸ Send Invitation. The invitation is then in the mails of the demo."
            ),
            MANAGER,
            self._page("partners"),
            Partnership.objects.filter(fleet=self.fleet, created_at__gt=self.began).exists(),
        )

    def _write(self) -> Step:
        return Step(
            _("Write a job"),
            _("What a manager leaves blank, the installer decides at the car."),
            _("Choose a vehicle model ▸ Save."),
            MANAGER,
            self._page("job-create"),
            self._written().exists(),
        )

    def _assign(self) -> Step:
        job = self._newest(Job.Status.PENDING)
        return Step(
            _("Assign the job"),
            _("From now on it is locked for the fleet, and all installers of the company see it."),
            _("Assign ▸ Service Partner: QuickInstall ▸ Assign."),
            MANAGER,
            self._page("job-detail", job.pk) if job else self._page("installation_jobs"),
            self._happened("assign"),
        )

    def _install(self) -> Step:
        job = self._newest(Job.Status.ASSIGNED, Job.Status.RUNNING)
        unit = Unit.objects.visible_to(self.manager).free().filter(fleet=self.fleet)
        return Step(
            _("Install it on the phone"),
            _("The installer takes the job, links a unit, and proves with tests that it works."),
            _(
                "Assign Job to Me ▸ Start Installation. Type this QNR, fill in the licence plate, run the tests and "
                "answer what they ask."
            ),
            INSTALLER,
            reverse("smartcontrol:app") + (f"#/jobs/{job.pk}" if job else ""),
            self._happened("succeed"),
            unit.order_by("pk").values_list("pk", flat=True).first() or "",
            in_new_tab=True,
        )

    def _see_the_end(self) -> Step:
        access = VehicleAccess.objects.filter(
            job__fleet=self.fleet, key__opened_at__gt=self.began, key__ended_at__isnull=False
        )
        latest = access.order_by("-pk").first()
        return Step(
            _("See the access end"),
            _(
                "With the job, the installer's access to the vehicle ends. The fleet sees who had it, when and why."
            ),
            _("On the job's page ▸ Access to the vehicle."),
            MANAGER,
            self._page("job-detail", latest.job_id) if latest else self._page("installation_jobs"),
            latest is not None,
        )

    def _written(self) -> QuerySet[Job]:
        jobs = Job.objects.visible_to(self.manager)
        return jobs.filter(fleet=self.fleet, kind=Job.Kind.INSTALLATION, created_at__gt=self.began)

    def _newest(self, *statuses: str) -> Job | None:
        return self._written().filter(status__in=statuses).order_by("-pk").first()

    def _happened(self, verb: str) -> bool:
        events = JobEvent.objects.filter(job__fleet=self.fleet, verb=verb, at__gt=self.began)
        return events.filter(job__kind=Job.Kind.INSTALLATION).exists()

    def _page(self, name: str, *more: str) -> str:
        return reverse(f"fleetcontrol:{name}", args=[self.fleet.pk, *more])


def current(manager: User | None) -> list[Step]:
    """The steps; none where the demo's manager or the mark of the demo world is missing."""
    began = DemoMark.objects.values_list("created_at", flat=True).first()
    if manager is None or began is None:
        return []
    fleet = Fleet.objects.visible_to(manager).order_by("created_at").first()
    if fleet is None:
        return []
    return Tour(manager, fleet, began).steps()
