"""Every rule of every column: what is taken, what is refused, and what is suggested instead."""

from itertools import product
from unicodedata import normalize

import pytest

from jobs.importing import words
from jobs.importing.characters import clean
from jobs.importing.checking import groups
from jobs.importing.columns import COLUMNS
from jobs.importing.headings import column_of, is_known
from jobs.models import ConfigurationPreset, JobTemplate
from tests.factories.accounts import CompanyFactory, FleetFactory, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory
from tests.jobs.importing.books import book, excel, libre_office, numbers

GOOD = [
    ("required_photos", "plate  Serial plate", ["SERIAL", "PLATE"]),
    ("license_plate", "b-qx 2041", "B-QX 2041"),
    ("custom_name", "a\u202eb", "ab"),
    ("custom_name", "a\u200bb", "ab"),
    ("license_plate", "Ä·ÖÜ 1/2", "Ä·ÖÜ 1/2"),
    ("vin", " wvwzzz1kz aw-000001", "WVWZZZ1KZAW000001"),
    ("custom_name", '="007"', "007"),
    ("license_plate", "1E23456", "1E23456"),
    ("license_plate", "4E1 2345", "4E1 2345"),
    ("license_plate", '="5E67890"', "5E67890"),
    ("license_plate", "7e12", "7E12"),
    ("license_plate", "1E-12", "1E-12"),
    ("custom_name", "2E10", "2E10"),
    ("custom_name", '="1.23E+15"', "1.23E+15"),
    ("brand", "3E4", "3E4"),
    ("external_reference", "4711E12", "4711E12"),
    ("external_reference", "4E12", "4E12"),
    ("external_reference", "'1,23E+15", "1,23E+15"),
    ("custom_name", "'=SUM", "=SUM"),
    ("custom_name", "O'Hara\u00a0& Co", "O'Hara & Co"),
    ("brand", "Citroën/DS", "Citroën/DS"),
    ("fuel_type", "petrol", "PETROL"),
    ("fuel_type", "Plug-in hybrid", "PLUGIN_HYBRID"),
    ("fuel_type", "plugin hybrid", "PLUGIN_HYBRID"),
    ("year_of_production", "2024", 2024),
    ("year_of_production", "2024.0", 2024),
    ("vehicle_type", "Kick scooter", "KICKSCOOTER"),
    ("tracking", "WAHR", True),
    ("tracking", "nein", False),
    ("tracking", "0", False),
    ("planned_service_date", "2026-11-24", "2026-11-24"),
    ("planned_service_date", "2026-11-24T00:00:00", "2026-11-24"),
    ("planned_service_date", "24.11.2026", "2026-11-24"),
    ("planned_service_date", "4.1.27", "2027-01-04"),
    ("planned_service_date", "11/24/2026", "2026-11-24"),
    ("planned_service_date", "24/11/2026", "2026-11-24"),
    ("contact", "+49 30 123456", "+49 30 123456"),
    ("instructions", "'- one\n- two", "- one\n- two"),
    ("location", "日本 🚗", "日本 🚗"),
    ("license_plate", "MU\u0308 Q 1", "MÜ Q 1"),
    ("location", "rock;'-'n'-roll, 'x'", "rock;-'n'-roll, 'x'"),
    ("fuel_type", "plug-in hybrid", "PLUGIN_HYBRID"),
]
BAD = [
    ("required_photos", "SERIAL MOUNTNG", "not_a_choice", "SERIAL MOUNTING"),
    ("required_photos", "SERIAL, X", "not_a_choice", ""),
    ("license_plate", "B<QX", "character_not_allowed", "BQX"),
    ("license_plate", "B" * 21, "too_long", ""),
    ("license_plate", "B\nQX", "line_break", "B QX"),
    ("vin", "WVWZZZ1KZAW00001", "vin_length", ""),
    ("vin", "WVWZZZ1KZAWOOOOO1", "vin_characters", "WVWZZZ1KZAW000001"),
    ("vin", "WVWZZZ1KZAW00000ß", "vin_length", ""),
    ("vin", "1.23457E+16", "shortened_number", None),
    ("custom_name", "a\x07b", "forbidden_character", "ab"),
    ("custom_name", "=1+1", "formula", None),
    ("custom_name", "#NV", "cell_error", ""),
    ("custom_name", "x" * 5000, "too_long", ""),
    *(
        (column, text, "shortened_number", "Format the column as text and enter the value again.")
        for column in (
            "license_plate",
            "vin",
            "custom_name",
            "planned_unit",
            "brand",
            "location",
            "external_reference",
        )
        for text in ("1.23E+15", "1,23E+15", "1E+16", "4.7e+11")
    ),
    ("brand", "Audi;", "character_not_allowed", "Audi"),
    ("fuel_type", "PETROLL", "not_a_choice", "PETROL"),
    ("fuel_type", "milk", "not_a_choice", ""),
    ("transmission", "automattic", "not_a_choice", "AUTOMATIC"),
    ("year_of_production", "1979", "year_out_of_range", ""),
    ("year_of_production", "2999", "year_out_of_range", ""),
    ("year_of_production", "٢٠٢٤", "not_a_year", ""),
    ("year_of_production", "9" * 400, "not_a_year", ""),
    ("tracking", "onn", "not_a_flag", "on"),
    ("tracking", "2", "not_a_flag", ""),
    ("tracking", "instaler decides", "not_a_flag", "installer decides"),
    ("custom_name", "a\ufffdb", "forbidden_character", "ab"),
    ("planned_service_date", "2026-02-30", "not_a_date", None),
    ("planned_service_date", "1/2/2026", "ambiguous_date", None),
    ("planned_service_date", "soon", "not_a_date", None),
    ("planned_service_date", "1887-01-01", "date_out_of_range", ""),
    ("planned_service_date", "9999-12-31", "date_out_of_range", ""),
    ("planned_service_date", "2101-01-01", "date_out_of_range", ""),
    ("planned_service_date", "1999-12-31", "date_out_of_range", "2099-12-31"),
    ("planned_service_date", "0026-11-24", "date_out_of_range", "2026-11-24"),
    ("planned_service_date", "24.11.1926", "date_out_of_range", "2026-11-24"),
    ("planned_unit", "00112233445566OO", "qnr", "0011223344556600"),
    ("planned_unit", "FFFFFFFFFFFFFFFF", "unit_not_available", ""),
    ("vehicle_model_id", "01JD6X4T9F7Q2M8B3K5W1C0R6Z", "vehicle_model_unknown", ""),
    ("vehicle_model_id", "nonsense", "vehicle_model_unknown", ""),
    ("configuration_preset", "none", "preset_unknown", ""),
    ("assigned_installer_company_id", "ABCDE", "not_a_partner", ""),
    ("assigned_installer_company_id", "x" * 300, "too_long", ""),
]


