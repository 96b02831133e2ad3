"""The operators' pages of the work: search and read; only moves change a job."""

from jobs.admin import job, records, saved

__all__ = ["job", "records", "saved"]
