"""The routes of the matrix: every one of the URL resolver, with what its parameters name.

A parameter names a thing of the scene, or it is a word. One that is in neither table fails `test_every_route_is_known`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django.urls import NoReverseMatch, URLResolver, get_resolver, resolve, reverse

from fleetcontrol.api.document import OneApiDocument
from installers.api.views.document import SmartControlDocument

METHODS = ("get", "head", "options", "post", "put", "patch", "delete")
# What an object parameter names, wherever it is. `pk`, `id` and `token` depend on the route: below.
THINGS = {
    "fleet_id": "fleet",
    "job_id": "job",
    "partnership_id": "partnership",
    "photo_id": "photo",
    "access_id": "access",
    "run_id": "run",
    "import_id": "import",
    "vehicle_id": "vehicle",
    "client_id": "api_client",
    "consumer_id": "event_consumer",
    "delivery_id": "event_delivery",
    "qnr": "unit",
}
# The beginning of a route's name, and the parameter there. The first that fits is taken.
THINGS_OF_ROUTES = [
    ("fleetcontrol:template", "pk", "template"),
    ("fleetcontrol:preset", "pk", "preset"),
    ("fleetcontrol:place", "pk", "place"),
    ("fleetcontrol:roll_out", "pk", "roll_out"),
    ("fleetcontrol:user-invitation", "pk", "fleet_invitation"),
    ("fleetcontrol:user-", "pk", "fleet_member"),
    ("installers:user_", "pk", "company_member"),
    ("installers:invitation_", "pk", "company_invitation"),
    ("installers:client_", "pk", "partnership"),
    ("installers:job", "pk", "job"),
    ("installers:company_email", "token", "company_token"),
    ("smartcontrol-api:command", "command", "command"),
    ("smartcontrol-api:", "id", "job"),
    ("oneapi:command", "id", "command"),
    ("notifications_off", "token", "unsubscribe_token"),
    ("notification", "pk", "notification"),
    ("invitation", "token", "token"),
    ("session_end", "pk", "session"),
    ("mfa_", "pk", "security_key"),
]
# Parameters that name no thing, with the words to try.
WORDS = {
    "action": ("assign", "edit", "roll_out", "handback", "again", "delete", "nonsense"),
    "change": ("tags", "place", "custom-fields", "status", "archive", "nonsense"),
    "app_label": ("accounts", "jobs"),
    "code": ("not_found", "nonsense"),
    "content_type_id": ("1",),
    "id": ("01J0000000000000000000000N",),  # a vehicle model: everybody's
    "key": ("nonsense",),
    "kind": ("installation", "maintenance", "CONNECTIVITY", "feed", "webhook", "nonsense"),
    "language": ("de", "nonsense"),
    "name": ("template", "smartcontrol", "request-vehicle-state", "nonsense"),
    "object_id": ("1",),
    "page": ("/", "simulatedunit/"),
    "uidb36": ("1",),
    "url": ("nonsense",),
    "what": ("units", "vehicles", "companies"),
}


# A page of the operators about one row: app and model.
ROW_OF_ADMIN = re.compile(r"admin/(\w+/\w+)/<path:object_id>/")


@dataclass(frozen=True)
class Route:
    name: str
    pattern: str
    parameters: tuple[str, ...]
    callback: Any
    # What each parameter names; None for a word.
    kinds: tuple[str | None, ...] = ()

    @property
    def site(self) -> str:
        return self.name.partition(":")[0] if ":" in self.name else ""

    @property
    def view(self) -> Any:
        return getattr(self.callback, "view_class", getattr(self.callback, "cls", None))

    @cached_property
    def methods(self) -> tuple[str, ...]:
        """What the view handles; a plain function may handle everything."""
        if self.view is None or self.site == "admin":
            return ("get", "post")
        allowed = {name.lower() for name in self.view.http_method_names}
        if self.site not in DOCUMENTS:
            allowed.discard("put")  # of Django's form views, which is their POST
        allowed -= {"head", "options"}  # the same as GET, and what every view has
        return tuple(name for name in METHODS if name in allowed and hasattr(self.view, name))

    def url(self, values: tuple[str, ...]) -> str | None:
        """The URL; None for words that no such URL has."""
        given = dict(zip(self.parameters, values, strict=True))
        if "None" in self.name:  # the admin site has routes without a name
            return "/" + re.sub(r"<\w+:(\w+)>", lambda found: given[found[1]], self.pattern)
        try:
            return reverse(self.name, kwargs=given)
        except NoReverseMatch:
            return None


def walk(resolver: URLResolver | None = None, before: str = "", space: str = "") -> Iterator[Route]:
    """Every route of the product, also those of its libraries."""
    for one in (resolver or get_resolver()).url_patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from walk(one, pattern, space + (f"{one.namespace}:" if one.namespace else ""))
        else:
            found = re.findall(r"<(?:\w+:)?(\w+)>", pattern)
            yield Route(f"{space}{one.name}", pattern, tuple(found), one.callback)


class Unknown(Exception):
    """Something that the matrix cannot try, and what to declare so that it can."""


def kind_of(route: Route, parameter: str) -> str | None:
    """What a parameter of a route names; None for a word."""
    if found := ROW_OF_ADMIN.match(route.pattern):
        return f"row {found[1]}"
    for beginning, name, kind in THINGS_OF_ROUTES:
        if parameter == name and route.name.startswith(beginning):
            return kind
    if parameter in THINGS:
        return THINGS[parameter]
    if parameter in WORDS:
        return None
    raise Unknown(
        f"The route {route.name} ({route.pattern}) takes “{parameter}”. Declare in tests/matrix/routes.py what it "
        "names: in THINGS or THINGS_OF_ROUTES the kind of thing (tests/matrix/tenants.py makes one for each tenant), "
        "or in WORDS the words to try."
    )


def routes() -> list[Route]:
    """Every route with what its parameters name. Raises Unknown."""
    return [
        replace(route, kinds=tuple(kind_of(route, name) for name in route.parameters))
        for route in walk()
    ]


def unknown_routes() -> list[str]:
    found = []
    for route in walk():
        for name in route.parameters:
            try:
                kind_of(route, name)
            except Unknown as unknown:
                found.append(str(unknown))
    return found


# --- the OpenAPI documents --------------------------------------------------------------------------------------------
DOCUMENTS = {"smartcontrol-api": SmartControlDocument, "oneapi": OneApiDocument}
# Of an API, but no operation of it.
NO_OPERATIONS = ("schema", "nothing")
SAMPLES = {
    "id": "01J0000000000000000000000N",
    "photo_id": "01J0000000000000000000000N",
    "job_id": "01J0000000000000000000000N",
    "import_id": "01J0000000000000000000000N",
    "kind": "CONNECTIVITY",
}


def operations() -> Iterator[tuple[str, str, dict, dict]]:
    """Route and method of each operation of both documents, with the operation and its document."""
    for view in DOCUMENTS.values():
        document = view.document()
        root = urlsplit(document["servers"][0]["url"]).path.rstrip("/")
        for path, methods in document["paths"].items():
            if path.startswith("/_allauth/"):
                continue  # the library's, by which an app signs in
            url = re.sub(r"{(\w+)}", lambda name: SAMPLES.get(name[1], "ABCDE"), path)
            for method, operation in methods.items():
                yield resolve(f"{root}{url}").view_name, method, operation, document


def operations_of_documents() -> set[tuple[str, str]]:
    return {(name, method) for name, method, _operation, _document in operations()}


def queries_of_documents() -> dict[str, set[str]]:
    """Route → the names of its query."""
    found: dict[str, set[str]] = {}
    for name, _method, operation, _document in operations():
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                found.setdefault(name, set()).add(parameter["name"])
    return found


def bodies_of_documents() -> dict[tuple[str, str], dict[str, Any]]:
    """Route and method → the example of its body, with every property of its schema."""
    found = {}
    for name, method, operation, document in operations():
        for body in operation.get("requestBody", {}).get("content", {}).values():
            found[name, method] = example(document, body)
    return found


def example(document: dict, body: dict) -> dict[str, Any]:
    first: dict = next(iter(body.get("examples", {}).values()), {})
    schema = body["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].split("/")[-1]]
    return dict.fromkeys(schema.get("properties", {}), "") | first.get("value", {})


def operations_of_resolver() -> set[tuple[str, str]]:
    return {
        (route.name, method)
        for route in walk()
        if route.site in DOCUMENTS and route.name.partition(":")[2] not in NO_OPERATIONS
        for method in route.methods
    }