def file_of(column, value):
    quoted = value.replace('"', '""')
    return (
        f'{column};external_reference\n"{quoted}";x\n'
        if column != "external_reference"
        else f'{column}\n"{quoted}"\n'
    )


@pytest.mark.parametrize(("column", "value", "expected"), GOOD)
def test_what_people_write_is_understood(checked, column, value, expected):
    found = checked(file_of(column, value))
    assert not found.errors
    assert found.rows[0][1][column] == expected


@pytest.mark.parametrize(("column", "value", "code", "suggestion"), BAD)
def test_what_is_wrong_is_named_with_a_suggestion(checked, column, value, code, suggestion):
    found = checked(file_of(column, value))
    [error] = found.errors
    assert (error.row, error.column, error.code) == (2, column, code)
    assert error.message
    assert len(error.value) <= 100
    if suggestion is not None:
        assert error.suggestion == suggestion
    assert (found.rows, found.bad, found.total) == ([], [2], 1)


def test_a_workbook_keeps_as_text_what_looks_like_a_shortened_number(checked):
    plates = ["1E23456", "4E1 2345", "7E12345"]
    found = checked(
        book(["license_plate", "custom_name"], *([plate, "1.23E+15"] for plate in plates))
    )
    assert not found.errors
    assert [values["license_plate"] for _number, values in found.rows] == plates
    assert {values["custom_name"] for _number, values in found.rows} == {"1.23E+15"}


