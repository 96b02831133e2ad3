"""Units are retired many at a time: the consequence first, then those that can be, and a record of each."""

import pytest

from telematics.models import Custody, Unit, UnitEvent
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory


@pytest.fixture
def url(fleet):
    return f"/fleetcontrol/{fleet.pk}/units/retire/"


@pytest.fixture
def free(fleet):
    return UnitFactory.create_batch(3, fleet=fleet)


@pytest.fixture
def preview(url, manager_client):
    return lambda units=(), **sent: manager_client.get(
        url, {"select": [unit.pk for unit in units], "query": "", **sent}
    )


@pytest.fixture
def confirm(url, manager_client):
    def post(page, **sent):
        shown = page.context
        fields = {"seen": shown["seen"], "select": shown["picked"], "query": shown["query_string"]}
        if shown["everything"]:
            fields["all"] = "1"
        return manager_client.post(url, fields | sent, follow=True)

    return post


def text(answer) -> str:
    return answer.content.decode()


def retired() -> set[str]:
    return set(Unit.objects.filter(retired_at__isnull=False).values_list("pk", flat=True))


def keys(units) -> set[str]:
    return {unit.pk for unit in units}


def test_those_that_can_be_are_retired_and_the_others_have_a_reason(
    preview, confirm, free, fleet, manager, partnership
):
    mounted = VehicleFactory(fleet=fleet, license_plate="B QX 1").unit
    planned, gone = UnitFactory.create_batch(2, fleet=fleet)
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    gone.retire(by=manager)
    Custody.objects.hand_over(free[0].pk, partnership.company, fleet=fleet, by=manager)

    page = preview([*free, mounted, planned, gone])
    assert (page.context["able"], page.context["total"], page.context["held"]) == (3, 6, 1)
    assert {reason: rows.first for reason, rows in page.context["obstacles"]} == {
        "This unit is mounted in a vehicle. Take it out first.": [mounted],
        "This unit is reserved by an open job.": [planned],
        "This unit is retired already.": [gone],
    }
    assert "3 units were retired." in text(confirm(page))
    assert retired() == keys([*free, gone])
    events = UnitEvent.objects.filter(unit__in=free)
    assert {(event.verb, event.seq, event.actor) for event in events} == {("retire", 2, manager)}


def test_all_that_match_are_retired_on_every_page(preview, confirm, fleet, free):
    other = UnitFactory(fleet=fleet, qnr="AB" * 8)
    page = preview(query="search=abab", all="1")
    assert (page.context["able"], page.context["picked"]) == (1, [])
    confirm(page)
    assert retired() == {other.pk}


def test_without_a_selection_all_that_match_are_offered(preview, free):
    page = preview()
    assert page.context["matching"] == 3
    assert "all=1" in text(page)


def test_a_unit_that_is_planned_since_the_preview_is_shown_first(
    preview, confirm, free, fleet, manager
):
    page = preview(free)
    JobFactory(by=manager, fleet=fleet, planned_unit=free[0])
    again = confirm(page)
    assert "changed since your preview" in text(again)
    assert (again.context["able"], retired()) == (2, set())
    confirm(again)
    assert retired() == keys(free[1:])


def test_a_unit_that_matches_only_since_the_preview_is_not_retired_unseen(
    preview, confirm, free, fleet
):
    page = preview(all="1")
    UnitFactory(fleet=fleet)
    assert "changed since your preview" in text(confirm(page))
    assert not retired()


def test_a_form_that_is_sent_twice_retires_once(preview, confirm, free):
    page = preview(free)
    for _n in range(2):
        assert "3 units were retired." in text(confirm(page, shown_as="0" * 26))
    assert UnitEvent.objects.filter(verb="retire").count() == 3


def test_nobody_else_retires_them_and_foreign_ones_are_not_found(
    url, free, other_fleet, preview, viewer_client, outside_manager_client
):
    sent = {"select": [unit.pk for unit in free], "query": "", "seen": ""}
    assert viewer_client.post(url, sent).status_code == 403
    assert outside_manager_client.post(url, sent).status_code == 404
    assert preview([UnitFactory(fleet=other_fleet)]).context["total"] == 0
    assert preview(select="nonsense").status_code == 404
    assert not retired()


@pytest.mark.pg
def test_many_cost_as_many_statements_as_few(preview, confirm, fleet, statements):
    def retire(number: int) -> int:
        page = preview(UnitFactory.create_batch(number, fleet=fleet))
        return statements(lambda: confirm(page))

    assert retire(2) == retire(60)


# --- columns ----------------------------------------------------------------------------------------------------------
def test_columns_are_chosen_kept_and_exported(fleet, free, manager_client):
    units = f"/fleetcontrol/{fleet.pk}/units/"
    assert "Firmware" in text(manager_client.get(units))
    answer = manager_client.post(
        f"{units}columns/", {"order": ["created_at", "vin"], "column": ["created_at"], "save": "1"}
    )
    assert answer.status_code == 302
    page = manager_client.get(units)
    assert [head.label for head in page.context["table"].heads] == ["Unit", "In the fleet since"]
    exported = b"".join(manager_client.get(f"{units}export/csv/")).decode("utf-8-sig")
    assert exported.startswith('"Unit","In the fleet since (')
