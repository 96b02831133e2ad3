"""Nobody finds logins with a known password beside real data."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User


@pytest.mark.django_db
def test_outside_of_demo_mode_it_refuses_and_makes_nothing(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo")
    assert not User.objects.exists()
