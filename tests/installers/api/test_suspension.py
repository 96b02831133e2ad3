"""While a client is suspended its jobs stand still: no move of an installer, and every end is still possible."""

import pytest

from jobs.models import Job
from telematics.models import Command
from tests.cast.phones import Phone
from tests.factories.accounts import PartnershipFactory
from tests.factories.jobs import JobFactory

# What the holder of a RUNNING job is refused: method, path below the job, body.
WORK = [
    ("put", "unit/", {"qnr": "00000000000000AA"}),
    ("patch", "fields/", {"brand": "Audi"}),
    ("post", "access/", None),
    ("post", "tests/", {}),
    ("post", "tests/GNSS/confirmation/", {"observed": True}),
    ("post", "outcome/", {"outcome": "SUCCEEDED"}),
    ("post", "outcome/", {"outcome": "FAILED", "comment": "The car has gone."}),
]


def told(response):
    return response.status_code, response.json()["code"]


@pytest.fixture(params=["fleet", "provider"])
def suspended(request, fleet):
    """The fleet or its provider, once `suspend()` is called."""
    return fleet if request.param == "fleet" else fleet.provider


@pytest.fixture
def waiting_job(fleet, manager, partnership, vehicle_model):
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=vehicle_model)
    job.assign(partnership.company, by=manager)
    return job


@pytest.mark.parametrize("call", WORK, ids=lambda call: f"{call[0]} {call[1]}")
def test_the_work_of_a_running_job_is_refused_and_the_job_stays_running(
    call, configured_job, suspended, installer_phone
):
    suspended.suspend()
    method, path, body = call
    version = Job.objects.get(pk=configured_job.pk).version

    refused = getattr(installer_phone, method)(f"jobs/{configured_job.pk}/{path}", body)

    assert told(refused) == (409, "fleet_suspended")
    assert refused.json()["job_status"] == "RUNNING"
    configured_job.refresh_from_db()
    assert (configured_job.status, configured_job.version) == ("RUNNING", version)


def test_a_take_is_refused(waiting_job, suspended, installer_phone):
    suspended.suspend()
    refused = installer_phone.post(f"jobs/{waiting_job.pk}/assignment/")
    assert (told(refused), refused.json()["job_status"]) == ((409, "fleet_suspended"), "ASSIGNED")


def test_commands_and_state_of_the_vehicle_are_refused(configured_job, suspended, installer_phone):
    suspended.suspend()
    vehicle = f"vehicles/{configured_job.vehicle_id}/"
    for refused in (
        installer_phone.get(f"{vehicle}state/"),
        installer_phone.post(f"{vehicle}commands/lock-central-lock/"),
    ):
        assert (told(refused), refused.json()["job_status"]) == (
            (409, "fleet_suspended"),
            "RUNNING",
        )
    assert not Command.objects.exclude(key__kind="SYSTEM").exists()


def test_status_and_holder_are_judged_before_the_suspension(
    configured_job, suspended, colleague_phone
):
    suspended.suspend()
    path = f"jobs/{configured_job.pk}/"
    assert told(colleague_phone.post(f"{path}assignment/")) == (409, "wrong_status")
    assert told(colleague_phone.post(f"{path}access/")) == (409, "not_holder")


def test_the_jobs_can_still_be_read(configured_job, suspended, installer_phone):
    suspended.suspend()
    sheet = installer_phone.get(f"jobs/{configured_job.pk}/").json()
    assert (sheet["status"], sheet["access"]["open"]) == ("RUNNING", False)


def test_another_client_of_the_company_is_not_affected(
    suspended, company, other_fleet, outside_manager, vehicle_model, installer_phone
):
    PartnershipFactory(fleet=other_fleet, company=company)
    job = JobFactory(by=outside_manager, fleet=other_fleet, vehicle_model=vehicle_model)
    job.assign(company, by=outside_manager)
    suspended.suspend()

    assert installer_phone.post(f"jobs/{job.pk}/assignment/").status_code == 200
    assert installer_phone.patch(f"jobs/{job.pk}/fields/", {"brand": "Audi"}).status_code == 200


# --- ends are never refused -------------------------------------------------------------------------------------------
def hand_back(job, cast):
    job.withdraw(by=cast["colleague"])
    phone = cast["company_admin_phone"]
    assert phone.post(f"jobs/{job.pk}/handback/", {"reason": "Not now."}).status_code == 200


ENDS = {
    "withdraw": (
        lambda job, cast: cast["colleague_phone"].delete(f"jobs/{job.pk}/assignment/"),
        "ASSIGNED",
    ),
    "hand back": (hand_back, "PENDING"),
    "person removed": (
        lambda job, cast: cast["company"].remove_member(
            cast["installer"].company_membership, by=cast["company_admin"]
        ),
        "ASSIGNED",
    ),
    "partnership ended": (
        lambda job, cast: cast["partnership"].end(by=cast["company_admin"]),
        "PENDING",
    ),
    "company closed": (
        lambda job, cast: cast["company"].close(by=cast["company_admin"]),
        "PENDING",
    ),
    "operator withdraws": (
        lambda job, cast: job.withdraw(by=cast["operator"], reason="Asked."),
        "ASSIGNED",
    ),
    "operator stops": (
        lambda job, cast: job.stop_access(by=cast["operator"], reason="Asked."),
        "RUNNING",
    ),
}


@pytest.mark.parametrize("end", ENDS)
def test_ends_are_never_refused(
    end, configured_job, suspended, installer, colleague, company_admin, company, partnership, operator,
    colleague_phone, company_admin_phone,
):  # fmt: skip
    cast = {
        "installer": installer,
        "colleague": colleague,
        "company_admin": company_admin,
        "company": company,
        "partnership": partnership,
        "operator": operator,
        "colleague_phone": colleague_phone,
        "company_admin_phone": company_admin_phone,
    }
    suspended.suspend()
    how, status = ENDS[end]

    how(Job.objects.get(pk=configured_job.pk), cast)

    configured_job.refresh_from_db()
    assert configured_job.status == status


# --- a person, a company ----------------------------------------------------------------------------------------------
def test_a_colleague_frees_the_job_of_a_suspended_installer(
    configured_job, installer, installer_phone, colleague_phone
):
    installer.suspend()
    path = f"jobs/{configured_job.pk}/"
    assert installer_phone.get(path).status_code == 401
    assert Job.objects.get(pk=configured_job.pk).status == "RUNNING"
    assert colleague_phone.delete(f"{path}assignment/").json()["status"] == "ASSIGNED"
    assert colleague_phone.post(f"{path}assignment/").json()["access"]["open"] is True


@pytest.mark.parametrize("path", ["me/", "vehicle-models/", "jobs/", "jobs/counts/"])
def test_people_of_a_suspended_company_read_why_they_see_nothing(path, company, installer_phone):
    company.suspend()
    assert told(installer_phone.get(path)) == (403, "company_suspended")


def test_a_repeated_hand_back_is_refused_to_people_of_a_suspended_company(
    waiting_job, company, company_admin_phone
):
    again = lambda: company_admin_phone.post(  # noqa: E731
        f"jobs/{waiting_job.pk}/handback/", {"reason": "Not now."}, key="once"
    )
    assert again().status_code == 200
    company.suspend()
    assert told(again()) == (403, "company_suspended")


def test_a_job_of_others_is_no_more_visible_to_people_of_a_suspended_company(
    running_job, other_company, outside_installer_api
):
    other_company.suspend()
    refused = Phone(outside_installer_api).get(f"jobs/{running_job.pk}/")
    assert told(refused) == (403, "company_suspended")