@pytest.mark.parametrize("column", ["vin", "planned_unit", "custom_name", "external_reference"])
@pytest.mark.parametrize(
    "number", [1.23e15, 1.23457e16, 1234567890123450, 1122334455667780, 12345678901234500000]
)
def test_a_long_number_in_a_workbook_has_lost_its_last_digits_and_is_refused(
    checked, column, number
):
    found = checked(book([column, "contact"], [number, "x"]))
    assert [(e.column, e.code) for e in found.errors] == [(column, "shortened_number")]


@pytest.mark.parametrize("number", [123456789012345, 1234567890123456, 4930123456.0])
def test_a_number_in_a_workbook_that_has_all_its_digits_is_taken(checked, number):
    found = checked(book(["external_reference"], [number]))
    assert found.rows[0][1]["external_reference"] == str(int(number))


def test_every_bad_cell_is_named_at_once_and_equal_ones_are_grouped(checked):
    found = checked(
        "vin,fuel_type,year_of_production\nX,milk,1\nWVWZZZ1KZAW000001,milk,2024\nY,milk,2024\n"
    )
    assert [(e.row, e.column) for e in found.errors] == [
        (2, "vin"),
        (2, "fuel_type"),
        (2, "year_of_production"),
        (3, "fuel_type"),
        (4, "vin"),
        (4, "fuel_type"),
    ]
    assert [(first.column, len(same)) for first, same in groups(found.errors)][:1] == [
        ("fuel_type", 3)
    ]


# --- columns ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_a_column_is_known_by_its_name_and_its_label(column):
    for heading in (
        column.name,
        column.name.upper(),
        column.name.replace("_", " "),
        str(column.label),
        f" {column.name} ",
    ):
        assert is_known(heading)


def test_german_labels_and_values_are_known(checked):
    found = checked("Kennzeichen;Kraftstoff;Getriebe\nB QX 1;Benzin;Automatik\n")
    assert found.rows == [
        (2, {"license_plate": "B QX 1", "fuel_type": "PETROL", "transmission": "AUTOMATIC"})
    ]


@pytest.mark.parametrize(
    ("column", "headings"),
    [
        (
            "license_plate",
            "Reg · Reg. No. · Registration · Plate · Amtl. Kennzeichen · Nr rejestracyjny",
        ),
        (
            "vin",
            "Chassis No · FIN · Fahrgestellnummer · VIN / FIN · Fahrgestellnummer (FIN) · Numer VIN",
        ),
        ("custom_name", "Vehicle name · Fahrzeugname"),
        ("brand", "Make · Manufacturer · Hersteller · Marka"),
        ("fuel_type", "Fuel · Kraftstoffart · Rodzaj paliwa"),
        ("year_of_production", "Year · Model year · Baujahr (JJJJ) · Rok produkcji"),
        ("vehicle_type", "Fahrzeugart · Vehicle category · Rodzaj pojazdu"),
        ("transmission", "Gearbox · Getriebeart · Skrzynia biegów"),
        ("planned_service_date", "Termin · Appointment · Einbautermin"),
        ("location", "Site · Standort · Lokalizacja"),
        ("contact", "Ansprechpartner · Contact person · Osoba kontaktowa"),
        ("instructions", "Bemerkung · Remarks · Uwagi"),
    ],
)
def test_usual_words_for_a_column_are_known(column, headings):
    assert {column_of(heading) for heading in headings.split(" · ")} == {column}


@pytest.mark.parametrize(
    "heading", ["Type", "Typ", "Name", "Date", "Fahrzeugnummer", "Marke/Modell", "Ort (PLZ)"]
)
def test_a_heading_that_may_mean_several_columns_suggests_none(heading, checked):
    [found] = checked(f"{heading}\nx\ny\n").headings
    assert (found.column, found.suggestion) == ("", "")


