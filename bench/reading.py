"""The requests of the list benchmark that only read: the list in every way it is offered, the
phone's, the operators'.
"""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from bench.browser import Browser, expect, request
from bench.world import World

Actions = dict[str, Callable[[], Any]]
LIVE = re.compile(r'data-live="([^"]*)"')


class Reader:
    """One person's requests to one server."""

    def __init__(self, port: int, session: str):
        self.browser, self.session = Browser(port), session

    def page(self, path: str, **query: Any) -> Callable[[], Any]:
        return self._request(
            f"{path}?{urlencode(query)}" if query else path, Cookie=f"sessionid={self.session}"
        )

    def poll(self, path: str) -> Callable[[], Any]:
        """The check for changes of an open page."""
        address = LIVE.search(self.page(path)().body.decode())
        return self._request(
            path + html.unescape(address[1]),
            204,
            Cookie=f"sessionid={self.session}",
            HX_Request="true",
        )

    def api(self, path: str, **query: Any) -> Callable[[], Any]:
        return self._request(
            f"{path}?{urlencode(query)}" if query else path, X_Session_Token=self.session
        )

    def _request(self, path: str, status: int = 200, **headers: str) -> Callable[[], Any]:
        wanted, send = request(path, **headers), self.browser.send
        return lambda: expect(send(wanted), status)


def filters(world: World) -> dict[str, dict[str, Any]]:
    """Filters of a list: values that are frequent and values that are rare."""
    today, week = date.today(), timedelta(days=7)  # noqa: DTZ011 - near enough
    return {
        "status Succeeded": {"status": "SUCCEEDED"},
        "status Running": {"status": "RUNNING"},
        "company with many jobs": {"company": world.companies[0].pk},
        "company with few jobs": {"company": world.companies[-1].pk},
        "company and status": {"company": world.companies[0].pk, "status": "FAILED"},
        "installer": {"installer": world.people[0].pk},
        "vehicle model": {"model": world.models[0].pk},
        "planned this week": {"planned_after": today, "planned_before": today + week},
        "planned until last year": {"planned_before": today - 52 * week},
        "created this week": {"created_after": today - week},
        "overdue": {"overdue": "on"},
        "differs from plan": {"differs": "on"},
        "two companies": {"company": [company.pk for company in world.companies[:2]]},
        "reason": {"reason": ["PARTS_MISSING", "OTHER"]},
        "failed without a follow-up": {"to_follow_up": "on"},
        "untouched for a week": {"untouched": 7},
        "running for a day": {"running_for": 1},
        "asked back": {"asked_back": "on"},
        "refused": {"refused": "on"},
    }


def searches() -> dict[str, str]:
    """What is there once, what a fifth of all have, a number of the first fleet, and a pasted list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT vin FROM jobs_job WHERE vin <> '' ORDER BY id DESC LIMIT 20")
        vins = [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT max(number) FROM jobs_job")
        number = cursor.fetchone()[0]
    return {
        "end of a VIN": vins[0][-6:],
        "three characters of a fifth of all": "WVW",
        "job number": f"AAA-{number}",
        "20 VINs": "\n".join(vins),
    }


def sorts() -> list[str]:
    """Each offered column, up and down."""
    from fleetcontrol.tables.jobs import InstallationJobTable

    offered = InstallationJobTable(many=True).offered
    return sorted(offered) + sorted(f"-{name}" for name in offered)


def list_actions(reader: Reader, path: str, world: World) -> Actions:
    """The list, and every filter and order of it."""
    page = partial(reader.page, path)
    actions = {"list": page(), "last page": page(cursor="last")}
    actions |= {f"filter: {name}": page(**query) for name, query in filters(world).items()}
    actions |= {f"search: {name}": page(search=text) for name, text in searches().items()}
    actions |= {f"sort: {name}": page(sort=name) for name in sorts()}
    return actions | {"sort: last page by plate": page(sort="license_plate", cursor="last")}


def phone_actions(reader: Reader) -> Actions:
    path = "/api/smartcontrol/v1/jobs/"
    actions = {"phone": reader.api(path), "phone of DRF": reader.api("/bench/drf/jobs/")}
    actions |= {
        f"phone: {name}": reader.api(path, category=name)
        for name in ("available", "mine", "running", "finished")
    }
    searching = {
        f"phone: {name}": reader.api(path, search=" ".join(text.split())[:100])
        for name, text in searches().items()
    }
    return actions | searching | {"phone: counts": reader.api(f"{path}counts/")}


def operators_actions(reader: Reader) -> Actions:
    page = partial(reader.page, "/admin/jobs/job/")
    return {"operators' list": page()} | {
        f"operators: {name}": page(q=text) for name, text in searches().items()
    }
