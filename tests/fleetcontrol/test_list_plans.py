"""What the lists ask the database: few statements, the same for few rows and many, and none that
reads a table through.
"""

from datetime import date, timedelta

import pytest
from django.core.cache import cache

from bench.reading import filters, searches, sorts
from fleetcontrol.tables.vehicles import VehicleTable
from fleetcontrol.views.job_filtering import BY_TIME
from jobs.freshness import ChangeCheck

pytestmark = [pytest.mark.pg, pytest.mark.usefixtures("db")]

LISTS = {
    "jobs/installation/": 6,
    "jobs/maintenance/": 6,
    "templates/": 6,
    "presets/": 6,
    "places/": 6,
    "roll-outs/": 7,
    "partners/": 6,
    "vehicles/": 6,
    "settings/accesses/": 6,
}
CHOOSING = ("company", "installer", "model")  # their chip says the name of what was chosen


@pytest.fixture(scope="module")
def db(crowd):
    """In place of a database of each test's own."""


@pytest.fixture(scope="module")
def look(crowd, browser_of, costs):
    """`look(status="FAILED")`: what the first fleet's list costs, so narrowed."""
    manager = browser_of(crowd.manager)
    return lambda **query: costs(lambda: manager.get(crowd.list_url, query))


@pytest.fixture(autouse=True)
def counted(crowd, look):
    """As it mostly is: no job of the fleet has changed since somebody looked."""

    def by_somebody_else():
        cache.clear()
        ChangeCheck(crowd.fleets[0].pk, "anything").confirm_unchanged()
        look()

    by_somebody_else()
    return by_somebody_else


@pytest.mark.parametrize("place", LISTS)
def test_a_list_costs_the_same_for_few_rows_and_many_and_for_whoever_has_one_fleet_or_forty(
    place, crowd, browser_of, costs
):
    url = f"/fleetcontrol/{crowd.fleets[0].pk}/{place}"
    asked = [
        (browser_of(person), size) for person in (crowd.manager, crowd.roamer) for size in (10, 100)
    ]
    seen = {costs(lambda: browser.get(url, {"page_size": size}))[0] for browser, size in asked}  # noqa: B023 - at once
    assert len(seen) == 1
    assert seen.pop() <= LISTS[place]


def test_the_list_and_its_last_page_read_by_indexes(look):
    for query in (
        {},
        {"cursor": "last"},
        {"status": "RUNNING"},
        {"status": ["RUNNING", "FAILED"]},
        {"page_size": 100, "cursor": "last"},
    ):
        number, through = look(**query)
        assert (through, number <= 6) == ([], True), query


def test_each_filter_reads_by_an_index(crowd, look):
    for name, query in filters(crowd).items():
        number, through = look(**query)
        more = sum(choice in query for choice in CHOOSING)
        more += any(
            time in query for time in BY_TIME
        )  # a page that is not full asks for those without a date as well
        assert (through, number <= 5 + more) == ([], True), name


def test_the_first_look_after_a_change_counts_the_fleet_as_well(crowd, look, counted):
    for query in ({}, {"company": crowd.companies[0].pk}, {"search": "CARGO"}):
        counted()
        usual = look(**query)[0]
        cache.clear()
        assert look(**query) == (usual + 1, []), query


def test_each_offered_order_reads_by_an_index_forwards_and_backwards(look):
    offered = sorts()
    assert {"-vin", "license_plate", "planned_service_date", "-updated_at"} <= set(offered)
    for sort in offered:
        for cursor in ("", "last"):
            number, through = look(sort=sort, cursor=cursor)
            assert (through, number <= 6) == ([], True), sort


def test_each_search_reads_by_an_index(look):
    for name, text in searches().items():
        number, through = look(search=text)
        # One more names the entries of a list that were not found.
        most = 6 if name == "20 VINs" else 5
        assert (through, number <= most) == ([], True), name


EVERYWHERE = {"a plate of many": "CARGO", "a vehicle ID": "V000010", "nobody's": "ZQZQZQ"}