@pytest.mark.parametrize(
    ("column", "texts", "value"),
    [
        ("fuel_type", "Gasoline · Super · Benzyna · super E10", "PETROL"),
        ("fuel_type", "BEV · Elektro · Strom · elektryczny", "ELECTRIC"),
        ("fuel_type", "PHEV · Plug-in · plug in hybrid", "PLUGIN_HYBRID"),
        ("vehicle_type", "SUV · Pkw · Kombi · passenger car", "CAR"),
        ("transmission", "Automatik · auto · DSG", "AUTOMATIC"),
    ],
)
def test_usual_words_for_a_value_are_known(column, texts, value, checked):
    rows = "\n".join(texts.split(" · "))
    found = checked(f"{column}\n{rows}\n")
    assert not found.errors
    assert {values[column] for _row, values in found.rows} == {value}


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("tracking", "n/a"),
        ("tracking", "unbekannt"),
        ("fuel_type", "k.A."),
        ("fuel_type", "gas"),
        ("fuel_type", "mild hybrid"),
        ("transmission", "tbd"),
    ],
)
def test_what_may_mean_anything_suggests_nothing(column, text, checked):
    [error] = checked(f"{column}\n{text}\n").errors
    assert error.suggestion == ""


def test_a_name_with_another_number_is_no_suggestion(checked, fleet):
    ConfigurationPreset.objects.create(fleet=fleet, name="Sharing 2025", tracking=True)
    [error] = checked("configuration_preset\nSharing 2024\n").errors
    assert (error.code, error.suggestion) == ("preset_unknown", "")


def test_the_name_of_a_partner_resolves_if_one_partner_has_it(checked, fleet):
    for name in ("Garage Nord", "Twin", "TWIN"):
        PartnershipFactory(fleet=fleet, company=CompanyFactory(name=name))
    found = checked("custom_name,company\nA,garage nord\nB,Twin\n")
    assert [(e.row, e.code) for e in found.errors] == [(3, "not_a_partner")]
    [(_row, values)] = found.rows
    assert fleet.partnerships.get(company=values["company"]).company.name == "Garage Nord"


ENGLISH = (
    "Licence plate",
    "Fuel type",
    "Planned service date",
    "Tracking",
    "Year of production",
    "Location",
)
GERMAN = ("Kennzeichen", "Kraftstoff", "Geplanter Termin", "Ortung", "Baujahr", "Ort")


@pytest.mark.parametrize(
    "content",
    [excel(*ENGLISH, fuel="Petrol"), excel(*GERMAN, fuel="Benzin"), numbers(), libre_office()],
    ids=["Excel", "Excel in German", "Numbers", "LibreOffice"],
)
def test_a_workbook_of_each_program_becomes_the_same_job(checked, content):
    found = checked(content)
    assert found.errors == []
    assert [values for _row, values in found.rows] == [
        {
            "license_plate": "B QX 1",
            "fuel_type": "PETROL",
            "planned_service_date": "2026-11-24",
            "tracking": True,
            "year_of_production": 2024,
            "location": "Hall 3",
        }
    ]


def test_an_unknown_column_is_named_with_the_closest_and_can_be_mapped_or_ignored(checked, codes):
    content = "licence_plat,custom_name,colour\nB QX 1,A,red\n"
    wrong = [(e.row, e.column, e.code, e.suggestion) for e in checked(content).errors]
    assert wrong == [
        (1, "licence_plat", "unknown_column", "license_plate"),
        (1, "colour", "unknown_column", ""),
    ]
    assert checked(content).rows == []
    found = checked(content, columns={"0": "license_plate", "2": "-"})
    assert (found.errors, found.rows) == (
        [],
        [(2, {"license_plate": "B QX 1", "custom_name": "A"})],
    )


def test_an_unknown_column_without_values_is_passed_over(checked):
    assert checked("custom_name,colour,\nA,,\n").rows == [(2, {"custom_name": "A"})]


