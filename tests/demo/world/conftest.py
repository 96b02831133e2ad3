"""The demo world, for tests that want it whole."""

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings

from tests.factories.accounts import AgreementFactory


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker):
    """Building takes seconds, so it is built once for all tests beside this file, and taken away again."""
    with django_db_blocker.unblock(), override_settings(DEMO=True):
        atom = transaction.atomic()
        atom.__enter__()
        try:
            AgreementFactory()  # the migrations' own is gone where a test before this one emptied the tables
            call_command("demo")
            yield
        finally:
            transaction.set_rollback(True)
            atom.__exit__(None, None, None)


@pytest.fixture
def demo(built, settings):
    settings.DEMO = True
