"""The stock in FleetControl: units are entered by typing and by file, filtered, exported, labelled and retired."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from telematics.models import Custody, Unit
from tests.factories.accounts import PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

A = "00000000000000A1"
B = "00000000000000A2"
C = "00000000000000A3"


@pytest.fixture
def units(fleet):
    return f"/fleetcontrol/{fleet.pk}/units/"


@pytest.fixture
def enter(units, manager_client):
    def post(text: str = "", **form):
        return manager_client.post(f"{units}enter/", {"units": text, **form})

    return post


def text(answer) -> str:
    return answer.content.decode()


def file_of(content: str | bytes, name: str = "units.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def workbook_of(rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def entered(fleet) -> list[str]:
    return list(Unit.objects.filter(fleet=fleet).order_by("pk").values_list("pk", flat=True))


# --- entering ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    [
        f"{A}\n{B}\n{C}",
        f"{A}\r\n\r\n{B}\r\n{C}\r\n",
        f"{A}, {B}; {C}",
        f"{A} {B}\t{C}",
        "0000-0000-0000-00a1\n0000 0000 0000 00A2\nQNR:00000000000000A3",
    ],
)
def test_qnrs_are_typed_or_scanned_in_many_ways(enter, fleet, typed):
    assert enter(typed).status_code == 302
    assert entered(fleet) == [A, B, C]


@pytest.mark.parametrize(
    "file",
    [
        file_of(f"QNR\n{A}\n{B}\n{C}\n"),
        file_of(f"{A}\n{B}\n{C}\n"),
        file_of(f"no;device id\n1;{A}\n2;{B}\n3;{C}\n"),
        file_of(f"no;box\nx;{A}\ny;{B}\nz;{C}\n"),
        file_of(workbook_of([["Unit"], [A], [B], [C]]), "units.xlsx"),
    ],
)
def test_a_file_is_read_by_its_heading_or_by_its_values(enter, fleet, file):
    assert enter(file=file).status_code == 302
    assert entered(fleet) == [A, B, C]


def problems(answer, field: str = "units") -> list[str]:
    assert answer.status_code == 200
    return answer.context["form"].errors[field]


def test_each_problem_is_named_at_its_row_and_nothing_is_entered(
    enter, fleet, other_fleet, manager
):
    own = UnitFactory(fleet=fleet)
    foreign = UnitFactory(fleet=other_fleet)
    retired = UnitFactory(fleet=fleet)
    retired.retire(by=manager)
    before = entered(fleet)
    wrong = [A, own.pk, foreign.pk, retired.pk, A, "00O000000000000A", "12"]
    assert problems(enter("\n".join(wrong))) == [
        f"Row 2, “{own.pk}”: This unit is in the fleet already.",
        f"Row 3, “{foreign.pk}”: This unit cannot be entered. Ask support.",
        f"Row 4, “{retired.pk}”: This unit of the fleet is retired. Bring it back on its page.",
        f"Row 5, “{A}”: Row 1 has this unit already.",
        "Row 6, “00O000000000000A”: Character 3 is “O”. A QNR has 16 characters, 0-9 and A-F."
        " (000000000000000A)",
        "Row 7, “12”: A QNR has 16 characters, 0-9 and A-F.",
    ]
    assert entered(fleet) == before


def test_the_rows_of_a_file_are_counted_with_its_heading(enter, fleet):
    assert problems(enter(file=file_of(f"QNR\n{A}\nFF\n")), "file") == [
        "Row 3, “FF”: A QNR has 16 characters, 0-9 and A-F."
    ]
    assert entered(fleet) == []


def test_a_qnr_that_a_spreadsheet_has_shortened_is_refused(enter, fleet):
    file = file_of(workbook_of([["QNR"], [1234567890123456789]]), "units.xlsx")
    (problem,) = problems(enter(file=file), "file")
    assert problem.startswith("Row 2, “1.23457E+18”: ")


@pytest.mark.parametrize(
    ("file", "problem"),
    [
        (file_of(""), "The file is empty."),
        (file_of(f"{A},{B}\n"), "No column with QNRs was found. Write “QNR” above the column."),
        (file_of("PK\x03\x04 no workbook", "a.xlsx"), "cannot be"),
    ],
)
def test_a_file_that_is_no_list_of_units_is_refused_in_words(enter, file, problem):
    assert problem in problems(enter(file=file), "file")[0]


def test_something_is_entered_and_from_one_source(enter):
    assert problems(enter(" \n ")) == ["Enter at least one QNR."]
    both = enter(A, file=file_of(B))
    assert problems(both, "file") == ["Enter QNRs or choose a file, not both."]


def test_no_more_than_a_thousand_are_entered_at_once(enter, fleet):
    many = "\n".join(f"{number:016X}" for number in range(1001))
    assert problems(enter(many)) == ["Enter at most 1000 units at once."]
    assert enter(many.partition("\n")[2]).status_code == 302
    assert len(entered(fleet)) == 1000


def test_a_form_that_is_sent_twice_enters_once(units, manager_client, enter, fleet):
    page = text(manager_client.get(f"{units}enter/"))
    shown = re.search(r'name="shown_as" value="(\w{26})"', page).group(1)
    assert [enter(A, shown_as=shown).status_code for _n in range(2)] == [302, 302]
    assert entered(fleet) == [A]
    again = [enter(file=file_of(qnr), shown_as=shown).status_code for qnr in (B, C)]
    assert again == [302, 302]
    assert entered(fleet) == [A, B, C]


def test_only_those_who_write_in_the_fleet_enter_and_retire(
    units, unit, viewer_client, outside_manager_client
):
    for path in ("enter/", f"{unit.pk}/retire/", f"{unit.pk}/bring-back/"):
        assert viewer_client.get(units + path).status_code == 403
        assert viewer_client.post(units + path).status_code == 403
        assert outside_manager_client.post(units + path).status_code == 404
    assert "Enter units" not in text(viewer_client.get(units))


# --- the list ---------------------------------------------------------------------------------------------------------
def shown(answer) -> list[str]:
    return [line.id for line in answer.context["table"].lines]


def test_a_planned_unit_leads_to_its_job_and_a_mounted_one_to_its_vehicle(
    units, fleet, manager, manager_client
):
    planned = UnitFactory(fleet=fleet)
    job = JobFactory(by=manager, fleet=fleet, planned_unit=planned, license_plate="B QX 7")
    mounted = VehicleFactory(fleet=fleet, license_plate="B QX 8")
    (line,) = manager_client.get(units).context["table"].lines
    assert f'<a href="../jobs/{job.pk}/">B QX 7</a>' in line.cells
    assert "Planned" in line.cells
    (line,) = manager_client.get(units, {"status": "mounted"}).context["table"].lines
    assert f'<a href="../vehicles/{mounted.pk}/">B QX 8</a>' in line.cells
    page = text(manager_client.get(f"{units}{planned.pk}/"))
    assert f'/fleetcontrol/{fleet.pk}/jobs/{job.pk}/">B QX 7</a>' in page


def test_units_are_filtered_by_several_values(units, fleet, manager, manager_client):
    partners = [PartnershipFactory(fleet=fleet, company__name=f"Garage {n}") for n in range(3)]
    rows = [UnitFactory(fleet=fleet, model=f"CB{n}", firmware="1.0") for n in range(3)]
    for unit, partner in zip(rows, partners, strict=True):
        Custody.objects.hand_over(unit.pk, partner.company, fleet=fleet, by=manager)
    companies = [partner.company_id for partner in partners[:2]]
    found = manager_client.get(units, {"company": companies})
    assert set(shown(found)) == {rows[0].pk, rows[1].pk}
    assert [chip["value"] for chip in found.context["chips"]] == [
        str(partner.company) for partner in partners[:2]
    ]
    assert set(shown(manager_client.get(units, {"model": ["CB1", "CB2"]}))) == {
        rows[1].pk,
        rows[2].pk,
    }
    both = manager_client.get(units, {"model": ["CB1", "CB2"], "company": companies})
    assert shown(both) == [rows[1].pk]
    without_first = both.context["chips"][0]["remove_url"]
    assert shown(manager_client.get(without_first)) == [rows[1].pk]
    without_second = both.context["chips"][1]["remove_url"]
    assert shown(manager_client.get(without_second)) == []
    assert shown(manager_client.get(units, {"firmware": "2.0"})) == []


def test_a_filter_offers_what_the_fleet_has(units, fleet, other_fleet, manager, manager_client):
    UnitFactory(fleet=fleet, model="CB1", firmware="1.0")
    UnitFactory(fleet=other_fleet, model="THEIRS")
    foreign = PartnershipFactory(fleet=other_fleet)
    page = text(manager_client.get(f"{units}filter/", {"model": "CB1"}))
    assert 'value="CB1"' in page
    assert "THEIRS" not in page
    assert str(foreign.company) not in page
    wrong = {"company": foreign.company_id}
    assert shown(manager_client.get(units, wrong)) == []


@pytest.mark.parametrize("value", ["x" * 99, "\N{RIGHT-TO-LEFT OVERRIDE}"])
def test_a_value_that_no_unit_has_finds_none(units, unit, manager_client, value):
    for name in ("model", "firmware", "company", "search", "status", "planned"):
        assert manager_client.get(units, {name: value}).status_code == 200


def test_planned_units_are_those_with_an_open_job(units, fleet, unit, manager, manager_client):
    planned = UnitFactory(fleet=fleet)
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    assert shown(manager_client.get(units, {"planned": "on"})) == [planned.pk]


def test_any_part_of_a_qnr_is_found(units, fleet, manager_client):
    unit = UnitFactory(fleet=fleet, qnr="00AABBCC00000000")
    UnitFactory(fleet=fleet, qnr="FF" * 8)
    assert shown(manager_client.get(units, {"search": "aa-bb cc"})) == [unit.pk]


def test_the_export_has_the_filtered_units_of_the_tab(units, fleet, manager, manager_client):
    unit = UnitFactory(fleet=fleet, model="CB1", firmware="1.0")
    UnitFactory(fleet=fleet, model="CB2")
    partner = PartnershipFactory(fleet=fleet)
    Custody.objects.hand_over(unit.pk, partner.company, fleet=fleet, by=manager)
    answer = manager_client.get(f"{units}export/csv/", {"model": "CB1"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].startswith('"Unit","Where","Job","Vehicle","Held by","Held since')
    assert len(lines) == 2
    assert lines[1].startswith(f'"{unit.pk}","In stock","","","{partner.company}",')
    answer = manager_client.get(f"{units}export/xlsx/", {"status": "RETIRED"})
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active.max_row == 1


# --- labels -----------------------------------------------------------------------------------------------------------
def test_chosen_units_are_a_sheet_of_labels(units, fleet, other_fleet, viewer_client):
    chosen = UnitFactory.create_batch(2, fleet=fleet)
    foreign = UnitFactory(fleet=other_fleet)
    UnitFactory(fleet=fleet)
    wanted = [*(unit.pk for unit in chosen), foreign.pk, "none"]
    page = viewer_client.get(f"{units}labels/", {"select": wanted})
    assert [qnr for qnr, _code in page.context["labels"]] == sorted(unit.pk for unit in chosen)
    assert text(page).count("<path d=") >= 2
    assert "style=" not in text(page)
    assert "No units chosen" in text(viewer_client.get(f"{units}labels/"))


# --- retiring ---------------------------------------------------------------------------------------------------------
def test_a_unit_is_retired_and_brought_back_and_the_page_says_who(units, unit, manager_client):
    page = f"{units}{unit.pk}/"
    answer = manager_client.post(f"{page}retire/", follow=True)
    assert f"Unit {unit.pk} is retired." in text(answer)
    assert "retired the unit" in text(answer)
    assert "Bring back" in text(answer)
    assert "Hand Over" not in text(answer)
    assert shown(manager_client.get(units, {"status": "RETIRED"})) == [unit.pk]
    answer = manager_client.post(f"{page}bring-back/", follow=True)
    assert f"Unit {unit.pk} is in stock again." in text(answer)
    assert "brought the unit back" in text(answer)


def test_a_fleet_does_not_read_what_its_unit_did_in_the_fleet_before(
    units, fleet, other_fleet, outside_manager, manager_client
):
    Unit.objects.enter_all([A], fleet=other_fleet, by=outside_manager)
    Unit.objects.filter(pk=A).update(fleet=fleet)
    page = text(manager_client.get(f"{units}{A}/"))
    assert "entered the unit" not in page
    assert outside_manager.name not in page


def test_a_unit_in_use_is_not_retired_and_the_answer_says_why(
    units, fleet, unit, manager, manager_client
):
    JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    mounted = VehicleFactory(fleet=fleet).unit
    for qnr, why in ((unit.pk, "reserved by an open job"), (mounted.pk, "mounted in a vehicle")):
        for answer in (
            manager_client.get(f"{units}{qnr}/retire/"),
            manager_client.post(f"{units}{qnr}/retire/"),
        ):
            assert answer.status_code == 409
            assert why in text(answer)
    assert not Unit.objects.filter(retired_at__isnull=False).exists()


# --- what it costs ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("number", [1, 30])
def test_the_pages_of_the_stock_cost_the_same_for_one_unit_and_for_many(
    number, manager_client, units, fleet, manager, statements
):
    partners = [PartnershipFactory(fleet=fleet) for _n in range(3)]
    for place in range(number):
        unit = UnitFactory(fleet=fleet, model=f"CB{place}")
        JobFactory(by=manager, fleet=fleet, planned_unit=UnitFactory(fleet=fleet))
        partner = partners[place % 3]
        Custody.objects.hand_over(unit.pk, partner.company, fleet=fleet, by=manager)
    companies = {"company": [partner.company_id for partner in partners]}
    chosen = {"select": entered(fleet)}
    assert statements(lambda: manager_client.get(units)) <= 5
    assert statements(lambda: manager_client.get(units, companies)) <= 7
    assert statements(lambda: manager_client.get(f"{units}filter/")) <= 6
    assert statements(lambda: manager_client.get(f"{units}labels/", chosen)) <= 4
    typed = "\n".join(f"{number:016X}" for number in range(1, number + 1))
    new = {"units": typed.replace("000000000000", "F00000000000")}
    assert statements(lambda: manager_client.post(f"{units}enter/", new)) <= 14


# --- moved to another fleet by operators ------------------------------------------------------------------------------
@pytest.fixture
def moved(partnership, manager, other_fleet, operator_client):
    """A unit that a partner of its former fleet held."""
    Unit.objects.enter_all([A], fleet=partnership.fleet, by=manager)
    Custody.objects.hand_over(A, partnership.company, fleet=partnership.fleet, by=manager)
    empty = {"simulated-TOTAL_FORMS": "0", "simulated-INITIAL_FORMS": "0"}
    url = f"/admin/telematics/unit/{A}/change/"
    answer = operator_client.post(url, {"fleet": other_fleet.pk, **empty})
    assert answer.status_code == 302
    return Unit.objects.get(pk=A)


def test_the_next_fleet_sees_nothing_of_the_former(
    moved, other_fleet, outside_manager, outside_manager_client, company_admin_client
):
    units = f"/fleetcontrol/{other_fleet.pk}/units/"
    page = text(outside_manager_client.get(f"{units}{moved.pk}/"))
    for former in ("QuickInstall", "handed", "entered"):
        assert former not in page
    assert moved.pk not in text(outside_manager_client.get(units, {"status": "HELD"}))
    assert not Custody.objects.visible_to(outside_manager).exists()
    assert moved.pk not in text(company_admin_client.get("/installers/units/"))


def test_the_former_fleet_keeps_what_it_recorded(moved, fleet, manager, operator):
    (custody,) = Custody.objects.visible_to(manager)
    assert (custody.unit, custody.fleet, custody.end) == (moved, fleet, "MOVED")
    assert custody.ended_by == operator


def test_what_the_next_fleet_records_is_its_own(
    moved, other_fleet, outside_manager, outside_manager_client
):
    partner = PartnershipFactory(fleet=other_fleet)
    Custody.objects.hand_over(moved.pk, partner.company, fleet=other_fleet, by=outside_manager)
    page = text(outside_manager_client.get(f"/fleetcontrol/{other_fleet.pk}/units/{moved.pk}/"))
    assert page.count("handed the unit over to") == 1
