"""The requests of the list benchmark that change one job: each time another one, so that each time
something happens.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from urllib.parse import urlencode

from bench.browser import Browser, expect, request
from bench.reading import Actions
from bench.world import World

API = "/api/smartcontrol/v1/jobs"
TOKEN = "c" * 32  # any will do, as long as cookie and form have the same one


def moving_actions(port: int, world: World, sessions: dict[Any, str]) -> Actions:
    """`take` and `finish` go on from each other: finished is what was taken before."""
    waiting, taken, browser = waiting_jobs(world), [], Browser(port)
    session = sessions[world.installers[0]]
    outcome = json.dumps({"outcome": "FAILED", "comment": "The car was not there."}).encode()

    def take() -> None:
        taken.append(next(waiting))
        expect(browser.send(_post(f"{API}/{taken[-1]}/assignment/", session)), 200)

    def finish() -> None:
        if not taken:
            take()
        expect(browser.send(_post(f"{API}/{taken.pop(0)}/outcome/", session, outcome)), 200)

    return {
        "take": take,
        "finish": finish,
        "create": creating(browser, world, sessions[world.manager]),
    }


def creating(browser: Browser, world: World, session: str) -> Callable[[], Any]:
    """A job by the manager's form."""
    form = {
        "csrfmiddlewaretoken": TOKEN,
        "custom_name": "Bench",
        "vehicle_model": world.models[0].pk,
    }
    written = request(
        f"/fleetcontrol/{world.fleets[0].pk}/jobs/new/",
        method="POST",
        body=urlencode(form).encode(),
        Cookie=f"sessionid={session}; csrftoken={TOKEN}",
        Content_Type="application/x-www-form-urlencoded",
    )
    return lambda: expect(browser.send(written), 302)


def waiting_jobs(world: World) -> Iterator[str]:
    from jobs.models import Job

    jobs = Job.objects.filter(company=world.companies[0], status=Job.Status.ASSIGNED)
    return iter(jobs.order_by("-pk").values_list("pk", flat=True)[:5_000])


def takes_at_once(port: int, world: World, sessions: dict[Any, str]) -> list[int]:
    """Everybody wants the same job in the same moment: what each is answered."""
    from jobs.models import Job

    wanted = (
        Job.objects.filter(company=world.companies[0], status=Job.Status.ASSIGNED)
        .order_by("pk")
        .first()
    )
    line = Barrier(len(world.rivals))

    def take(person: Any) -> int:
        browser = Browser(port)
        call = _post(f"{API}/{wanted.pk}/assignment/", sessions[person])
        line.wait(30)
        return browser.send(call).status

    with ThreadPoolExecutor(len(world.rivals)) as threads:
        return list(threads.map(take, world.rivals))


def _post(path: str, session: str, body: bytes = b"{}") -> bytes:
    headers = {"X_Session_Token": session, "Content_Type": "application/json"}
    return request(path, method="POST", body=body, **headers)
