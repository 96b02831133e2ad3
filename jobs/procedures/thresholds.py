"""What a test demands, in one place.

Where nothing else is said the product itself sets the figure; the other seconds are the longest that a sound unit takes,
with some to spare.
"""

LEAST_SIGNAL = 1  # of 5 bars
# A unit sends every 15 minutes; a minute more for the way.
HEARTBEAT_MINUTES = 16
LEAST_VOLTAGE = 11.5
FIX_SECONDS = 60
# A cold start takes 30 to 90 s.
WAIT_FOR_FIX_SECONDS = 120
# The bus reports a moved lock or a switched immobilizer within a few seconds of the answer.
WAIT_FOR_BUS_SECONDS = 5
# Somebody walks round the car, turns the ignition or pulls the fob, and puts it back.
WAIT_FOR_PERSON_SECONDS = 90
# What a car reaches in its life; a wrong vehicle model reads the bytes in another order and finds far more.
MOST_KILOMETERS = 1_500_000
ENERGY_PERCENT = (0, 100)
# Sensors learn their rest position in the parked car within half a minute.
WAIT_FOR_CALIBRATION_SECONDS = 60
# Readings in a row: one that gets through proves little.
CONNECTIVITY_READINGS = 3