def test_a_column_that_is_there_twice_is_an_error_until_one_is_ignored(checked, codes):
    content = "vin,VIN\nWVWZZZ1KZAW000001,WVWZZZ1KZAW000002\n"
    assert codes(content) == {(1, "vin", "duplicate_column")}
    assert checked(content, columns={"0": "-"}).rows == [(2, {"vin": "WVWZZZ1KZAW000002"})]


def test_values_without_a_heading_and_rows_wider_than_the_header(codes):
    assert codes("custom_name,,location\nA,B,C\n") == {(1, "Column B", "unknown_column")}
    assert codes("custom_name,location\nA,B,C\nD\n") == {(2, "", "too_many_cells")}


def test_a_file_without_one_known_column(codes):
    assert ("no_known_column") in {code for _row, _column, code in codes("a,b\n1,2\n")}


def test_the_column_of_reasons_is_passed_over(checked):
    assert checked("custom_name,Reason\nA,was wrong\n").rows == [(2, {"custom_name": "A"})]


def test_a_row_needs_one_filled_field_and_a_partner_alone_is_none(codes, partnership):
    content = f"custom_name,assigned_installer_company_id\n,{partnership.company_id}\n"
    assert codes(content) == {(2, "", "blank_row")}
    assert codes("custom_name,tracking\n,installer decides\n") == {(2, "", "blank_row")}


# --- the file and the fleet -------------------------------------------------------------------------------------------
def test_a_vin_or_unit_twice_in_the_file_is_an_error_on_each(checked, fleet):
    qnr = UnitFactory(fleet=fleet).pk
    found = checked(f"vin,planned_unit\nWVWZZZ1KZAW000001,{qnr}\nwvwzzz1kzaw000001,\n,{qnr}\n")
    assert {(e.row, e.column, e.code) for e in found.errors} == {
        (2, "vin", "duplicate_in_file"),
        (3, "vin", "duplicate_in_file"),
        (2, "planned_unit", "duplicate_in_file"),
        (4, "planned_unit", "duplicate_in_file"),
    }


def test_a_vin_in_work_or_in_the_fleet_only_warns(checked, fleet, manager, other_fleet):
    JobFactory(by=manager, fleet=fleet, vin="WVWZZZ1KZAW000001")
    VehicleFactory(fleet=fleet, vin="WVWZZZ1KZAW000002")
    VehicleFactory(fleet=other_fleet, vin="WVWZZZ1KZAW000003")
    found = checked("vin\nWVWZZZ1KZAW000001\nWVWZZZ1KZAW000002\nWVWZZZ1KZAW000003\n")
    assert [(w.row, w.code) for w in found.warnings] == [(2, "job_open"), (3, "vehicle_in_fleet")]
    assert len(found.rows) == 3


@pytest.mark.parametrize(
    ("vin", "warned"),
    [("1M8GDM9AXKP042788", False), ("1M8GDM9A1KP042788", True), ("WVWZZZ1KZAW000001", False)],
)
def test_a_check_digit_only_warns_and_only_where_there_is_one(checked, vin, warned):
    found = checked(f"vin\n{vin}\n")
    assert bool(found.warnings) is warned
    assert len(found.rows) == 1


def test_brand_against_model_warns(checked):
    model = VehicleModelFactory(brand="Audi", model="A3")
    found = checked(f"vehicle_model_id,brand,model,fuel_type\n{model.pk.lower()},BMW,a3,DIESEL\n")
    assert [(w.column, w.value, w.suggestion) for w in found.warnings] == [
        ("brand", "BMW", "Audi"),
        ("fuel_type", "DIESEL", "PETROL"),
    ]
    assert found.rows[0][1]["vehicle_model"] == model.pk


def test_a_heading_and_a_word_in_a_macs_way_of_writing_umlauts_are_known(checked):
    heading, word = (
        normalize("NFD", text) for text in ("Zentralverriegelung Anschlussart", "müller")
    )
    assert words.key(heading) == words.key("Zentralverriegelung Anschlussart")
    assert words.key(word) == words.key("MÜLLER")


