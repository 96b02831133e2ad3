"""One installation and one maintenance job by the Python client that is generated from the OpenAPI document.

Run by `test_generated.py` with the generated package `smartcontrol` on its path: URL, e-mail address, password.
"""

import sys
import time
from uuid import uuid4

from smartcontrol.api.jobs import (
    confirm_test,
    fill_in,
    finish_job,
    link_unit,
    list_jobs,
    list_tests,
    request_tests,
    show_job,
    take_job,
)
from smartcontrol.api.me import show_account
from smartcontrol.api.sign_in import sign_in
from smartcontrol.api.vehicles import send_command, show_vehicle_state
from smartcontrol.client import AuthenticatedClient, Client
from smartcontrol.models import (
    CommandName,
    ConfirmationRequest,
    FieldValuesRequest,
    Job,
    JobCategory,
    JobKind,
    JobPage,
    JobSummary,
    Outcome,
    OutcomeRequest,
    SignedIn,
    SignInRequest,
    TestKind,
    TestSelectionRequest,
    TestStatus,
    UnitLinkRequest,
)

PATIENCE = 60


def require(value: object, answer: object) -> None:
    assert value, answer


def signed_in(url: str, email: str, password: str) -> AuthenticatedClient:
    answer = sign_in.sync(client=Client(url), body=SignInRequest(email, password))
    assert isinstance(answer, SignedIn), answer
    token = answer.meta.session_token
    return AuthenticatedClient(url, str(token), prefix="", auth_header_name="X-Session-Token")


def available(client: AuthenticatedClient, kind: JobKind) -> JobSummary:
    page = list_jobs.sync(client=client, category=JobCategory.AVAILABLE)
    assert isinstance(page, JobPage), page
    return next(job for job in page.results if job.kind == kind)


def take(client: AuthenticatedClient, kind: JobKind) -> Job:
    job = take_job.sync(available(client, kind).id, client=client)
    assert isinstance(job, Job), job
    return job


def install(client: AuthenticatedClient) -> None:
    job = take(client, JobKind.INSTALLATION)
    assert job.planned_unit
    linked = link_unit.sync(
        job.id,
        client=client,
        body=UnitLinkRequest(qnr=job.planned_unit.qnr),
        idempotency_key=str(uuid4()),
    )
    assert isinstance(linked, Job), linked
    filled = fill_in.sync(
        job.id,
        client=client,
        body=FieldValuesRequest(license_plate="B QX 2041"),
        idempotency_key=str(uuid4()),
        if_match=linked.tag,
    )
    assert isinstance(filled, Job), filled
    assert filled.license_plate == "B QX 2041"
    test(client, filled)
    drive(client, filled)
    finish(client, filled)


def maintain(client: AuthenticatedClient) -> None:
    job = take(client, JobKind.MAINTENANCE)
    test(client, job)
    finish(client, job)


def test(client: AuthenticatedClient, job: Job) -> None:
    """Request what is required, answer each prompt, and wait until all have passed."""
    kinds = [kind for kind in job.required_tests if isinstance(kind, TestKind)]
    request(client, job, kinds)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = list_tests.sync(job.id, client=client)
        assert isinstance(found, list), found
        tests = [one for one in found if one.kind in kinds]
        for one in tests:
            if one.prompt:
                confirm(client, job, one.kind, one.prompt.id)
        if all(one.status == TestStatus.PASSED for one in tests):
            return
        time.sleep(0.1)
    raise SystemExit(f"The tests have not passed: {[(one.kind, one.status) for one in tests]}")


def request(client: AuthenticatedClient, job: Job, kinds: list[TestKind]) -> None:
    """A refusal is judged by its status, whatever its code: 409 with Retry-After is tried again."""
    body = TestSelectionRequest(kinds=kinds)
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        answer = request_tests.sync_detailed(
            job.id, client=client, body=body, idempotency_key=str(uuid4())
        )
        if answer.status_code == 202:
            return
        wait = answer.headers.get("Retry-After")
        require(answer.status_code == 409, answer.parsed)
        require(wait, answer.parsed)
        time.sleep(float(str(wait)))
    raise SystemExit("The unit was not configured.")


def confirm(client: AuthenticatedClient, job: Job, kind: TestKind | str, prompt: str) -> None:
    """The prompt may have been answered already: two polls can see the same one."""
    confirm_test.sync(
        job.id,
        str(kind),
        client=client,
        body=ConfirmationRequest(observed=True, prompt=prompt),
        idempotency_key=str(uuid4()),
    )


def drive(client: AuthenticatedClient, job: Job) -> None:
    seen = show_job.sync(job.id, client=client)
    require(seen.access.open_, seen)
    vehicle = seen.vehicle.vehicle_id
    command = send_command.sync(
        vehicle,
        CommandName.LOCK_CENTRAL_LOCK,
        client=client,
        idempotency_key=str(uuid4()),
    )
    require(command.status == "DONE", command)
    state = show_vehicle_state.sync(vehicle, client=client)
    require(state.central_lock.value == "locked", state)


def finish(client: AuthenticatedClient, job: Job) -> None:
    done = finish_job.sync(
        job.id, client=client, body=OutcomeRequest(Outcome.SUCCEEDED, comment="Done.")
    )
    require(done.outcome.outcome == Outcome.SUCCEEDED, done)


def main(url: str, email: str, password: str) -> None:
    client = signed_in(url, email, password)
    account = show_account.sync(client=client)
    require(account.company, account)
    install(client)
    maintain(client)


if __name__ == "__main__":
    main(*sys.argv[1:])
