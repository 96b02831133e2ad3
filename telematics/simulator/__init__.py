"""Units without hardware: a seeded vehicle with its wiring, its faults and a person at hand.

`models` keeps a unit's state, `physics` is the car, `wiring` what reaches the unit and what is wrong with it, `person`
whoever stands beside the car, `gateway` the way there, with its delays.
"""