def test_brand_against_model_warns_wherever_either_comes_from(checked, fleet):
    audi = VehicleModelFactory(brand="Audi", model="A3")
    by_model = JobTemplate.objects.create(fleet=fleet, name="By model", vehicle_model=audi)
    by_brand = JobTemplate.objects.create(fleet=fleet, name="By brand", brand="BMW")
    for content, template in [
        ("brand\nBMW\n", by_model),
        (f"vehicle_model_id\n{audi.pk}\n", by_brand),
    ]:
        found = checked(content, template=template)
        assert [(w.column, w.value, w.suggestion) for w in found.warnings] == [
            ("brand", "BMW", "Audi")
        ]
    found = checked(
        "brand\nBMW\n",
        template=JobTemplate(fleet=fleet, vehicle_model=audi, brand="Audi"),
        prefer_template=True,
    )
    assert not found.warnings


def test_a_template_with_a_retired_model_makes_no_job_of_it(checked, fleet):
    retired = VehicleModelFactory(active=False)
    template = JobTemplate.objects.create(fleet=fleet, name="Old", vehicle_model=retired)
    own = VehicleModelFactory()
    found = checked(f"custom_name,vehicle_model_id\nA,\nB,{own.pk}\n", template=template)
    assert [(e.row, e.column, e.code) for e in found.errors] == [
        (2, "vehicle_model_id", "vehicle_model_retired")
    ]
    assert [values["vehicle_model"] for _row, values in found.rows] == [own.pk]


def test_what_the_model_does_not_support_is_an_error(checked):
    model = VehicleModelFactory(installation_variants=["OBD"], features=["tracking"])
    found = checked(
        f"vehicle_model_id,installation_variant,tracking,smoke_detection\n{model.pk},WIRED,on,on\n"
    )
    assert [(e.column, e.code) for e in found.errors] == [
        ("installation_variant", "not_supported"),
        ("smoke_detection", "not_supported"),
    ]


def test_a_name_that_one_model_has_resolves_by_itself(checked):
    model = VehicleModelFactory(brand="Renault", model="Zoe", built_to=None)
    VehicleModelFactory(brand="Fiat", model="Panda", active=False)
    names = ["renault zoe", "Zoe", f'"{model}"', "Fiat Panda", "Renault Zoé"]
    found = checked("vehicle_model_id\n" + "\n".join(names))
    assert [values["vehicle_model"] for _number, values in found.rows] == [model.pk] * 3
    assert [(e.row, e.code, e.suggestion) for e in found.errors] == [
        (5, "vehicle_model_unknown", ""),
        (6, "vehicle_model_unknown", "Renault Zoe"),
    ]


def test_a_name_that_several_models_have_names_them_and_decides_nothing(checked):
    for fuel_type in ("PETROL", "DIESEL"):
        VehicleModelFactory(brand="Volkswagen", model="Golf", fuel_type=fuel_type)
    found = checked("vehicle_model_id\nVolkswagen Golf\n")
    [error] = found.errors
    assert error.code == "vehicle_model_ambiguous"
    assert "Golf (Petrol" in error.message
    assert "Golf (Diesel" in error.message


# --- tenants ----------------------------------------------------------------------------------------------------------
def test_unknown_pending_ended_and_foreign_partners_read_the_same(
    checked, fleet, manager, other_company, operator
):
    foreign = PartnershipFactory(fleet=FleetFactory(), company=other_company).company_id
    pending = PartnershipFactory(fleet=fleet, company=CompanyFactory(), status="PENDING").company_id
    over = PartnershipFactory(fleet=fleet, company=CompanyFactory())
    over.end(by=manager)
    suspended = PartnershipFactory(
        fleet=fleet, company=CompanyFactory(suspended_at="2026-01-01T00:00Z")
    ).company_id
    ids = [foreign, pending, over.company_id, suspended, "00000"]
    found = checked(
        "custom_name,assigned_installer_company_id\n" + "".join(f"A,{pk}\n" for pk in ids)
    )
    assert {(e.code, e.message, e.suggestion) for e in found.errors} == {
        ("not_a_partner", "This is not the ID of a partner of this fleet.", "")
    }
    assert len(found.errors) == len(ids)


