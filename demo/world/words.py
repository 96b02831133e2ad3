"""What people of the demo world write: places, contacts, instructions, comments."""

import random

from accounts.models import Fleet

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


def notes(dice: random.Random, fleet: Fleet) -> dict[str, str]:
    return {
        "location": dice.choice(PLACES[fleet.name]),
        "contact": dice.choice(CONTACTS),
        "instructions": dice.choice(INSTRUCTIONS),
        "external_reference": f"WO-{dice.randint(10_000, 99_999)}" if dice.random() < 0.5 else "",
    }
