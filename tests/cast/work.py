"""The work of the cast: one job in each place it can be, brought there by its own moves and the simulated unit."""

import pytest
from django.utils import timezone

from jobs.models import InstallationTest, Job
from telematics.models import VehicleState
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleModelFactory

QUEUED = InstallationTest.Status.QUEUED
TYPED_VIN = "WVWZZZ1KZAW000123"
OTHER_VIN = "WVWZZZ1KZAW000999"


@pytest.fixture
def vehicle_model(db):
    return VehicleModelFactory()


@pytest.fixture
def unit(fleet):
    return UnitFactory(fleet=fleet)


@pytest.fixture
def pending_job(fleet, manager, vehicle_model):
    """An installation job with its vehicle model and name set; the rest the installer decides."""
    return JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model, custom_name="Blue One")


@pytest.fixture
def assigned_job(pending_job, partnership, manager):
    pending_job.assign(partnership.company, by=manager)
    return pending_job


@pytest.fixture
def running_job(assigned_job, installer):
    assigned_job.take(by=installer)
    return assigned_job


@pytest.fixture
def linked_job(running_job, unit, installer):
    """RUNNING with its unit: the vehicle is in the fleet and the installer's access is open."""
    running_job.link_unit(unit.pk, by=installer)
    return running_job


@pytest.fixture
def configured_job(linked_job):
    linked_job.proof.latest_configuration.push()
    return linked_job


@pytest.fixture
def proven_job(configured_job, installer):
    """Every required test passed on the simulated unit."""
    configured_job.request_tests(by=installer)
    run_tests(configured_job)
    return configured_job


@pytest.fixture
def job_to_end(request, configured_job):
    """Running, for a test of each `end`. Its tests are passed where that is a success: no other end asks for them."""
    ends = request.node.callspec.params["end"] if hasattr(request.node, "callspec") else ""
    return request.getfixturevalue("proven_job") if ends == "succeed" else configured_job


@pytest.fixture
def changed_job(proven_job, installer):
    """Its setup was changed after the tests, which are void now."""
    proven_job.fill_in(by=installer, tracking=True)
    return proven_job


@pytest.fixture
def old_job(changed_job):
    """The same, with its tests as they were stored before void ones were marked."""
    as_once_written(changed_job)
    return changed_job


@pytest.fixture(params=["changed_job", "old_job"])
def void_job(request):
    return request.getfixturevalue(request.param)


def as_once_written(job, **columns) -> None:
    """The passes as they stood before a void test was marked."""
    job.tests.update(
        **{
            "status": InstallationTest.Status.PASSED,
            "voided_at": None,
            "void_reason": "",
            **columns,
        }
    )


def run_tests(job: Job) -> None:
    """As the workers would: each queued test in turn, and the person at the car confirms what is asked."""
    while waiting := job.tests.filter(status=QUEUED).order_by("id").first():
        run_to_the_end(waiting)


def run_to_the_end(test: InstallationTest) -> None:
    test.run()
    test.refresh_from_db()
    while test.prompt:
        test.confirm(test.prompt["id"], True, by=test.job.assignee)
        test.run()
        test.refresh_from_db()
    assert test.status != QUEUED, "the test was not claimed"


@pytest.fixture
def reads_vin(vehicle_model, pending_job):
    """Before the unit is linked: the job has a VIN, and in vehicles of its model the unit reads one."""
    vehicle_model.capabilities = [*vehicle_model.capabilities, "vin"]
    vehicle_model.save()
    pending_job.vin = TYPED_VIN
    pending_job.save()


def read_vin(job: Job, vin: object) -> None:
    """As the unit would send what it reads on the bus."""
    now = timezone.now()
    VehicleState.receive(job.unit_id, {"vin": {"value": vin, "timestamp": now.isoformat()}}, now)
