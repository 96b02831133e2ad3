"""Signals for the floors above and for the simulator."""

from django.dispatch import Signal

# A command is about to be handed over: `command`. Sent with plain `send()` inside the transaction that makes it SENT,
# before the key is locked. A receiver locks what it guards, and raises MoveRefused or NotAllowed to refuse. Also sent
# when the fleet itself queues a command, so that it learns of a refusal at once.
handing_over = Signal()

# Which units does the work above reserve, although they are in stock? Each receiver returns a condition over units.
# `job`, a primary key or an OuterRef, names the job whose own reservations do not count; None is no job.
units_spoken_for = Signal()

# Which vehicles is the work above about? Each receiver returns a condition over vehicles.
vehicles_spoken_for = Signal()

# Which vehicles does somebody hold, so that they cannot be archived? Each receiver returns a condition over vehicles.
vehicles_held = Signal()

# Which units does the work above put into the hands of `user`? Each receiver returns a condition over units.
units_in_hand = Signal()

# A test begins at a unit: `qnr`, `kind`, `attempt` (1 is the first). The simulator repairs what failed before.
test_starting = Signal()

# The values of a vehicle are about to change: `vehicle`, `changed` (names and values). Sent with
# plain `send()` inside the
# transaction and before the vehicle is locked, because a receiver may lock what comes before a vehicle.
changing = Signal()

# Vehicles of one fleet were written: `vehicles` as they now are, the first with its fleet loaded, and the `reason`, a
# ChangeReason. Sent with plain `send()` inside the transaction of the change, while the vehicles are locked.
changed = Signal()
