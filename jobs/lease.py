"""How long an access lasts after the holder's last action: a forgotten job is not standing access ."""

from datetime import timedelta

LEASE = timedelta(hours=8)
