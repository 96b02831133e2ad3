"""What a test needs of the vehicle. Which tests a job has to pass is `jobs.parts.proof`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from jobs.procedures.kinds import KINDS, TestKind

if TYPE_CHECKING:
    from telematics.models import VehicleModel

ALWAYS = frozenset((TestKind.CONNECTIVITY, TestKind.SUPPLY_VOLTAGE, TestKind.GNSS))
BY_CAPABILITY: dict[str, str] = {
    TestKind.CENTRAL_LOCK: "central_lock",
    TestKind.IMMOBILIZER: "immobilizer",
    TestKind.IGNITION: "ignition",
    TestKind.ODOMETER: "mileage_in_kilometers",
    TestKind.ENERGY_LEVEL: "state_of_charge_or_fuel_level_in_percent",
    TestKind.KEY_FOB: "key_holder",
}
BY_FEATURE: dict[str, str] = {
    TestKind.DRIVING_EVENTS: "driving_events",
    TestKind.DAMAGE_DETECTION: "damage_detection",
    TestKind.SMOKE_DETECTION: "smoke_detection",
}


NEEDS = BY_CAPABILITY | BY_FEATURE


def beyond(model: "VehicleModel", kinds: Iterable[str]) -> list[str]:
    """The tests that no vehicle of this model can pass, because it lacks what they test."""
    return [kind for kind in kinds if kind in NEEDS and not model.supports(NEEDS[kind])]


def required_tests_errors(model: "VehicleModel | None", kinds: Any) -> dict[str, str]:
    """Field name → why these tests cannot be required. Without a model, every test can.

    The field itself refuses anything but a list of tests.
    """
    if model is None or not isinstance(kinds, list):
        return {}
    lacking = [kind for kind in beyond(model, KINDS) if kind in kinds]
    if not lacking:
        return {}
    tests = ", ".join(str(TestKind(kind).label) for kind in lacking)
    return {
        "further_tests": _("%(model)s cannot pass: %(tests)s.")
        % {"model": model.name, "tests": tests}
    }
