"""Bulk actions on vehicles: the consequence first, then one change of all, never over what nobody has seen."""

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs.models import Job
from telematics.models import Unit, Vehicle, VehicleEvent
from telematics.models.many_edits import ManyEdits
from tests.factories.telematics import VehicleFactory

HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def vehicles(fleet):
    return [VehicleFactory(fleet=fleet, tags=["old"], license_plate=f"B {n}") for n in range(3)]


@pytest.fixture
def bulk(manager_client, at):
    """`bulk("tags", rows, add="x")` → the page with the consequence; `confirm(page)` sends it."""

    def preview(change, rows=(), *, query="", everything=False, **fields):
        sent = {"query": query, "step": "filled", **fields}
        if everything:
            sent["all"] = "1"
        else:
            sent["select"] = [row.pk for row in rows]
        return manager_client.post(at(f"vehicles/bulk/{change}/"), sent)

    return preview


@pytest.fixture
def confirm(manager_client):
    def send(page, **changed):
        form = page.text.partition('class="card wide-form"')[2].partition("</form>")[0]
        sent = {}
        for name, value in HIDDEN.findall(form):
            sent.setdefault(name, []).append(html.unescape(value))
        del sent["csrfmiddlewaretoken"]
        return manager_client.post(page.request["PATH_INFO"], sent | changed)

    return send


def events(verb):
    return VehicleEvent.objects.filter(verb=verb).order_by("vehicle")


# --- what each does -----------------------------------------------------------------------------------------------
def test_tags_are_added_and_removed_and_others_stay(
    bulk, confirm, vehicles, manager, manager_client, at
):
    Vehicle.objects.filter(pk=vehicles[0].pk).update(tags=["kept", "winter"])
    page = bulk("tags", vehicles, add="winter\nnew", remove="old", reason="Season")
    assert page.context["lines"] == [
        ("Tag “new” is added", 3),
        ("Tag “winter” is added", 2),
        ("Tag “old” is removed", 2),
    ]
    assert not events("set_tags").exists(), "a preview changes nothing"
    answer = confirm(page)
    assert answer.status_code == 302
    tags = list(Vehicle.objects.order_by("license_plate").values_list("tags", flat=True))
    assert tags == [["kept", "new", "winter"], ["new", "winter"], ["new", "winter"]]
    [event, *_] = kept = list(events("set_tags"))
    assert len(kept) == 3
    assert (event.actor, event.channel, event.reason) == (manager, "fleetcontrol", "Season")
    assert {one.seq for one in kept} == {2}
    inspect = manager_client.get(at(f"vehicles/{vehicles[0].pk}/"))
    assert "Reason: Season" in inspect.text


def test_custom_fields_are_set_and_removed_and_what_is_replaced_is_counted(bulk, confirm, vehicles):
    first, second, _third = vehicles
    Vehicle.objects.filter(pk=first.pk).update(custom_fields={"centre": "1", "kept": "x"})
    Vehicle.objects.filter(pk=second.pk).update(custom_fields={"centre": "2", "gone": "y"})
    page = bulk("custom-fields", vehicles, set_name=["centre"], set_value=["2"], remove="gone")
    assert page.context["lines"] == [
        ("“centre” is added: 2", 1),
        ("“centre” is replaced by: 2", 1),
        ("“gone” is removed", 1),
    ]
    confirm(page)
    fields = [Vehicle.objects.get(pk=one.pk).custom_fields for one in vehicles]
    assert fields == [{"centre": "2", "kept": "x"}, {"centre": "2"}, {"centre": "2"}]


def test_the_operation_status_is_set_with_its_remark_and_time(bulk, confirm, vehicles):
    Vehicle.objects.filter(pk=vehicles[0].pk).update(operation_status="GARAGE")
    page = bulk("status", vehicles, operation_status="GARAGE", remark="Tyres")
    assert page.context["lines"] == [
        ("Operating → In the garage", 2),
        ("Only the remark changes", 1),
    ]
    confirm(page)
    rows = Vehicle.objects.order_by("license_plate")
    assert {(row.operation_status, row.operation_status_remark) for row in rows} == {
        ("GARAGE", "Tyres")
    }
    assert [row.operation_status_changed_at is None for row in rows] == [True, False, False]


