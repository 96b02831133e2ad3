"""What tests of FleetControl's pages begin with: addresses in the fleet, who may not, what a request costs."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def at(fleet):
    """The address of a page of the fleet: `at("jobs/new/")`."""
    return lambda path="": f"/fleetcontrol/{fleet.pk}/{path}"


@pytest.fixture
def list_url(at):
    return at("jobs/installation/")


@pytest.fixture
def outsiders(
    viewer_client, outside_manager_client, company_admin_client, installer_client, operator_client
):
    """Everybody who may not write in the fleet, each with the answer that a writing request gets."""
    strangers = (outside_manager_client, company_admin_client, installer_client, operator_client)
    return {viewer_client: 403, **dict.fromkeys(strangers, 404), Client(): 302}


@pytest.fixture
def statements():
    """How many statements a call makes: `statements(lambda: client.get(url))`."""

    def count(call) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
