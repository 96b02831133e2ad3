"""The limits of all tests.

The product sets the figures without a comment. Other times are the longest that a sound unit takes, with some to spare.
"""

LEAST_SIGNAL = 1  # of 5 bars
# A unit sends every 15 minutes. One minute is for the transmission.
HEARTBEAT_MINUTES = 16
LEAST_VOLTAGE = 11.5
FIX_SECONDS = 60
# A cold start takes 30 to 90 s.
WAIT_FOR_FIX_SECONDS = 120
# The bus reports a moved lock or a switched immobilizer within a few seconds of the answer.
WAIT_FOR_BUS_SECONDS = 5
# A person walks round the vehicle, turns the ignition or pulls the fob, and puts it back.
WAIT_FOR_PERSON_SECONDS = 90
# More than a vehicle reaches. With the wrong vehicle model the bytes are read in another order and give far more.
MOST_KILOMETERS = 1_500_000
ENERGY_PERCENT = (0, 100)
# Sensors calibrate in the parked vehicle within half a minute.
WAIT_FOR_CALIBRATION_SECONDS = 60
# Readings in a row, because one reading proves little.
CONNECTIVITY_READINGS = 3
