import pytest

from accounts.models import Partnership
from core.models import Mail


@pytest.fixture
def link_to():
    """The path of the link in the newest mail to an address."""
    return lambda email: Mail.objects.filter(to=email).first().context["path"]


@pytest.fixture
def pending_client(company, other_fleet, outside_manager):
    return Partnership.invite(fleet=other_fleet, email=company.email, by=outside_manager)
