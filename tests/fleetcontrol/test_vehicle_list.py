"""The table of vehicles: filters of several values, columns, order, saved views, the export."""

import csv
import io

import pytest
from django.http import QueryDict
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import SavedView, TablePreference
from core.values.days import LAST_DAY
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory


@pytest.fixture
def url(fleet):
    return reverse("fleetcontrol:vehicles", args=[fleet.pk])


@pytest.fixture
def shown(manager_client, url):
    def ids(query=""):
        page = manager_client.get(f"{url}?{query}")
        assert page.status_code == 200
        return {line.id for line in page.context["table"].lines}

    return ids


@pytest.fixture
def vehicles(fleet):
    """Three that differ in everything a filter can name."""
    audi = VehicleModelFactory(brand="Audi", model="A3")
    seat = VehicleModelFactory(brand="SEAT", model="Leon")
    return [
        VehicleFactory(fleet=fleet, vehicle_model=audi, tags=["summer"], license_plate="B A 1"),
        VehicleFactory(
            fleet=fleet,
            vehicle_model=seat,
            tags=["summer", "winter"],
            operation_status="GARAGE",
            custom_fields={"Depot": "Mitte", "Opens: at": "7:30"},
            license_plate="B B 2",
        ),
        VehicleFactory(
            fleet=fleet,
            vehicle_model=None,
            brand="Fiat",
            model="500",
            tags=["Süd, West"],
            custom_fields={"Depot": "Süd", "Cost centre": "Mitte"},
            operation_status="BROKEN",
            unit=None,
            license_plate="B C 3",
        ),
    ]


# --- filters ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tag=winter", [1]),
        ("tag=winter&tag=S%C3%BCd, West", [1, 2]),
        ("operation_status=GARAGE&operation_status=BROKEN", [1, 2]),
        ("custom_field=Depot: Mitte", [1]),
        ("custom_field=depot: Mitte", []),
        ("custom_field=Depot:Mitte&custom_field=Depot: Süd", [1, 2]),
        ("custom_field=Opens: at: 7:30", [1]),
        ("custom_field=Mitte", []),
        ("custom_field=Depot:", []),
        ("brand=Audi&brand=Fiat", [0, 2]),
        ("has_unit=true", [0, 1]),
        ("has_unit=false", [2]),
        ("tag=summer&operation_status=GARAGE", [1]),
        ("created_after=2020-01-01", [0, 1, 2]),
        ("created_before=2020-01-01", []),
        ("tag=&brand=", [0, 1, 2]),
        ("tag=nobody", []),
    ],
)
def test_a_filter_takes_several_values_of_which_one_must_apply(query, expected, shown, vehicles):
    assert shown(query) == {vehicles[n].pk for n in expected}


def test_models_filter_and_only_those_of_the_fleet_are_offered(
    shown, manager_client, url, vehicles
):
    audi, seat, _none = vehicles
    foreign = VehicleFactory(vehicle_model=VehicleModelFactory(brand="Elsewhere", model="X"))
    both = f"model={audi.vehicle_model_id}&model={seat.vehicle_model_id}"
    assert shown(f"model={audi.vehicle_model_id}") == {audi.pk}
    assert shown(both) == {audi.pk, seat.pk}
    assert shown(f"model={foreign.vehicle_model_id}") == set()
    offered = manager_client.get(f"{url}filter/?{both}").text
    assert "SEAT Leon" in offered
    assert "Elsewhere" not in offered
    assert offered.count("checked") == 2


@pytest.mark.parametrize(
    "wrong",
    [
        "operation_status=FLYING",
        "operation_status=GARAGE&operation_status=FLYING",
        f"tag={'x' * 51}",
        "model=nonsense",
        "has_unit=maybe",
        f"created_after={LAST_DAY.year + 1}-01-01",
    ],
)
def test_a_value_that_cannot_be_shows_nothing_and_a_chip_that_removes_it(
    wrong, shown, manager_client, url, vehicles
):
    assert shown(wrong) == set()
    [*_, chip] = manager_client.get(f"{url}?{wrong}").context["chips"]
    assert chip["remove_url"]


