"""What proves a job: the configuration in the unit, and the tests passed since."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.moves import MoveRefused
from core.tasks import nudge
from jobs.procedures import required_kinds
from jobs.procedures.kinds import KINDS
from jobs.procedures.required import demand_errors
from telematics.models import VehicleModel
from telematics.models.specification import Specification


def is_applied(configuration) -> bool:
    """Whether the unit has taken it over; None is no configuration."""
    return configuration is not None and configuration.status == configuration.Status.APPLIED


class Proven:
    # A change of any of these has to reach the unit before it can be tested.
    CONFIGURED = Specification.SETUP + Specification.FEATURES

    @property
    def known_model(self) -> VehicleModel | None:
        return self.vehicle_model or (self.vehicle.vehicle_model if self.vehicle_id else None)

    def desk_errors(self) -> dict:
        """By field name: what the chosen vehicle model does not support, and which demanded tests it cannot pass."""
        return self.setup_errors() | demand_errors(self.vehicle_model, self.further_tests)

    @property
    def latest_configuration(self):
        """The one that counts, whatever its status; None before the first."""
        return self.configurations.order_by("-id").first()

    @property
    def configuration_seen(self):
        """The same as it came with this job, which was loaded `with_configuration`."""
        from jobs.models.configuration import SEEN, Configuration

        seen = {name: getattr(self, f"configuration_{name}") for name in SEEN}
        return Configuration(job_id=self.pk, **seen) if seen["id"] else None

    def required_tests(self) -> list[str]:
        """Kinds in the order in which they run (product.md 7)."""
        return required_kinds(self)

    def setup(self) -> dict:
        """What the unit is told; a maintenance job repeats what its vehicle already is."""
        source = self if self.kind == self.Kind.INSTALLATION else self.vehicle
        told = {name: getattr(source, source._meta.get_field(name).attname) for name in self.CONFIGURED}
        return told | {"vehicle_model": self.known_model.pk}

    def request_configuration(self):
        """A row that a worker pushes to the unit, as soon as unit and vehicle model are known. Earlier passes are void."""
        from jobs.models.configuration import Configuration
        from jobs.tasks import push_configuration

        self.cancel_tests()
        if self.current_qnr is None or self.known_model is None:
            return
        configuration = Configuration.objects.create(job=self, unit_id=self.current_qnr, setup=self.setup())
        nudge(push_configuration, configuration.pk)

    @transaction.atomic
    def request_tests(self, *, by, kinds: list[str] | None = None) -> None:
        """Queue tests, by default all required; one that already waits or runs stays as it is.

        Raises MoveRefused `no_unit`, `not_configured`, `access_stopped`, `access_ended`; ValidationError at `kinds`.
        """
        from jobs.models.installation_test import InstallationTest

        seen = self._lock_for_holder("renew", by)
        self._check_testable(seen.configuration_seen)
        wanted = self.required_tests() if kinds is None else kinds
        if unknown := [kind for kind in wanted if kind not in KINDS]:
            raise ValidationError({"kinds": [_("“%(kind)s” is not a test.") % {"kind": kind} for kind in unknown]})
        self._act_of_holder(by)
        InstallationTest.objects.queue(self, sorted(set(wanted), key=KINDS.index), by=by)

    def _check_testable(self, latest) -> None:
        """`latest` is its latest configuration, or None."""
        if self.current_qnr is None:
            raise MoveRefused("no_unit", _("There is no unit to test yet."))
        demanded = self.changes_unit or latest is not None
        if demanded and not is_applied(latest):
            raise MoveRefused("not_configured", _("The unit is not configured yet."))
        if self.access_stopped_at:
            raise MoveRefused("access_stopped", _("The fleet manager has stopped access to this vehicle."))
        if self.current_access() is None:
            raise MoveRefused("access_ended", _("Your access has ended. Renew it first."))

    def cancel_tests(self) -> None:
        """Cancel what waits or runs. Where a test was moving the car, it is locked and driving disabled again."""
        moving_at = self.tests.cancel_open()
        if moving_at and self.vehicle_id:
            self.vehicle.put_back(at=moving_at)
