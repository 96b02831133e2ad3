"""What proves a job: the configuration in the unit, and the tests passed since."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.errors import MoveRefused
from jobs.models.choices import Task, VoidReason
from jobs.models.columns import JobColumns, column
from jobs.models.configuration import NEWEST, SEEN, Configuration
from jobs.models.installation_test import InstallationTest
from jobs.models.photo import JobPhoto
from jobs.parts.access import Access
from jobs.parts.names import Names
from jobs.procedures.kinds import FURTHER_KINDS, KINDS, TestKind
from jobs.procedures.required import ALWAYS, BY_CAPABILITY, BY_FEATURE
from telematics.models import Command, Vehicle
from telematics.models.specification import Specification

# What an installer has to fill in before the job can succeed, besides one of the names.
NEEDED_FIELDS = ("vehicle_model",)
# A change of any of these has to reach the unit before it can be tested.
CONFIGURED = Specification.SETUP + Specification.FEATURES


@dataclass(slots=True)
class Proof:
    """The proof of one job. Call what changes it under the job's lock."""

    job: JobColumns

    # --- what is required -----------------------------------------------------------------------------------------
    def missing(self) -> list[str]:
        """Return what the job lacks to succeed: `unit`, `vehicle_model`, `configuration`,
        `identity`, `test:<KIND>`, `photo:<KIND>`.
        """
        return self.missing_with(self.latest_configuration)

    def missing_with(
        self,
        latest: Configuration | None,
        *,
        passed: set[str] | None = None,
        photographed: set[str] | None = None,
    ) -> list[str]:
        """Return the same of a job whose latest configuration, and the kinds of its passes and photos, are at hand."""
        missing = []
        if self.job.changes_unit:
            missing += self._missing_essentials(latest)
        elif self._lacks_removed_unit():
            missing.append("unit")
        if self.job.is_installation and not self._has_identity():
            missing.append("identity")
        if passed is None:
            passed = self._passed_kinds()
        missing += [f"test:{kind}" for kind in self.required_tests() if kind not in passed]
        return missing + self._missing_photos(photographed)

    def _missing_photos(self, photographed: set[str] | None) -> list[str]:
        required = self.job.required_photos or []
        if required and photographed is None:
            photographed = JobPhoto.objects.filter(job=self.job.pk).live().of_assignment().kinds()
        return [f"photo:{kind}" for kind in required if kind not in (photographed or ())]

    def _lacks_removed_unit(self) -> bool:
        """Whether the unit that is to be taken out has not been identified yet."""
        is_removal = self.job.task == Task.REMOVE_UNIT
        return is_removal and self.job.unit_id is None and self.job.current_qnr is not None

    def _has_identity(self) -> bool:
        """Whether the vehicle can be recognised; one that was in the fleet before keeps its identity."""
        names = Names(self.job)
        return any(getattr(names, name) for name in self.job.IDENTITY)

    def _missing_essentials(self, latest: Configuration | None) -> list[str]:
        has_unit = self.job.mounted or (
            self.job.is_installation and self.job.current_qnr is not None
        )
        essentials = {
            "unit": has_unit,
            "vehicle_model": self.job.known_model is not None,
            "configuration": is_applied(latest),
        }
        return [name for name, is_there in essentials.items() if not is_there]

    def _passed_kinds(self) -> set[str]:
        return InstallationTest.objects.filter(job=self.job.pk).counting().passed_kinds()

    def required_tests(self) -> list[str]:
        """Return the kinds that the job has to pass, in the order in which they run.

        A job that puts a unit to work passes the whole set, one that takes it out shows that the vehicle works without
        it. Another one shows that the unit in the vehicle answers.
        """
        if self.job.changes_unit:
            wanted = self._whole_set()
        elif self.job.current_qnr is None:
            return []
        elif self.job.task == Task.REMOVE_UNIT:
            wanted = {str(TestKind.REMOVAL)}
        else:
            wanted = {str(TestKind.CONNECTIVITY)}
        wanted |= set(self.job.further_tests or ())
        return [kind for kind in KINDS if kind in wanted]

    def _whole_set(self) -> set[str]:
        """Always, by what the vehicle model can do, and by feature."""
        model = self.job.known_model
        by_capability = {
            kind for kind, name in BY_CAPABILITY.items() if model and model.supports(name)
        }
        by_feature = {
            kind for kind, name in BY_FEATURE.items() if getattr(self._source, name, None)
        }
        return {*ALWAYS, *by_capability, *by_feature}

    # --- the configuration ----------------------------------------------------------------------------------------
    @property
    def _source(self) -> JobColumns | Vehicle | None:
        """Where the features are: a maintenance job repeats what its vehicle already is."""
        if self.job.is_installation:
            return self.job
        return self.job.vehicle

    def setup(self) -> dict[str, Any]:
        """Return what the unit is configured with."""
        source = self._source
        model = self.job.known_model
        if source is None or model is None:
            raise ValueError("A setup needs a vehicle and its model.")
        setup = {name: getattr(source, column(source, name).attname) for name in CONFIGURED}
        setup["vehicle_model"] = model.pk
        return setup

    @property
    def latest_configuration(self) -> Configuration | None:
        """The one that counts, whatever its status; None before the first."""
        return Configuration.objects.filter(job=self.job.pk).order_by(*NEWEST).first()

    @property
    def seen_configuration(self) -> Configuration | None:
        """The same as it came with a job that was loaded `with_configuration`."""
        return seen_with(self.job)

    def request_configuration(self, why: str = VoidReason.CONFIGURATION_CHANGED) -> None:
        """Add a row that a worker pushes to the unit, once unit and vehicle model are known.

        Earlier passes are void.
        """
        self.void_tests(why)
        unit = self.job.current_qnr
        if unit is not None and self.job.known_model is not None:
            Configuration.objects.request(self.job.pk, unit, self.setup())

    def is_configuration_current(self) -> bool:
        """Whether the latest one was requested since the job was assigned, for its unit and setup,
        and has not failed.
        """
        latest = self.latest_configuration
        assigned_at = self.job.assigned_at
        if latest is None or assigned_at is None or latest.requested_at < assigned_at:
            return False
        if latest.status == Configuration.Status.FAILED or latest.unit_id != self.job.current_qnr:
            return False
        return self.job.known_model is not None and latest.setup == self.setup()

    # --- the tests ------------------------------------------------------------------------------------------------
    def check_testable(self, latest: Configuration | None) -> None:
        """Raise MoveRefused `no_unit`, `not_configured`, `access_stopped`, `access_ended`; `latest` is at hand."""
        self.check_configured(latest)
        access = Access(self.job)
        access.check_not_stopped()
        if access.current() is None:
            raise MoveRefused("access_ended")

    def check_configured(self, latest: Configuration | None) -> None:
        """Raise MoveRefused `no_unit`, `not_configured`."""
        if self.job.current_qnr is None:
            raise MoveRefused("no_unit")
        needs_configuration = self.job.changes_unit or latest is not None
        if needs_configuration and not is_applied(latest):
            raise not_configured(latest)

    def in_order(self, kinds: Iterable[str]) -> list[str]:
        """Return the kinds in the order in which they run. Raises ValidationError at `kinds` for an unknown one."""
        wanted = list(kinds)
        known = KINDS if self.job.task == Task.REMOVE_UNIT else FURTHER_KINDS
        unknown = [kind for kind in wanted if kind not in known]
        if unknown:
            raise ValidationError(
                {"kinds": [_("“%(kind)s” is not a test.") % {"kind": kind} for kind in unknown]}
            )
        return sorted(set(wanted), key=KINDS.index)

    def void_tests(self, why: str) -> None:
        """Cancel what is open and void what has passed: it no longer proves the job."""
        self.cancel_tests()
        InstallationTest.objects.filter(job=self.job.pk).void(why)

    def cancel_tests(self) -> None:
        """Cancel what waits or runs. Where a test was moving the car, it is locked and driving disabled again."""
        moving_at = InstallationTest.objects.filter(job=self.job.pk).cancel_open().get(self.job.pk)
        if moving_at and self.job.vehicle:
            self.job.vehicle.put_back(at=moving_at)