def test_each_value_has_a_chip_that_removes_it_alone(manager_client, url, vehicles):
    page = manager_client.get(f"{url}?tag=summer&tag=winter&operation_status=GARAGE&sort=vin")
    chips = page.context["chips"]
    seen = {(chip["label"], chip["value"]) for chip in chips}
    assert seen == {
        ("Tag", "summer"),
        ("Tag", "winter"),
        ("Operation status", "In the garage"),
    }
    [summer] = [chip for chip in chips if chip["value"] == "summer"]
    left = QueryDict(summer["remove_url"].partition("?")[2])
    assert left.getlist("tag") == ["winter"]
    assert left.getlist("operation_status") == ["GARAGE"]
    assert left["sort"] == "vin"


def test_the_dialog_keeps_what_is_typed_and_suggests_what_the_fleet_has(
    manager_client, url, vehicles
):
    page = manager_client.get(f"{url}filter/?tag=winter&tag=other&status=ARCHIVED").text
    assert 'value="winter"' in page
    assert 'value="other"' in page
    assert '<option value="Süd, West">' in page
    assert '<option value="Fiat">' in page
    assert '<option value="Depot: Mitte">' in page
    assert '<input type="hidden" name="status" value="ARCHIVED">' in page


# --- search -------------------------------------------------------------------------------------------------------
def test_a_pasted_list_finds_plates_ids_and_units_and_names_what_is_not_there(
    manager_client, url, vehicles
):
    first, second, third = vehicles
    pasted = f"{first.license_plate}\n{second.unit_id}\n{third.pk}\nB ZZ 9"
    page = manager_client.get(url, {"search": pasted})
    assert {line.id for line in page.context["table"].lines} == {one.pk for one in vehicles}
    assert page.context["not_found"] == ["B ZZ 9"]
    assert "1 entry was not found" in page.text


def test_a_search_and_a_tab_keep_all_values_of_a_filter(manager_client, url, vehicles):
    page = manager_client.get(f"{url}?tag=a&tag=b")
    assert page.text.count('<input type="hidden" name="tag"') == 2
    assert all("tag=a&tag=b" in tab["url"] for tab in page.context["tabs"])


# --- columns, order, saved views ----------------------------------------------------------------------------------
@pytest.fixture
def pool(fleet, manager):
    """Two with a unit, one without, one archived; all have a tag and a name in common."""
    common = {"fleet": fleet, "tags": ["pool"]}
    pool = [VehicleFactory(**common, custom_name=f"Pool car {n}") for n in range(4)]
    pool[2].unmount()
    pool[3].archive()
    VehicleFactory(fleet=fleet, custom_name="Another")
    return pool


def counts(page) -> list[str]:
    """Those in the fleet, without a unit, archived."""
    return [str(tab["count"]) for tab in page.context["tabs"]]


@pytest.mark.parametrize("query", ["tag=pool", "search=poolcar", "tag=pool&search=car&live="])
def test_a_filter_counts_what_it_finds_in_each_tab(query, manager_client, url, pool):
    page = manager_client.get(f"{url}?{query}")
    assert counts(page) == ["3", "1", "1"]


@pytest.mark.parametrize(
    ("tab", "expected"), [("", [0, 1, 2]), ("WITHOUT_UNIT", [2]), ("archived", [3]), ("GONE", [])]
)
def test_a_search_shows_what_it_finds_in_the_tab(tab, expected, shown, pool):
    assert shown(f"search=poolcar&status={tab}") == {pool[n].pk for n in expected}


