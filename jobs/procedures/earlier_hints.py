"""Hints of earlier versions, which are kept with tests from that time.

A hint is stored in English and translated when it is read. An old one is read as its successor,
which has a translation.
"""

PAIRS = (
    (
        "The unit cannot be reached. Check its power, its antenna and the reception here, then repeat.",
        "The unit cannot be reached. Check its power, antenna and reception, then retry.",
    ),
    (
        "The unit did not answer in time. Wait a moment, then repeat.",
        "The unit did not answer in time. Wait a moment, then retry.",
    ),
    (
        "The unit is busy. Wait a moment, then repeat.",
        "The unit is busy. Wait a moment, then retry.",
    ),
    (
        "The unit refused. Check whether it is configured for this vehicle, then repeat.",
        "The unit refused the command. Check that it is configured for this vehicle, then retry.",
    ),
    (
        "The unit does not know the access yet. Wait a moment, then repeat.",
        "The unit does not know the access yet. Wait a moment, then retry.",
    ),
    (
        "The command reached the unit too late. Check the reception here, then repeat.",
        "The command reached the unit too late. Check the reception, then retry.",
    ),
    (
        "The vehicle cannot do this now. Turn the ignition off and close the doors, then repeat.",
        "The vehicle cannot do this now. Turn the ignition off, close the doors, then retry.",
    ),
    (
        "The unit has a newer configuration. Enter its QNR again to repeat this one.",
        "The unit has a newer configuration. Enter its QNR again to send this one again.",
    ),
    (
        "The doors did not lock. Is the ignition on? Turn it off, check the wires of the lock, then repeat.",
        "The doors did not lock. Turn the ignition off, check the lock wiring, then retry.",
    ),
    (
        "The doors did not unlock. Check the wires of the lock, then repeat.",
        "The doors did not unlock. Check the lock wiring, then retry.",
    ),
    (
        "The immobilizer did not block. Check its wires, then repeat.",
        "The immobilizer did not block. Check its wiring, then retry.",
    ),
    (
        "The immobilizer did not release. Check its wires, then repeat.",
        "The immobilizer did not release. Check its wiring, then retry.",
    ),
    (
        "There is no reception here. Move the car outdoors, check the antenna, then repeat.",
        "There is no reception here. Move the vehicle outdoors, check the antenna, then retry.",
    ),
    (
        "The unit has not reported for too long. Check its power and its reception, then repeat.",
        "The unit has not reported for too long. Check its power and reception, then retry.",
    ),
    (
        "The voltage is too low. Check that the connector sits firmly and that the battery is charged, then repeat.",
        "The voltage is too low. Check that the connector is firmly in place and the battery is charged, then retry.",
    ),
    (
        "The unit finds no position. Check the antenna, move the car under open sky, then repeat.",
        "The unit finds no position. Check the antenna, move the vehicle under open sky, then retry.",
    ),
    (
        "The unit did not see the ignition go on and off. Check the vehicle model and the wires, then repeat.",
        "The unit did not see the ignition go on and off. Check the vehicle model and the wiring, then retry.",
    ),
    (
        "The unit does not read the mileage as it should. Check the vehicle model in the job, then repeat.",
        "The mileage is missing or implausible. Check the vehicle model of the job, then retry.",
    ),
    (
        "The unit does not read fuel or charge as it should. Check the vehicle model in the job, then repeat.",
        "The fuel level or charge is missing or implausible. Check the vehicle model of the job, then retry.",
    ),
    (
        "The unit did not see the key fob leave and come back. Push it fully into the holder, then repeat.",
        "The unit did not see the key fob leave and come back. Push it fully into the holder, then retry.",
    ),
    (
        "The sensor is not calibrated. Fix the unit firmly, leave the car still with closed doors, then repeat.",
        "The sensor is not calibrated. Fix the unit firmly, leave the vehicle still with its doors closed, then retry.",
    ),
    (
        "Leave the car still, with closed doors.",
        "Leave the vehicle still, with its doors closed.",
    ),
)
SUCCESSORS = dict(PAIRS)


def current(hint: str) -> str:
    """The hint in the words of this version."""
    return SUCCESSORS.get(hint, hint)