def test_foreign_mounted_planned_and_unknown_units_read_the_same(
    checked, fleet, other_fleet, manager
):
    planned, free = UnitFactory(fleet=fleet), UnitFactory(fleet=fleet)
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    bad = [
        UnitFactory(fleet=other_fleet).pk,
        VehicleFactory(fleet=fleet).unit_id,
        planned.pk,
        "F" * 16,
    ]
    found = checked("planned_unit\n" + "\n".join([*bad, free.pk]))
    assert {(e.code, e.message, e.suggestion) for e in found.errors} == {
        (
            "unit_not_available",
            "This unit is not in stock, or it is reserved by another open job.",
            "",
        )
    }
    assert [values["planned_unit"] for _row, values in found.rows] == [free.pk]


def test_presets_are_those_of_the_fleet(checked, fleet, other_fleet):
    ConfigurationPreset.objects.create(
        fleet=fleet, name="Sharing", tracking=True, smoke_detection=False
    )
    ConfigurationPreset.objects.create(fleet=other_fleet, name="Theirs", tracking=True)
    found = checked(
        "configuration_preset,tracking,driving_events\nsharing,,on\nSharing,off,\nTheirs,,\n"
    )
    assert [values for _row, values in found.rows] == [
        {"driving_events": True, "tracking": True, "smoke_detection": False},
        {"tracking": False, "smoke_detection": False},
    ]
    assert [(w.row, w.column, w.code) for w in found.warnings] == [
        (3, "tracking", "preset_differs")
    ]
    assert [(e.row, e.code) for e in found.errors] == [(4, "preset_unknown")]


# --- the template -----------------------------------------------------------------------------------------------------
@pytest.fixture
def template(fleet, vehicle_model):
    return JobTemplate.objects.create(
        fleet=fleet,
        name="Sharing",
        vehicle_model=vehicle_model,
        brand="Audi",
        tracking=True,
        further_tests=["IGNITION"],
    )


def test_the_file_wins_against_the_template_and_the_difference_is_shown(
    checked, template, vehicle_model
):
    found = checked("brand,tracking,custom_name\nBMW,on,A\n,,B\n", template=template)
    assert [values for _row, values in found.rows] == [
        {"brand": "BMW", "tracking": True, "custom_name": "A", "vehicle_model": vehicle_model.pk},
        {"brand": "Audi", "tracking": True, "custom_name": "B", "vehicle_model": vehicle_model.pk},
    ]
    assert [(d.row, d.column, d.value, d.suggestion) for d in found.differences] == [
        (2, "brand", "BMW", "Audi")
    ]


def test_a_preset_is_called_by_another_spelling_but_with_its_separators_in_place(checked, fleet):
    ConfigurationPreset.objects.create(fleet=fleet, name="Pool-1 0", tracking=True)
    found = checked("configuration_preset,custom_name\npool 1-0,A\nPool 10,B\n")
    assert [values["tracking"] for _number, values in found.rows] == [True]
    assert [(e.row, e.code, e.suggestion) for e in found.errors] == [
        (3, "preset_unknown", "Pool-1 0")
    ]


def test_of_presets_that_differ_in_case_the_exact_one_is_taken_and_else_none(checked, fleet):
    for name, tracking in (("Pool 1", True), ("POOL 1", False)):
        ConfigurationPreset.objects.create(fleet=fleet, name=name, tracking=tracking)
    found = checked("configuration_preset,custom_name\nPOOL 1,A\npool-1,B\n")
    assert [values["tracking"] for _number, values in found.rows] == [False]
    assert [(e.row, e.code, e.suggestion) for e in found.errors] == [
        (3, "preset_ambiguous", "POOL 1, Pool 1")
    ]


