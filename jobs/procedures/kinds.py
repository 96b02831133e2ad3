"""The tests there are, in the order in which they run."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TestKind(models.TextChoices):
    __test__ = False  # its name looks like a test class to the test runner

    CONNECTIVITY = "CONNECTIVITY", _("Connectivity")
    SUPPLY_VOLTAGE = "SUPPLY_VOLTAGE", _("Supply voltage")
    GNSS = "GNSS", _("GNSS")
    CENTRAL_LOCK = "CENTRAL_LOCK", _("Central lock")
    IMMOBILIZER = "IMMOBILIZER", _("Immobilizer")
    IGNITION = "IGNITION", _("Ignition")
    ODOMETER = "ODOMETER", _("Odometer")
    ENERGY_LEVEL = "ENERGY_LEVEL", _("Energy level")
    KEY_FOB = "KEY_FOB", _("Key fob")
    DRIVING_EVENTS = "DRIVING_EVENTS", _("Driving events")
    DAMAGE_DETECTION = "DAMAGE_DETECTION", _("Damage detection")
    SMOKE_DETECTION = "SMOKE_DETECTION", _("Smoke detection")
    REMOVAL = "REMOVAL", _("Removal")


KINDS: list[str] = TestKind.values
# Those that a manager may require besides. REMOVAL proves that a unit is out, and belongs to that task alone.
FURTHER = [(value, label) for value, label in TestKind.choices if value != TestKind.REMOVAL]
FURTHER_KINDS: list[str] = [value for value, _label in FURTHER]
