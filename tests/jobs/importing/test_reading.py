"""What real spreadsheets write is read; whatever is no table within the bounds gets a clear answer."""

import datetime
import io
import time
import zipfile

import pytest
from openpyxl import load_workbook

from jobs.importing import bounds
from jobs.importing.encoding import CODECS, NAMES, decode
from jobs.importing.errors import Unreadable
from jobs.importing.headings import is_known
from jobs.importing.reading import read, read_file
from tests.jobs.importing.books import HEADER, book, saved, sheet_xml, with_parts

UMLAUTS = "custom_name;location\nMüller;Größe 3 – Halle\n"


def cells(content):
    return read(content.encode() if isinstance(content, str) else content, is_known)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_line_end(encoding, delimiter, end):
    text = UMLAUTS.replace(";", delimiter).replace("\n", end)
    assert cells(text.encode(encoding)) == (
        ["custom_name", "location"],
        [(2, ["Müller", "Größe 3 – Halle"])],
    )


def test_quoted_line_breaks_separators_and_quotes():
    sheet = cells('custom_name,instructions\n"A, ""B""","one\r\ntwo"\nC,D\n')
    assert sheet.records == [(2, ['A, "B"', "one\r\ntwo"]), (3, ["C", "D"])]


def test_the_hint_that_excel_itself_understands():
    assert cells("sep=;\ncustom_name;location\nA,B;C\n").records == [(2, ["A,B", "C"])]


def test_separators_inside_of_the_header_do_not_decide():
    assert cells('"custom_name";"a,b,c,d,e";location\nA;B;C\n').header == [
        "custom_name",
        "a,b,c,d,e",
        "location",
    ]


def test_blank_rows_are_passed_over_but_keep_their_number_and_blank_columns_go():
    sheet = cells("\n;;;\ncustom_name;location;;\n\nA;B;;\n;;;\n;C\n;;;;\n\n")
    assert sheet == (["custom_name", "location"], [(3, ["A", "B"]), (5, ["", "C"])])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b" \n,,,\n", "empty_file"),
        (b"custom_name\n", "no_rows"),
        (b'custom_name,location\nA,"B\nC,D\nE,F\n', "unclosed_quote"),
        (b'custom_name,location\n"A"x,B\n', "unclosed_quote"),
        (b"custom_name\nA\0B\n", "not_a_text_file"),
        ("custom_name\nA".encode("utf-16-le"), "not_a_text_file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", "not_a_text_file"),
        (b"\xff\xd8\xff\xe0\x81\x8d\x8f", "encoding"),
        (b"\xff\xfec\x00\xd8", "encoding"),
        ("custom_name\nM\u00fcller\n".encode() + b"M\xfcller\n", "mixed_encodings"),
        (b"custom_name\n" + b"A" * 1_000_000 + b"\n", "cell_too_long"),
        (b"custom_name\n" + b"A\n" * 1001, "too_many_rows"),
        (b"custom_name," * 100_000 + b"vin\nA\n", "too_many_columns"),
        (b"custom_name\n" + b" " * (bounds.MAX_BYTES), "too_large"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "old_workbook"),
        (b"PK\x03\x04 not really", "broken_workbook"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(content, code):
    with pytest.raises(Unreadable) as refused:
        cells(content)
    assert refused.value.code == code
    assert str(refused.value)


def test_a_thousand_rows_are_read_and_blank_ones_do_not_count():
    assert len(cells("custom_name\n" + "A\n\n" * 1000).records) == 1000


def test_an_unclosed_quote_names_the_row_it_begins_in():
    with pytest.raises(Unreadable) as refused:
        cells('custom_name,location\nA,B\n\nC,"D\nE,F\n')
    assert refused.value.row == 4


def test_a_workbook_is_read_as_a_person_would_write_it():
    sheet = cells(
        book(
            [
                "custom_name",
                "year_of_production",
                "planned_service_date",
                "tracking",
                "location",
                "contact",
                None,
            ],
            ["A", 2024, datetime.datetime(2026, 11, 24), True, 1.5, 4930123456.0, None],
            [None] * 7,
            ["B", 2024.0, datetime.date(2026, 1, 2), False, "x", None],
            sheets=["Allowed values"],
        )
    )
    assert sheet.records == [
        (2, ["A", "2024", "2026-11-24", "true", "1.5", "4930123456"]),
        (4, ["B", "2024", "2026-01-02", "false", "x"]),
    ]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (b'<c r="A2" t="str"><f>"A"&amp;"B"</f><v>AB</v></c>', "AB"),
        (b'<c r="A2" t="str"><f t="array" ref="A2">_xlfn.CONCAT(B2:B9)</f><v>AB</v></c>', "AB"),
        (b'<c r="A2"><f t="dataTable" ref="A2:A9" dt2D="0" dtr="0" r1="B1"/><v>7</v></c>', "7"),
        (b'<c r="A2"><f>1+1</f></c>', "=1+1"),
        (b'<c r="A2"><f t="array" ref="A2:A3">SUM(B2:B9)</f></c>', "=SUM(B2:B9)"),
        (b'<c r="A2"><f t="dataTable" ref="A2:A9" dt2D="0" dtr="0" r1="B1"/></c>', "="),
    ],
)
def test_a_formula_counts_by_its_stored_value_and_is_refused_without_one(cell, text, checked):
    content = sheet_xml(HEADER + b'<row r="2">%s<c r="B2"><v>1</v></c></row>' % cell)
    assert cells(content).records == [(2, [text, "1"])]
    assert [e.code for e in checked(content).errors] == (
        ["formula"] if text.startswith("=") else []
    )


