"""What real spreadsheets write is read; whatever is no table within the bounds gets a clear answer."""

import datetime
import time

import pytest

from jobs.importing import Unreadable, bounds, is_known, read
from tests.jobs.importing.books import book, with_parts

UMLAUTS = "custom_name;location\nMüller;Größe 3 – Halle\n"


def cells(content):
    return read(content.encode() if isinstance(content, str) else content, is_known)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_line_end(encoding, delimiter, end):
    text = UMLAUTS.replace(";", delimiter).replace("\n", end)
    assert cells(text.encode(encoding)) == (["custom_name", "location"], [(2, ["Müller", "Größe 3 – Halle"])])


def test_quoted_line_breaks_separators_and_quotes():
    sheet = cells('custom_name,instructions\n"A, ""B""","one\r\ntwo"\nC,D\n')
    assert sheet.records == [(2, ['A, "B"', "one\r\ntwo"]), (3, ["C", "D"])]


def test_the_hint_that_excel_itself_understands():
    assert cells("sep=;\ncustom_name;location\nA,B;C\n").records == [(2, ["A,B", "C"])]


def test_separators_inside_of_the_header_do_not_decide():
    assert cells('"custom_name";"a,b,c,d,e";location\nA;B;C\n').header == ["custom_name", "a,b,c,d,e", "location"]


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
            ["custom_name", "year_of_production", "planned_service_date", "tracking", "location", "contact", None],
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


def test_a_formula_counts_by_its_stored_value_and_is_refused_without_one():
    stored = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="str"><v>custom_name</v></c></row>'
        b'<row r="2"><c r="A2" t="str"><f>"A"&amp;"B"</f><v>AB</v></c></row>'
        b'<row r="3"><c r="A3"><f>1+1</f></c></row></sheetData></worksheet>'
    )
    assert cells(with_parts(book(["x"]), xl__worksheets__sheet1=stored)).records == [(2, ["AB"]), (3, ["=1+1"])]


BOMB = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
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
        (with_parts(book(["x"]), xl__worksheets__sheet1=BOMB % (b"<row/>" * 300_000)), "too_many_rows"),
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


def test_a_cell_that_claims_to_stand_far_away_costs_nothing():
    far = BOMB % b'<row r="1"><c r="A1" t="str"><v>custom_name</v></c></row><row r="2"><c r="XFD2"><v>1</v></c></row>'
    with pytest.raises(Unreadable) as refused:
        cells(with_parts(book(["x"]), xl__worksheets__sheet1=far))
    assert refused.value.code == "no_rows"
