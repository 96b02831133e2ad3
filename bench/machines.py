"""The requests of the vehicles benchmark: OneAPI as the machines of a fleet call it."""

import itertools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from bench.browser import Browser, expect, request
from bench.reading import Actions
from bench.world import World

API = "/api/oneapi/v1"
# A client may call 20 times a second. So many take turns that none is refused.
MACHINES = 40
SELECTED = 1_000


class Machines:
    """Clients of the first fleet that call one server in turn."""

    def __init__(self, port: int, tokens: list[str]):
        self.browser = Browser(port)
        self.tokens = itertools.cycle(tokens)

    def call(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Any:
        headers["Authorization"] = f"Bearer {next(self.tokens)}"
        if body:
            headers["Content_Type"] = "application/json"
        sent = request(path, method=method, body=body, **headers)
        return expect(self.browser.send(sent), 200)

    def get(self, path: str, **query: Any) -> Callable[[], Any]:
        return partial(self.call, f"{API}{with_query(path, query)}")

    def write(self, method: str, path: str, body: Any) -> Any:
        return self.call(API + path, method, json.dumps(body).encode())


def with_query(path: str, query: dict[str, Any]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def tokens_of(fleet: Any, number: int = MACHINES) -> list[str]:
    """Access tokens of machines of this fleet, each a client of its own. They are valid for a day."""
    from allauth.idp.oidc.models import Token

    from accounts.models import ApiClient
    from accounts.models.api_client import RIGHTS
    from accounts.models.api_client_queryset import new_secret

    tokens, tomorrow = [], timezone.now() + timedelta(days=1)
    for place in range(number):
        client, _secret = ApiClient.objects.issue(
            fleet=fleet, name=f"Machine {place}", scopes=list(RIGHTS), by=None
        )
        value = new_secret()
        token = Token(type=Token.Type.ACCESS_TOKEN, client=client.client, expires_at=tomorrow)
        token.set_value(value)
        token.set_scopes(list(RIGHTS))
        token.save()
        tokens.append(value)
    return tokens


def filters(world: World) -> dict[str, dict[str, Any]]:
    """The filters of a list of vehicles: values that many have, and values that few have."""
    return {
        "most operate": {"operation_status": "OPERATING"},
        "few are out of service": {"operation_status": "OUT_OF_SERVICE"},
        "tag of many": {"tag": "winter"},
        "tag of few": {"tag": "recall"},
        "tag of none": {"tag": "nothing"},
        "custom field": {"custom_field[depot]": "Depot 7"},
        "custom field of few": {"custom_field[cost_centre]": "77"},
        "two custom fields": {"custom_field[depot]": "Depot 7", "custom_field[cost_centre]": "7"},
        "with a unit": {"has_unit": "true"},
        "without a unit": {"has_unit": "false"},
        "archived": {"archived": "true"},
        "vehicle model": {"vehicle_model_id": world.models[0].pk},
        "model and status": {"vehicle_model_id": world.models[0].pk, "operation_status": "BROKEN"},
        "changed since yesterday": {"changed_after": since(1)},
        "changed since two years ago": {"changed_after": since(730)},
        "archived, changed": {"changed_after": since(30), "tag": "winter"},
    }


def since(days: int) -> str:
    return (timezone.now() - timedelta(days=days)).isoformat()


def searches(fleet: Any) -> dict[str, str]:
    """What is there once, what a fifth of all have, and a unit."""
    from telematics.models import Vehicle

    newest = Vehicle.objects.filter(fleet=fleet, unit__isnull=False).order_by("-created_at").first()
    return {
        "VIN": newest.vin,
        "end of a VIN": newest.vin[-6:],
        "three characters of a fifth": "WVW",
        "three characters of few": newest.vin[6:9],
        "QNR": newest.unit_id,
        "nothing": "QQQQQQ",
    }


def queries(world: World) -> dict[str, dict[str, Any]]:
    """The list in every way it is offered."""
    found = {"list": {}}
    found |= {f"filter: {name}": query for name, query in filters(world).items()}
    found |= {
        f"search: {name}": {"search": text} for name, text in searches(world.fleets[0]).items()
    }
    return found


# Of 10,000 vehicles of a fleet, about ten have these. A page of them is compared with one as long.
OF_FEW = {
    "filter: few are out of service",
    "filter: tag of few",
    "filter: custom field of few",
    "filter: two custom fields",
    "filter: model and status",
    "search: three characters of few",
}


def lists(machines: Machines, world: World) -> Actions:
    """Each list, its first and its last page."""
    actions = {}
    for name, query in queries(world).items():
        if name in OF_FEW:
            query = query | {"limit": 5}
        last = {"cursor": last_page(world.fleets[0], query)}
        actions[name] = machines.get("/vehicles", **query)
        actions[f"last page of {name}"] = machines.get("/vehicles", **query, **last)
    return actions


def last_page(fleet: Any, query: dict[str, Any]) -> str:
    """The cursor of the page at the end, which no answer gives away."""
    from core.web.lists.pages import LAST
    from fleetcontrol.api.lists import Cursors
    from fleetcontrol.api.vehicle_queries import VehicleQuery

    read = VehicleQuery(data=query)
    read.is_valid(raise_exception=True)
    return Cursors(fleet, read).write(LAST)


def one_vehicle(machines: Machines, fleet: Any) -> Actions:
    """Each time another vehicle: so often the state of one is not read, and something changes."""
    cars = vehicles_of(fleet)
    ids = list(itertools.islice(cars, SELECTED))
    number = itertools.count()

    def read(part: str = "") -> Any:
        return machines.get(f"/vehicles/{next(cars)}{part}")()

    def patch() -> Any:
        name = f"Van {next(number)}"
        return machines.write("PATCH", f"/vehicles/{next(cars)}/master-data", {"custom_name": name})

    def bulk() -> Any:
        body = {"vehicle_ids": ids, "set": {"round": str(next(number))}}
        return machines.write("PATCH", "/vehicles/custom-fields", body)

    return {
        "one vehicle": read,
        "state": partial(read, "/state"),
        "PATCH": patch,
        f"custom fields of {SELECTED:,}": bulk,
    }


def vehicles_of(fleet: Any) -> Iterator[str]:
    """Ids of vehicles with a unit, again and again."""
    from telematics.models import Vehicle

    rows = Vehicle.objects.filter(fleet=fleet, unit__isnull=False).order_by("-created_at")
    return itertools.cycle(list(rows.values_list("pk", flat=True)[: 3 * SELECTED]))