def test_formulas_that_come_out_empty_are_blank_however_far_they_are_copied_down():
    empty = b"".join(
        b'<row r="%d"><c t="str"><f>IF(Z%d="","",1)</f><v></v></c></row>' % (n, n)
        for n in range(3, 3000)
    )
    content = sheet_xml(HEADER + b'<row r="2"><c t="str"><v>A</v></c></row>' + empty)
    assert cells(content).records == [(2, ["A"])]


def test_a_thousand_rows_of_formulas_are_read_and_not_one_more():
    def rows(number):
        return b"".join(b"<row><c><f>1+1</f><v>2</v></c></row>" for _row in range(number))

    assert len(cells(sheet_xml(HEADER + rows(1000))).records) == 1000
    with pytest.raises(Unreadable, match="1000"):
        cells(sheet_xml(HEADER + rows(1001)))


def test_blank_rows_far_below_a_table_cost_nothing():
    """Excel keeps a row that was once formatted, down to the last one of the sheet."""
    content = sheet_xml(
        HEADER
        + b'<row r="2"><c t="str"><v>A</v></c></row><row r="1048576" ht="20"><c s="1"/></row>'
    )
    assert cells(content).records == [(2, ["A"])]


def test_escaped_control_characters_of_a_workbook_are_what_they_stand_for(checked):
    content = sheet_xml(HEADER + b'<row><c/><c t="str"><v>one_x000D_\ntwo</v></c></row>')
    assert cells(content).records == [(2, ["", "one\r\ntwo"])]
    assert checked(sheet_xml(HEADER + b'<row><c t="str"><v>a_x0007_b</v></c></row>')).errors[
        0
    ].code == ("forbidden_character")


def test_the_sheet_with_a_header_we_know_is_meant():
    summary = book(
        ["This document was exported from Numbers."], [None], ["Name", "Table", "Drawings"]
    )
    made = load_workbook(io.BytesIO(summary))
    made.active.title = "Export Summary"
    for title, state in [("Old", "hidden"), ("Fleet", "visible"), ("Other", "visible")]:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        sheet.append([])
        sheet.append(["Colour", "Custom Name"])
        sheet.append([None, title])
    assert cells(saved(made)).records == [(2, ["", "Fleet"])]
    for title in ("Fleet", "Other"):
        made.remove(made[title])
    assert cells(saved(made)).header == ["This document was exported from Numbers."]