def cancel_tests_of(jobs: Collection[JobColumns]) -> None:
    """Cancel the tests of many jobs in a few statements. The caller holds the jobs locked."""
    moving_at = InstallationTest.objects.filter(job__in=[job.pk for job in jobs]).cancel_open()
    moved = [job for job in jobs if job.pk in moving_at and job.vehicle_id]
    if moved:
        vehicles = Vehicle.objects.select_related("vehicle_model").in_bulk(
            [job.vehicle_id for job in moved]
        )
        Command.objects.queue_put_backs(
            [(vehicles[job.vehicle_id], moving_at[job.pk]) for job in moved]
        )


def seen_with(job: Any) -> Configuration | None:
    """Return the latest configuration of a job that was loaded `with_configuration`."""
    seen = {name: getattr(job, f"configuration_{name}") for name in SEEN}
    if seen["id"]:
        return Configuration(job_id=job.pk, **seen)
    return None


def not_configured(latest: Configuration | None) -> MoveRefused:
    """With the seconds after which another try makes sense: soon, unless the unit has refused the configuration."""
    has_failed = latest is not None and latest.status == Configuration.Status.FAILED
    return MoveRefused("not_configured", retry_after=15 if has_failed else 2)


def incomplete(missing: list[str]) -> MoveRefused:
    return MoveRefused("incomplete", missing=missing)


def is_applied(configuration: Configuration | None) -> bool:
    """Whether the unit has taken the configuration over."""
    return configuration is not None and configuration.status == Configuration.Status.APPLIED
