"""Units without hardware: a seeded vehicle with its wiring, its faults and a person at hand.

`models` keeps a unit's state, `physics` is the car, `wiring` says what reaches the unit and what can be wrong with it,
`person` is the person beside the car, `trips` and `traffic` are the everyday life of the demo fleet,
`gateway` is the radio link with its delays.
"""
