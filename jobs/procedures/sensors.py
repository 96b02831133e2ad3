"""DRIVING_EVENTS, DAMAGE_DETECTION and SMOKE_DETECTION: sensors that calibrate in the parked vehicle."""

from django.utils.translation import gettext_lazy as _

from jobs.procedures import thresholds
from jobs.procedures.base import Probe, Procedure

NOT_CALIBRATED = _(
    "The sensor is not calibrated. Fix the unit firmly, leave the vehicle still with its doors closed, then retry."
)


def calibrates(feature: str) -> Procedure:
    signal = f"{feature}_calibrated"

    def step(probe: Probe) -> None:
        reading = probe.wait_for(
            lambda reading: bool(reading.value(signal)), thresholds.WAIT_FOR_CALIBRATION_SECONDS
        )
        calibrated = bool(reading.value(signal))
        probe.check(
            signal,
            calibrated,
            threshold=True,
            ok=calibrated,
            hint=NOT_CALIBRATED,
        )

    return Procedure((step,), instruction=_("Leave the vehicle still, with its doors closed."))


DRIVING_EVENTS = calibrates("driving_events")
DAMAGE_DETECTION = calibrates("damage_detection")
SMOKE_DETECTION = calibrates("smoke_detection")