BOMB = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
ROW, WIDE = (b"<row>" + b"<c><v>1</v></c>" * cells + b"</row>" for cells in (10, 100))
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;">
<!ENTITY g "&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;"><!ENTITY h "&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="str">
<v>&h;</v></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_parts(book(["x"]), big=b" " * (bounds.MAX_UNPACKED + 1)), "unpacks_too_large"),
        (with_parts(book(["x"]), **{f"part{n}": b"" for n in range(250)}), "unpacks_too_large"),
        (with_parts(book(["x"]), xl__worksheets__sheet1=BOMB % (b"<row/>" * 50_000)), "empty_file"),
        (
            with_parts(book(["x"]), xl__worksheets__sheet1=BOMB % (b"<row/>" * 600_000)),
            "unpacks_too_large",
        ),
        (with_parts(book(["x"]), xl__worksheets__sheet1=BOMB % (ROW * 9_999)), "too_many_rows"),
        (
            with_parts(book(["x"]), xl__worksheets__sheet1=BOMB % (WIDE * 9_999)),
            "unpacks_too_large",
        ),
        (
            with_parts(
                book(["x"]),
                xl__worksheets__sheet1=BOMB % b'<row r="1048577"/><row r="9999999999"/>',
            ),
            "empty_file",
        ),
        (
            with_parts(
                book(["x"]),
                xl__worksheets__sheet1=BOMB % b'<row r="1048577"><c t="b"><v>1</v></c></row>',
            ),
            "too_many_rows",
        ),
        (with_parts(book(["x"]), xl__worksheets__sheet1=LAUGHS), "broken_workbook"),
        (with_parts(book(["x"]), xl__worksheets__sheet1=b"no xml"), "broken_workbook"),
        (with_parts(book(["x"]), xl__workbook=b"<workbook/>"), "not_a_workbook"),
        (book(["x"])[:-100], "broken_workbook"),
        (with_parts(book(["x"])).replace(b"xl/workbook.xml", b"xl/workbook.xmm"), "not_a_workbook"),
        (book(["custom_name"], *([["A"]] * 1001)), "too_many_rows"),
        (book(["custom_name", *(f"c{n}" for n in range(200))], ["A"]), "too_many_columns"),
        (book([None]), "empty_file"),
    ],
)
def test_a_hostile_workbook_is_refused_quickly(content, code):
    started = time.process_time()
    with pytest.raises(Unreadable) as refused:
        cells(content)
    assert refused.value.code == code
    assert time.process_time() - started < 5


def test_a_cell_that_stands_far_away_is_reported_and_costs_nothing(codes):
    far = sheet_xml(HEADER + b'<row r="2"><c r="XFD2"><v>1</v></c></row>')
    assert codes(far) == {(2, "", "too_many_cells")}


