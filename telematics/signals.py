"""What the floors above, and whoever plays the unit, may listen to."""

from django.dispatch import Signal

# `command` is about to be handed over. Sent with plain `send()` inside the transaction that makes it SENT and before
# the key is locked: a receiver locks what it guards and raises MoveRefused or NotAllowed to refuse.
handing_over = Signal()

# A test begins at a unit: `qnr`, `kind`, `attempt` (1 is the first). The person in the simulator mends what failed.
test_starting = Signal()
