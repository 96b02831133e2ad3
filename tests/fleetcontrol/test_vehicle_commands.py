"""A command that a person at the desk sends, after a question; the page says what became of it."""

import pytest

from fleetcontrol.views import vehicle_commands
from telematics.models import Command, Key
from telematics.tasks import run_command
from tests.factories.telematics import SmallVehicleModelFactory, VehicleFactory

UNLOCK = "unlock-central-lock"


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nobody waits for a worker that these tests do not have."""
    monkeypatch.setattr(vehicle_commands, "WAIT", 0)


@pytest.fixture
def prompt_worker(monkeypatch):
    monkeypatch.setattr(Command, "nudge", lambda command: run_command(command.pk))


@pytest.fixture
def url(at):
    return lambda vehicle: at(f"vehicles/{vehicle.pk}/command/")


def text_of(answer) -> str:
    return answer.content.decode()


def test_a_command_is_sent_and_its_result_is_shown(
    manager_client, manager, configured_job, url, prompt_worker
):
    vehicle = configured_job.vehicle
    page = manager_client.post(url(vehicle), {"command": UNLOCK}, follow=True)
    assert "“Unlock central lock” was carried out" in text_of(page)
    command = Command.objects.get()
    assert (command.status, command.key.kind, command.requested_by) == ("DONE", "STAFF", manager)
    assert not Key.objects.filter(kind="STAFF", ended_at=None).exists()


def test_a_command_that_takes_longer_is_followed_on_the_page(manager_client, configured_job, url):
    page = manager_client.post(url(configured_job.vehicle), {"command": UNLOCK}, follow=True)
    assert "is being sent" in text_of(page)
    look = {"digest": page.context["digest"]}
    run_command(Command.objects.get().pk)
    after = manager_client.get(page.redirect_chain[-1][0], look, headers={"HX-Request": "true"})
    assert 'data-status="DONE"' in text_of(after)


def test_the_question_names_the_installer_who_has_access(
    manager_client, configured_job, installer, fleet, url
):
    assert installer.name in text_of(manager_client.get(url(configured_job.vehicle)))
    other = VehicleFactory(fleet=fleet)
    assert installer.name not in text_of(manager_client.get(url(other)))


def test_while_a_test_waits_the_command_is_refused_with_the_reason(
    manager_client, configured_job, installer, url
):
    configured_job.request_tests(by=installer, kinds=["CENTRAL_LOCK"])
    configured_job.tests.get().run()
    page = manager_client.post(url(configured_job.vehicle), {"command": UNLOCK}, follow=True)
    assert "A test is running at this vehicle." in text_of(page)
    assert Command.objects.get(key__kind="STAFF").sent_at is None


def test_only_what_the_model_supports_is_offered_and_taken(manager_client, fleet, url):
    small = VehicleFactory(fleet=fleet, vehicle_model=SmallVehicleModelFactory())
    assert "Lock central lock" not in text_of(manager_client.get(url(small)))
    refused = manager_client.post(url(small), {"command": "lock-central-lock"})
    assert refused.status_code == 200
    assert not Command.objects.exists()


def test_a_form_that_is_sent_twice_sends_one_command(manager_client, configured_job, url):
    form = {"command": UNLOCK, "shown_as": "01J0000000000000000000000N"}
    for _ in range(2):
        assert manager_client.post(url(configured_job.vehicle), form).status_code == 302
    assert Command.objects.count() == 1


def test_nobody_else_sends_commands(outsiders, configured_job, url):
    for client, status in outsiders.items():
        assert client.get(url(configured_job.vehicle)).status_code == status
        answer = client.post(url(configured_job.vehicle), {"command": UNLOCK})
        assert answer.status_code == status
    assert not Command.objects.exists()


def test_a_vehicle_without_a_unit_takes_none(manager_client, fleet, url):
    page = manager_client.get(url(VehicleFactory(fleet=fleet, unit=None)), follow=True)
    assert "No unit is mounted in this vehicle." in text_of(page)
