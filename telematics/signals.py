"""What the floors above, and whoever plays the unit, may listen to."""

from django.dispatch import Signal

# `command` is about to be handed over. Sent with plain `send()` inside the transaction that makes it SENT and before
# the key is locked: a receiver locks what it guards and raises MoveRefused or NotAllowed to refuse.
handing_over = Signal()

# Which units does the work above count on, though they lie in stock? Each receiver gives a condition over units.
units_spoken_for = Signal()

# And which vehicles is it about? Each receiver gives a condition over vehicles.
vehicles_spoken_for = Signal()

# A test begins at a unit: `qnr`, `kind`, `attempt` (1 is the first). The person in the simulator mends what failed.
test_starting = Signal()

# A vehicle is about to change: `vehicle`, `changed` (names and values). Sent with plain `send()` inside the transaction
# that changes it and before the vehicle is locked, because whoever follows it may lock what comes before a vehicle.
changing = Signal()