def test_archiving_names_what_is_held_and_what_is_pending_and_frees_the_units(
    bulk, confirm, vehicles, fleet, manager, assigned_job
):
    free, held, bare = vehicles
    held_by = Job.objects.filter(pk=assigned_job.pk)
    held_by.update(vehicle=held)
    pending = Job.objects.create_by(
        manager, fleet=fleet, kind=Job.Kind.MAINTENANCE, vehicle=free, task="SERVICE"
    )
    bare.unmount()
    page = bulk("archive", vehicles)
    assert page.context["able"] == 2
    assert page.context["lines"] == [("Taken out of the fleet", 2), ("Units back in stock", 1)]
    [(reason, named)] = page.context["obstacles"]
    assert "assigned or running job" in reason
    assert named.first == [held]
    assert page.context["pending"].first == [pending]
    assert f"jobs/{pending.pk}/" in page.text
    confirm(page)
    assert set(Vehicle.objects.archived()) == {free, bare}
    assert Unit.objects.in_stock().filter(pk=free.unit_id).exists()
    event = events("archive").get(vehicle=free)
    assert event.data == {"unit": None, "before": free.unit_id}


def test_an_archived_vehicle_is_left_out_with_the_reason(bulk, vehicles):
    vehicles[0].archive()
    page = bulk("tags", vehicles, add="x")
    [(reason, named)] = page.context["obstacles"]
    assert (reason, named.first) == ("This vehicle is archived.", [vehicles[0]])
    assert page.context["able"] == 2


# --- everything that matches ----------------------------------------------------------------------------------
def test_everything_that_matches_is_changed_on_every_page(bulk, confirm, vehicles, fleet):
    other = VehicleFactory(fleet=fleet, tags=["else"])
    page = bulk("tags", query="tag=old&page_size=10", everything=True, add="x")
    assert page.context["able"] == 3
    confirm(page)
    tags = dict(Vehicle.objects.values_list("pk", "tags"))
    assert tags.pop(other.pk) == ["else"]
    assert list(tags.values()) == [["old", "x"]] * 3


def test_a_vehicle_that_matches_only_since_the_preview_is_not_changed_unseen(
    bulk, confirm, vehicles, fleet
):
    page = bulk("tags", query="tag=old", everything=True, add="x")
    VehicleFactory(fleet=fleet, tags=["old"])
    again = confirm(page)
    assert "changed since your preview" in again.text
    assert again.context["able"] == 4
    assert not events("set_tags").exists()
    assert confirm(again).status_code == 302


@pytest.mark.parametrize(
    ("change", "fields", "theirs"),
    [
        ("status", {"operation_status": "GARAGE"}, {"operation_status": "BROKEN"}),
        ("status", {"operation_status": "GARAGE"}, {"operation_status_remark": "theirs"}),
        ("custom-fields", {"set_name": ["a"], "set_value": ["1"]}, {"custom_fields": {"a": "2"}}),
        ("tags", {"remove": "old"}, {"tags": []}),
        ("archive", {}, {"unit": None}),
    ],
)
def test_what_others_wrote_since_the_preview_is_shown_before_it_is_replaced(
    change, fields, theirs, bulk, confirm, vehicles
):
    page = bulk(change, vehicles, **fields)
    Vehicle.objects.filter(pk=vehicles[0].pk).update(**theirs)
    again = confirm(page)
    assert "changed since your preview" in again.text
    assert not VehicleEvent.objects.exists()
    assert confirm(again).status_code == 302