@pytest.mark.parametrize("page", ["search/", "palette/"])
def test_the_search_over_everything_reads_by_indexes(page, crowd, browser_of, costs):
    manager = browser_of(crowd.manager)
    url = f"/fleetcontrol/{crowd.fleets[0].pk}/{page}"
    most = {"search/": 9, "palette/": 10}[page]
    for name, text in (searches() | EVERYWHERE).items():
        number, through = costs(lambda: manager.get(url, {"q": text}))  # noqa: B023 - at once
        assert (through, number <= most) == ([], True), name


def test_a_search_within_filters_reads_by_an_index(crowd, look):
    week_ago = date.today() - timedelta(days=7)
    number, through = look(
        search="CARGO", company=crowd.companies[0].pk, planned_before=week_ago, sort="-vin"
    )
    assert (through, number <= 7) == (
        [],
        True,
    )  # few have a VIN, so those without follow on the same page


def test_the_look_for_changes_reads_by_indexes(crowd, browser_of, costs):
    manager = browser_of(crowd.manager)
    page = manager.get(crowd.list_url, {"search": "CARGO"}).context
    asked = {"search": "CARGO", "live": page["here"], "digest": page["digest"]}
    number, through = costs(
        lambda: manager.get(crowd.list_url, asked, headers={"HX-Request": "true"})
    )
    assert (through, number <= 5) == ([], True)


@pytest.mark.parametrize("by", ["week", "day", "partner", "place", "roll_out"])
def test_the_overview_reads_by_indexes(by, crowd, browser_of, costs):
    manager = browser_of(crowd.manager)
    url = f"/fleetcontrol/{crowd.fleets[0].pk}/overview/"
    number, through = costs(lambda: manager.get(url, {"by": by}))
    assert (through, number <= 8) == ([], True)


VEHICLE_FILTERS = (
    *({}, {"status": "WITHOUT_UNIT"}, {"status": "ARCHIVED"}, {"cursor": "last"}),
    *({"operation_status": ["BROKEN", "GARAGE"]}, {"tag": ["winter", "spring"]}),
    *({"brand": "Fiat"}, {"has_unit": "true"}, {"created_after": date.today()}),
    *({"search": "7919"}, {"search": "V000010"}, {"search": "WVWZZZ1KZAW007919\nB AD 015838"}),
)


@pytest.mark.parametrize("query", VEHICLE_FILTERS, ids=str)
def test_the_list_of_vehicles_reads_by_indexes(query, crowd, browser_of, costs):
    manager = browser_of(crowd.manager)
    number, through = costs(lambda: manager.get(crowd.vehicles_url, query))
    assert (through, number <= 8) == ([], True)


def test_vehicles_of_a_model_are_read_by_an_index_and_so_are_the_choices(crowd, browser_of, costs):
    manager = browser_of(crowd.manager)
    query = {"model": [model.pk for model in crowd.models[:2]]}
    for place in ("", "filter/"):
        number, through = costs(lambda: manager.get(crowd.vehicles_url + place, query))  # noqa: B023
        assert (through, number <= 8) == ([], True), place


def test_each_offered_order_of_vehicles_reads_by_an_index(crowd, browser_of, costs):
    offered = VehicleTable(many=True).offered
    assert offered >= {"vehicle", "vin", "custom_name", "created_at", "updated_at"}
    manager = browser_of(crowd.manager)
    for name in offered:
        for query in ({"sort": name}, {"sort": f"-{name}", "cursor": "last"}):
            number, through = costs(lambda: manager.get(crowd.vehicles_url, query))  # noqa: B023
            assert (through, number <= 7) == ([], True), query


def test_the_measure_itself_sees_a_table_read_through(crowd, costs):
    from jobs.models import Job

    class Answer:
        status_code = 200

    def read_all():
        list(Job.objects.filter(location="Nowhere").values_list("pk"))
        return Answer

    assert len(costs(read_all)[1]) == 1
