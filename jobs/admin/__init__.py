"""The operators' pages of the work: search and read; only moves change a job."""

from jobs.admin import desk, job, records, saved

__all__ = ["desk", "job", "records", "saved"]