def test_a_change_of_something_else_does_not_stop_it(bulk, confirm, vehicles):
    page = bulk("custom-fields", vehicles, set_name=["a"], set_value=["1"])
    Vehicle.objects.filter(pk=vehicles[0].pk).update(custom_fields={"b": "2"}, tags=["other"])
    assert confirm(page).status_code == 302
    mine = Vehicle.objects.get(pk=vehicles[0].pk)
    assert (mine.custom_fields, mine.tags) == ({"a": "1", "b": "2"}, ["other"])


def test_a_form_that_is_sent_twice_changes_once(bulk, confirm, vehicles):
    page = bulk("tags", vehicles, add="x")
    assert [confirm(page).status_code for _n in range(2)] == [302, 302]
    assert events("set_tags").count() == 3


# --- forms --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "fields", "text"),
    [
        ("tags", {}, "Enter a tag to add or to remove."),
        ("tags", {"add": "x", "remove": "x"}, "cannot be added and removed at once"),
        ("tags", {"add": "x" * 51}, "Use at most 50 characters."),
        ("custom-fields", {}, "Enter a custom field to set or to remove."),
        ("custom-fields", {"remove": "x" * 51}, "Use at most 50 characters."),
        ("status", {"operation_status": "FLYING"}, "FLYING"),
        ("status", {}, "This field is required."),
    ],
)
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(change, fields, text, bulk, vehicles):
    page = bulk(change, vehicles, **fields)
    assert page.status_code == 200
    assert text in page.text
    assert page.context["step"] == "filled"


def test_back_from_the_consequence_keeps_what_was_typed(bulk, confirm, vehicles):
    page = confirm(bulk("tags", vehicles, add="winter", reason="Season"), again="1")
    assert page.context["step"] == "filled"
    assert "winter</textarea>" in page.text
    assert 'value="Season"' in page.text


def test_without_a_selection_all_that_match_are_offered(manager_client, at, vehicles):
    page = manager_client.post(at("vehicles/bulk/tags/"), {"query": ""})
    assert "No vehicle is selected." in page.text
    assert "Select all 3 vehicles that match" in page.text


def test_too_many_are_refused_in_words(bulk, vehicles, monkeypatch):
    monkeypatch.setattr("fleetcontrol.views.vehicle_bulk.BulkVehicles.most", 2)
    assert "At most 2 are changed at once" in bulk("tags", vehicles, add="x").text


# --- who ----------------------------------------------------------------------------------------------------------
def test_nobody_else_changes_them_and_foreign_ones_are_not_found(
    bulk, confirm, outsiders, at, vehicles, other_fleet
):
    foreign = VehicleFactory(fleet=other_fleet)
    page = bulk("tags", [*vehicles, foreign], add="x")
    assert page.context["total"] == 3
    url = at("vehicles/bulk/archive/")
    for client, expected in outsiders.items():
        assert client.post(url, {"select": [vehicles[0].pk]}).status_code == expected
    assert bulk("nonsense", vehicles).status_code == 404


def test_a_viewer_has_no_boxes_and_an_archived_list_has_none(
    viewer_client, manager_client, at, vehicles
):
    url = at("vehicles/")
    assert 'name="select"' in manager_client.get(url).text
    assert 'name="select"' not in viewer_client.get(url).text
    vehicles[0].archive()
    assert 'name="select"' not in manager_client.get(f"{url}?status=ARCHIVED").text


# --- cost ---------------------------------------------------------------------------------------------------------
@pytest.mark.pg
@pytest.mark.parametrize("change", ["tags", "archive"])
def test_many_cost_as_many_statements_as_few(change, fleet, manager):
    from telematics.models.bulk_changes import Archive, ChangeTags

    def cost(number):
        rows = [VehicleFactory(fleet=fleet) for _n in range(number)]
        chosen = Vehicle.objects.filter(pk__in=[row.pk for row in rows])
        made = Archive() if change == "archive" else ChangeTags(["x"])
        with CaptureQueriesContext(connection) as captured:
            outcome = ManyEdits(chosen, made).apply(manager, fleet=fleet)
        assert outcome.changed == number
        return len(captured)

    assert cost(2) == cost(40)