def test_a_search_that_finds_many_counts_the_first_at_once(
    manager_client, url, pool, shown, monkeypatch
):
    monkeypatch.setattr("fleetcontrol.views.filtering.FIRST", 3)
    page = manager_client.get(f"{url}?search=poolcar")
    assert counts(page) == ["3+", "1+", "1+"]
    assert shown("search=poolcar") == {vehicle.pk for vehicle in pool[:3]}


def test_the_reader_chooses_the_columns_and_they_are_remembered(
    manager_client, manager, url, vehicles
):
    chosen = ["custom_fields", "vehicle", "updated_at"]
    manager_client.post(f"{url}columns/", {"order": chosen, "column": chosen})
    assert TablePreference.objects.get(user=manager, table="vehicles").columns == chosen
    heads = manager_client.get(url).context["table"].heads
    assert [head.label for head in heads] == ["Custom fields", "Vehicle", "Changed"]


def test_every_column_can_be_shown_sorted_and_exported(manager_client, url, vehicles):
    from fleetcontrol.tables.vehicles import VehicleTable

    names = list(VehicleTable.base_columns)
    columns = ",".join(names)
    assert manager_client.get(f"{url}?columns={columns}").status_code == 200
    for name, column in VehicleTable.base_columns.items():
        if column.sort:
            page = manager_client.get(f"{url}?sort=-{name}")
            assert len(page.context["table"].lines) == 3, name
    rows = exported(manager_client.get(f"{url}export/csv/?columns={columns}"))
    assert len(rows[0]) == len(names)


def test_a_view_keeps_every_value_and_is_shared(manager_client, viewer_client, url, vehicles):
    query = "tag=summer&tag=winter&sort=vin&cursor=x"
    manager_client.post(f"{url}views/", {"name": "Ours", "shared": "on", "query": query})
    assert SavedView.objects.get().query == "tag=summer&tag=winter&sort=vin"
    menu = viewer_client.get(f"{url}views/", headers={"HX-Request": "true"}).text
    assert f"{url}?tag=summer&amp;tag=winter&amp;sort=vin" in menu


# --- export -------------------------------------------------------------------------------------------------------
def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";" if ";" in text else ","))


def test_an_export_has_the_rows_columns_and_order_of_the_list(manager_client, url, vehicles):
    query = "?columns=vehicle,tags&sort=-vehicle&has_unit=true"
    rows = exported(manager_client.get(f"{url}export/csv/{query}"))
    assert rows == [["Vehicle", "Tags"], ["B B 2", "summer, winter"], ["B A 1", "summer"]]
    sheet = load_workbook(
        io.BytesIO(b"".join(manager_client.get(f"{url}export/xlsx/{query}").streaming_content))
    ).active
    assert [[cell.value for cell in row] for row in sheet] == rows


def test_an_export_without_a_choice_has_the_columns_that_the_reader_keeps(
    manager_client, url, vehicles
):
    kept = ["vehicle", "unit"]
    manager_client.post(f"{url}columns/", {"order": kept, "column": kept})
    assert exported(manager_client.get(f"{url}export/csv/"))[0] == ["Vehicle", "Unit"]


def test_a_vehicle_leads_back_to_the_list_as_it_was_left(manager_client, url, vehicles):
    left = f"{url}?tag=winter&sort=vin"
    page = manager_client.get(
        f"{url}{vehicles[1].pk}/", headers={"Referer": f"http://testserver{left}"}
    )
    assert page.context["list_url"] == left


@pytest.mark.parametrize("number", [10, 60])
def test_filters_cost_the_same_for_few_and_for_many(number, manager_client, url, fleet, statements):
    model = VehicleModelFactory(brand="Audi")
    for _n in range(number):
        VehicleFactory(fleet=fleet, vehicle_model=model, tags=["a"], unit=UnitFactory(fleet=fleet))
    query = f"tag=a&tag=b&brand=Audi&model={model.pk}&search=B A&sort=-vehicle&page_size=100"
    assert statements(lambda: manager_client.get(f"{url}?{query}")) <= 8