def test_installer_decides_in_a_cell_counts_before_template_and_preset(checked, template, fleet):
    ConfigurationPreset.objects.create(
        fleet=fleet, name="Sharing", tracking=True, driving_events=True
    )
    content = "custom_name,tracking,configuration_preset\nA,installer decides,Sharing\n"
    found = checked(content, template=template)
    assert "tracking" not in found.rows[0][1]
    assert found.rows[0][1]["driving_events"] is True
    assert [(w.column, w.value, w.suggestion) for w in found.warnings] == [
        ("tracking", "installer decides", "on")
    ]
    assert [(d.column, d.value, d.suggestion) for d in found.differences] == [
        ("tracking", "installer decides", "on")
    ]
    preferred = checked(content, template=template, prefer_template=True)
    assert preferred.rows[0][1]["tracking"] is True


def test_prefer_template_data(checked, template):
    found = checked("brand,tracking\nBMW,off\n", template=template, prefer_template=True)
    assert found.rows[0][1] | {"vehicle_model": None} == {
        "brand": "Audi",
        "tracking": True,
        "vehicle_model": None,
    }
    assert [d.column for d in found.differences] == ["brand", "tracking"]


def test_a_job_takes_the_further_tests_of_its_template(preview, template, manager):
    draft = preview("custom_name\nA\n", template=template)
    draft.confirm(by=manager)
    job = draft.jobs.get()
    assert (job.template, job.further_tests, job.brand) == (template, ["IGNITION"], "Audi")


def test_a_job_takes_the_required_photos_of_its_template_or_of_its_cell(preview, template, manager):
    template.required_photos = ["SERIAL"]
    template.save()
    draft = preview("custom_name,required_photos\nA,\nB,plate\n", template=template)
    assert [one.column for one in draft.file.findings("differences")] == ["required_photos"]
    draft.confirm(by=manager)
    jobs = draft.jobs.order_by("custom_name")
    assert [job.required_photos for job in jobs] == [["SERIAL"], ["PLATE"]]


def test_a_template_that_goes_between_preview_and_import_leaves_what_was_seen(
    preview, template, manager
):
    draft = preview("custom_name\nA\n", template=template)
    template.delete()
    draft.refresh_from_db()
    draft.confirm(by=manager)
    assert (draft.jobs.get().brand, draft.jobs.get().further_tests) == ("Audi", ["IGNITION"])


def test_a_company_for_all_rows_and_companies_in_the_file_exclude_each_other(codes, partnership):
    content = f"custom_name,assigned_installer_company_id\nA,{partnership.company_id}\n"
    assert codes(content, company=partnership.company) == {
        (1, "assigned_installer_company_id", "company_twice")
    }


def test_a_company_that_is_no_partner_cannot_be_chosen_for_all_rows(codes, other_company):
    assert codes("custom_name\nA\n", company=other_company) == {
        (1, "assigned_installer_company_id", "not_a_partner")
    }


# Texts that begin, go on and end with every kind of sign: those that cleaning or a column looks at, and usual ones.
PARTS = [
    "", "A", "b", "7", "12345678901234567", "ß", "ÖÄ", "é", "É", "ǆ", "×", "日", "\u0308", "\u0130",
    " ", "  ", "\u00a0", "\t", "\n", "\r", "=", "'", "#", "#N/A", "1E+15", "-1.5e+07", "+", "-", "–",
    "@", ";'", ",'", '"', ".", "·", "•", "/", "_", "\x00", "\x1f", "\x7f", "\x9f", "\u200b", "\ufffd",
]  # fmt: skip


@pytest.mark.parametrize("column", [one for one in COLUMNS if one.rule.settled])
def test_what_is_taken_as_it_is_would_be_read_as_the_same(column):
    rule = column.rule
    texts = {"".join(parts) for parts in product(PARTS, repeat=3)} - {""}
    texts |= {"x" * length for length in (20, 21, 100, 101, 200, 201, 2000, 2001)}
    settled = texts - rule.unsettled(texts)
    assert settled
    for text in settled:
        assert rule.read(clean(text)) == clean(text) == text
