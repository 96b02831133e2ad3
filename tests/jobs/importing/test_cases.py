"""Files that people have sent: each is read as its author meant it, or refused with the right sentence."""

from pathlib import Path

import pytest

from jobs.importing.errors import Unreadable
from jobs.importing.layout import NO_HEADER, Layout

CASES = Path(__file__).parent / "cases"
DAY = "2026-11-24"


@pytest.fixture
def case(checked):
    """Check one of the files."""

    def check(name, **options):
        return checked((CASES / name).read_bytes(), **options)

    return check


def values(found, *names):
    return [tuple(row.get(name) for name in names) for _number, row in found.rows]


def test_trailing_separators_and_a_blank_row_are_left_out(case):
    found = case("pb01-bom-semicolon-trailing.csv")
    assert not found.errors
    assert values(found, "license_plate", "vin", "location") == [
        ("B-QX 1001", "WVGZZZ5NZJM131395", "Halle 1"),
        ("B-QX 1002", None, "Halle 2"),
    ]


def test_two_byte_order_marks_are_no_part_of_the_heading(case):
    found = case("pb02-double-bom.csv")
    assert not found.errors
    assert values(found, "vin", "license_plate") == [("WVGZZZ5NZJM131395", "B-QX 1001")]


def test_a_quoted_separator_line_is_not_the_header(case):
    found = case("pb03-quoted-sep.csv")
    assert not found.errors
    assert values(found, "license_plate", "location") == [("B-QX 1", "A; B")]


def test_mac_roman_is_read_as_mac_roman_and_named(case):
    found = case("pb07-mac-roman.csv")
    assert not found.errors
    assert values(found, "location") == [("Zürich",)]
    assert (found.reading["encoding"], found.reading["proof"]) == ("macintosh", ["Zürich"])


def test_plates_with_an_e_between_digits_stay_as_written(case):
    found = case("pb09-czech-plate-E.csv")
    assert not found.errors
    assert values(found, "license_plate") == [
        ("1E23456",),
        ("4E1 2345",),
        ("5E67890",),
        ("7E12345",),
    ]


def test_real_names_of_models_stay_as_written(case):
    found = case("pb10-smart-hash-one.csv")
    assert not found.errors
    assert values(found, "brand", "model") == [
        ("smart", "#1"),
        ("Kia", "pro_cee'd"),
        ("Renault", "Mégane E-Tech 100% electric"),
        ("MINI", "Cooper S:E"),
        ("Skoda", "Enyaq iV 80 [2023]"),
        ("Toyota", "Proace 2.0 D4D * L2H1"),
    ]


def test_unambiguous_dates_are_read_and_others_are_refused(case):
    found = case("pb11-dates.csv")
    days = dict(values(found, "license_plate", "planned_service_date"))
    refused = {"P7", "P13"}
    expected = {f"P{n}": DAY for n in range(1, 13) if f"P{n}" not in refused}
    assert days == expected | {"P14": "2028-02-29"}
    assert [(e.row, e.value, e.code, e.suggestion) for e in found.errors] == [
        (8, "46350", "not_a_date", DAY),
        (14, "29.02.2026", "not_a_date", "Write it as 2026-11-24."),
    ]


def test_numbers_of_a_sheet_are_read_as_it_shows_them(case):
    found = case("pb20-number-formats.xlsx")
    assert [(e.row, e.column, e.value, e.suggestion) for e in found.errors] == [
        (2, "planned_service_date", "46350", DAY)
    ]
    found = case(
        "pb20-number-formats.xlsx", values={"planned_service_date": {"46350": "2026-11-24"}}
    )
    assert not found.errors
    names = ("license_plate", "external_reference", "custom_name", "planned_service_date")
    assert values(found, *names, "contact") == [
        ("B QX 1", "004711", "Pool 7", DAY, "+4930123456"),
        ("B QX 2", "004711", "x", DAY, None),
        ("0815", "1.5", "0.3", DAY, None),
    ]


def test_hidden_rows_are_counted_and_the_user_decides(case):
    asked = case("pb21-filtered-rows.xlsx")
    assert [(e.code, e.message) for e in asked.errors] == [
        ("hidden_rows", "3 of 6 rows are hidden.")
    ]
    assert not asked.rows
    every = case("pb21-filtered-rows.xlsx", layout=Layout(hidden="all"))
    assert [row for row, _values in every.rows] == [2, 3, 4, 5, 6, 7]
    shown = case("pb21-filtered-rows.xlsx", layout=Layout(hidden="visible"))
    assert values(shown, "license_plate") == [("B HID 1",), ("B HID 3",), ("B HID 5",)]
    assert [row for row, _values in shown.rows] == [3, 5, 7]


def test_merged_cells_have_their_value_in_the_first_row_and_are_named(case):
    found = case("pb22-merged.xlsx")
    assert not found.errors
    assert values(found, "license_plate", "location") == [
        ("B MER 1", "Hall 3"),
        ("B MER 2", None),
        ("B MER 3", None),
    ]
    assert [(w.row, w.code, w.message) for w in found.warnings] == [
        (2, "merged_cells", "The cells B2:B4 are merged. Only the first row has the value.")
    ]


def test_a_title_above_the_header_is_passed_over(case):
    found = case("pb23-title-row.xlsx")
    assert not found.errors
    assert found.reading["header"] == 3
    assert values(found, "license_plate", "location") == [("B TIT 1", "Hall 3")]


def test_the_header_can_be_chosen_by_hand(case):
    found = case("pb23-title-row.xlsx", layout=Layout(header=1))
    assert found.headings[0].text == "Fleet list Berlin"
    assert found.total == 2
    none = case("pb23-title-row.xlsx", layout=Layout(header=NO_HEADER))
    assert none.total == 3
    with pytest.raises(Unreadable, match="Row 2 is blank"):
        case("pb23-title-row.xlsx", layout=Layout(header=2))


def test_a_workbook_that_counts_days_from_1904_has_the_right_day(case):
    found = case("pb40-1904.xlsx")
    assert not found.errors
    assert values(found, "license_plate", "planned_service_date") == [("M 1904", DAY)]


def test_usual_headings_lead_to_their_columns(case):
    found = case("pb41-registration.csv")
    assert not found.errors
    names = ("license_plate", "brand", "model", "fuel_type", "location", "instructions")
    assert values(found, *names) == [
        ("AB12 CDE", "Ford", "Transit", "DIESEL", "Leeds", None),
        ("AB12 CDF", "Ford", "Transit", "DIESEL", "Leeds", None),
    ]


def test_invisible_characters_go_and_full_width_ones_are_folded(case):
    found = case("pb13-zero-width.csv")
    assert not found.errors
    assert values(found, "license_plate", "vin") == [
        ("B QX 1", "WVGZZZ5NZJM131395"),
        ("B QX 2", "WVGZZZ5NZJM131396"),
        ("B QX 3", "WVGZZZ5NZJM131397"),
        ("B QX 4", None),
        ("B QX 4", None),
    ]
