"""What nobody types and somebody sends: each page of a fleet answers it as a page, on either database."""

from urllib.parse import quote

import pytest

from tests.factories.accounts import FleetFactory, FleetMembershipFactory

NONSENSE = ["9" * 30, "-1", "²", "x" * 3000, "%' OR 1=1 --", "\u202e"]
ASKED = {
    "search/": ("q",),
    "palette/": ("q",),
    "partners/": ("search", "status", "sort", "cursor", "page_size", "columns"),
    "vehicles/": ("search", "status", "sort", "cursor", "page_size", "columns"),
}
WRITTEN = {
    "vehicles/new/": (
        "license_plate",
        "vin",
        "unit",
        "vehicle_model",
        "year_of_production",
        "follow",
        "tracking",
    ),
    "partners/invite/": ("email", "fleets"),
    "settings/users/invite/": ("email", "role"),
}


def statuses(ask, path, queries) -> set[int]:
    return {ask(path, query).status_code for query in queries}


@pytest.mark.parametrize("path", ASKED)
def test_a_page_asked_for_with_nonsense_is_a_page(manager_client, at, partnership, path):
    queries = [{name: sent} for name in ASKED[path] for sent in NONSENSE]
    assert statuses(manager_client.get, at(path), queries) == {200}


@pytest.mark.parametrize("path", ["partners/", "vehicles/"])
def test_whoever_looks_again_with_nonsense_is_shown_what_there_is(
    manager_client, at, partnership, path
):
    looks = [{"live": sent} for sent in NONSENSE] + [
        {"live": "", "moved": f"{sent},{sent}"} for sent in NONSENSE
    ]
    assert statuses(manager_client.get, at(path), looks) == {200}


def test_inspect_shows_no_more_of_a_part_than_there_can_be(manager_client, at, configured_job):
    queries = [{part: sent} for part in ("jobs", "accesses", "commands") for sent in NONSENSE]
    assert statuses(manager_client.get, at(f"vehicles/{configured_job.vehicle_id}/"), queries) == {
        200
    }


@pytest.mark.parametrize("sent", [*NONSENSE, "\0"])
def test_what_has_no_such_name_is_not_found(fleet_admin_client, at, sent):
    paths = [
        at("partners/{}/"),
        at("vehicles/{}/"),
        at("vehicles/{}/unit/swap/"),
        at("settings/users/{}/role/"),
    ]
    for path in [*paths, "/accounts/notices/{}/", "/accounts/notices/off/{}/"]:
        assert fleet_admin_client.get(path.format(quote(sent, safe=""))).status_code == 404, path


@pytest.mark.parametrize("path", WRITTEN)
def test_a_form_filled_in_with_nonsense_says_what_is_wrong_or_saves(
    fleet_admin_client, fleet_admin, fleet, at, path
):
    # Who works in two fleets chooses between them.
    second = FleetFactory(provider=fleet.provider)
    FleetMembershipFactory(user=fleet_admin, fleet=second, role="ADMIN")
    forms = [{name: sent} for name in WRITTEN[path] for sent in NONSENSE]
    assert statuses(fleet_admin_client.post, at(path), forms) <= {200, 302}