# --- what a sheet shows -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (4711, "000000", "004711"),
        (815, "0000", "0815"),
        (7, '"Pool "0', "Pool 7"),
        (7, 'General" km"', "7 km"),
        (4930123456, "+#", "+4930123456"),
        (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (3055512345, "[<=9999999]###-####;(###) ###-####", "(305) 551-2345"),
        (123456, "00\\ 00\\ 00", "12 34 56"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1500, "0.0,", "1.5"),
        (0.5, "0%", "50%"),
        (12.3, "0", "12"),
        (-3, '0;"minus "0', "minus 3"),
        (0, '0;-0;"none"', "none"),
        (12, '_-* #,##0.00\\ "€"_-', "12.00 €"),
        (3, "0 [$€-407]", "3 €"),
        (0.30000000000000004, "General", "0.3"),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(number, code, text):
    content = with_format(number, code)
    assert cells(content).records == [(2, [text])]


def with_format(number, code):
    made = load_workbook(io.BytesIO(book(["custom_name"], [number])))
    made.active["A2"].number_format = code
    return saved(made)


def test_a_number_in_a_format_that_is_not_read_is_refused_with_what_is_stored(checked):
    [error] = checked(with_format(12.5, "# ?/?")).errors
    assert error.code == "number_format"
    assert error.message.endswith("It is stored as 12.5.")


def test_a_year_is_read_however_its_digits_are_grouped(checked):
    for code in ("#,##0", "0.00", "0"):
        made = load_workbook(io.BytesIO(book(["year_of_production"], [2024])))
        made.active["A2"].number_format = code
        assert checked(saved(made)).rows[0][1]["year_of_production"] == 2024


def test_a_name_that_a_sheet_has_turned_into_a_date_is_refused(checked):
    day = datetime.date(2026, 3, 9)
    found = checked(
        book(
            ["brand", "model", "planned_service_date", "instructions"],
            ["Saab", day, day, day],
            ["Saab", "2026-03-08", day, ""],
        )
    )
    assert [(e.row, e.column, e.code) for e in found.errors] == [(2, "model", "date_in_text")]
    assert [values["model"] for _row, values in found.rows] == ["2026-03-08"]


def test_strict_open_xml_is_refused_by_its_name():
    """Excel writes it from the same dialog, with the same extension."""
    with zipfile.ZipFile(io.BytesIO(book(["custom_name"], ["A"]))) as packed:
        workbook = packed.read("xl/workbook.xml")
    strict = workbook.replace(
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    with pytest.raises(Unreadable, match="Strict Open XML Spreadsheet"):
        cells(with_parts(book(["custom_name"], ["A"]), xl__workbook=strict))


# --- encodings --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1252", "Citroën, Genève, Größe"),
        ("windows-1252", "Halle – 3 €"),
        ("windows-1252", "Århus, Jönköping"),
        ("windows-1250", "Łódź"),
        ("windows-1250", "Žluťoučký kůň, Plzeň"),
        ("windows-1250", "Győr, Székesfehérvár, Hódmezővásárhely"),
        ("macintosh", "Zürich"),
        ("macintosh", "Größe 3 – Halle"),
        ("macintosh", "Fête à la crème"),
    ],
)
def test_an_encoding_of_one_byte_is_recognised_by_its_letters(encoding, text):
    decoded = decode(f"custom_name\n{text}\n".encode(CODECS[encoding]))
    assert decoded.text == f"custom_name\n{text}\n"
    assert decoded.encoding == encoding


@pytest.mark.parametrize(
    ("encoding", "text"), [("windows-1252", "Tromsø"), ("windows-1250", "Wrzesień")]
)
def test_letters_that_two_encodings_may_mean_are_refused_with_both(encoding, text):
    content = f"custom_name\n{text}\n".encode(CODECS[encoding])
    with pytest.raises(Unreadable) as refused:
        decode(content)
    assert refused.value.code == "encoding_unclear"
    assert f"{NAMES[encoding]} ({text})" in str(refused.value)
    assert decode(content, encoding).text == f"custom_name\n{text}\n"


# --- the header -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "header_row"),
    [
        (["license_plate;location", "B QX 1;Hof"], 1),
        (["Fleet list", "license_plate;location", "B QX 1;Hof"], 2),
        (["Fleet list", "March", "", "Colour;Size", "red;big"], 4),
        (["Colour;Size", "red;big"], 1),
        (["B-QX 1;Hof", "B-QX 2;Hof"], 0),
        (["Hof;24.11.2026", "Hof;25.11.2026"], 0),
        (["Golf;WVWZZZ1KZAW000001", "Polo;WVWZZZ1KZAW000002"], 0),
    ],
)
def test_the_row_with_the_headings_is_found(lines, header_row):
    assert read_file("\n".join(lines).encode(), is_known).header_row == header_row


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("hint", ["", "sep={}\n", '"sep={}"\n'])
def test_a_list_without_headings_is_split_by_the_separator_of_most_lines(delimiter, hint):
    rows = [["B-QX 1", "Hall 3"], ["B-QX 2", "Hall 4"]]
    content = hint.format(delimiter) + "\n".join(map(delimiter.join, rows))
    assert [cells for _row, cells in cells_of(content)] == rows


def cells_of(content):
    return read(content.encode(), is_known).records
