"""The time for which an access lasts after the holder's last action, so that a forgotten job does not leave it open."""

from datetime import timedelta

LEASE = timedelta(hours=8)
