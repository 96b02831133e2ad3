"""What people of the demo world write: places, contacts, instructions, comments."""

import random
from typing import Any

from accounts.models import Fleet
from jobs.models import RollOut
from telematics.models import Place

PLACES = {
    "Berlin": [
        "Depot Moabit, Siemensstraße 21",
        "Car park Ostbahnhof, level 2",
        "Garage Tempelhof, hall 4",
        "Customer's yard, Adlershof",
    ],
    "Munich": ["Depot Riem, gate 3", "Workshop Sendling", "Car park Olympiapark, row 7"],
    "Hamburg": [
        "Depot Billbrook",
        "Car park Altona, level 1",
        "Yard Wandsbek, Friedrich-Ebert-Damm 110",
    ],
}
# Those that are places of the fleet, each with its street.
GARAGES = {
    "Berlin": {
        "Depot Moabit": "Siemensstraße 21, 10551 Berlin",
        "Car park Ostbahnhof": "Am Ostbahnhof 9, 10243 Berlin",
        "Garage Tempelhof": "Ringbahnstraße 12, 12099 Berlin",
    },
    "Munich": {
        "Depot Riem": "Am Messeturm 4, 81829 München",
        "Workshop Sendling": "Plinganserstraße 30, 81369 München",
    },
    "Hamburg": {
        "Depot Billbrook": "Liebigstraße 50, 22113 Hamburg",
        "Yard Wandsbek": "Friedrich-Ebert-Damm 110, 22047 Hamburg",
    },
}
HOURS = "Mon–Fri 7–18, Sat 9–14"
CONTACTS = [
    "Front desk, +49 30 5550 100",
    "Mr Lange, +49 30 5550 123",
    "Ms Demir, +49 171 555 0142",
    "",
]
INSTRUCTIONS = [
    "",
    "",
    "Key is in the safe at the front desk.",
    "Mount the unit behind the glove box; do not drill.",
    "The car is needed again by 4 pm.",
    "Check the fuse of the tow bar as well.",
]
DONE = [
    "",
    "",
    "All fine.",
    "Unit sits behind the glove box.",
    "Cable tie of the OBD plug replaced.",
    "Key fob holder glued again.",
]
FAILED = {
    "VEHICLE_ABSENT": [
        "The car was not there; the front desk knows of no return today.",
        "Bay empty, waited for an hour.",
    ],
    "TEST_FAILED": [
        "The central lock does not react even after rewiring.",
        "The test fails each time; the harness has to be looked at.",
    ],
    "UNIT_DEFECT": ["The unit does not keep its power, the socket is bent."],
    "NO_COVERAGE": ["No reception in the underground car park, nobody could move the car."],
    "PARTS_MISSING": ["The SKM adapter was not in the box."],
    "WRONG_JOB_DATA": ["The car in this bay is another model than the job says."],
    "MODEL_UNSUPPORTED": ["This year of construction has no connector for the unit."],
    "ASKED_BY_CLIENT": ["The customer took the car back before we could begin."],
}


def notes(dice: random.Random, fleet: Fleet) -> dict[str, Any]:
    chosen = dice.choice(PLACES[fleet.name])
    name, _comma, detail = chosen.partition(", ")
    place = Place.objects.filter(fleet=fleet, name=name).first()
    return {
        "place": place,
        "roll_out": RollOut.objects.filter(fleet=fleet).first(),
        "location": detail if place else chosen,
        "contact": dice.choice(CONTACTS),
        "instructions": dice.choice(INSTRUCTIONS),
        "external_reference": f"WO-{dice.randint(10_000, 99_999)}" if dice.random() < 0.5 else "",
    }
