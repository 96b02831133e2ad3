"""Files as people send them, read and imported."""

import pytest

from jobs.importing.checking import Options, examine
from jobs.models import JobImport


@pytest.fixture
def checked(fleet):
    """Check a text or bytes as the fleet's file."""

    def check(content, **options):
        return examine(
            fleet, content.encode() if isinstance(content, str) else content, Options(**options)
        )

    return check


@pytest.fixture
def codes(checked):
    """The words of all errors: {(row, column, code)}."""
    return lambda content, **options: {
        (e.row, e.column, e.code) for e in checked(content, **options).errors
    }


@pytest.fixture
def preview(fleet, manager):
    def upload(content, by=manager, name="jobs.csv", **options):
        content = content.encode() if isinstance(content, str) else content
        return JobImport.objects.preview(
            by, fleet=fleet, name=name, content=content, options=Options(**options)
        )

    return upload
