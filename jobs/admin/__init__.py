"""The operators' pages of the work: found and looked into, moved by the moves alone."""

from jobs.admin import job, records, saved

__all__ = ["job", "records", "saved"]
