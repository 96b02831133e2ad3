"""Files that we hand out: nothing in them runs, and the rows to be mended come back as they were understood."""

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models.fleet_settings import SEPARATORS
from core.values.cells import neutral
from jobs.importing.characters import clean, odd_ones, to_mend
from jobs.importing.errors import BadCell
from jobs.importing.files import as_csv, as_workbook, bad_rows
from tests.jobs.importing.books import book

SIGNS = "=+-@＝＋－＠"
# Pieces that have a meaning to a spreadsheet, to a CSV reader, or to us.
PIECES = st.sampled_from(
    [*SIGNS, *";,\t\n\r'\" #A1", '="', "u\u0308", "#NV", "#FORMULA! ", "\x07", "\u00a0", "1/2/26"]
)
CELLS = st.lists(PIECES, max_size=8).map("".join)


def meant(text):
    try:
        return clean(text)
    except BadCell as problem:
        return problem.code


@given(text=CELLS)
@example('="=007"')
@example('="\'=a"')
@example("''=a")
@example("- one\n- two,-3")
def test_what_was_understood_is_understood_again(text):
    assert meant(neutral(to_mend(text))) == meant(text)


@given(text=CELLS)
def test_what_is_not_odd_is_left_as_it_is(text):
    assert odd_ones([text]) or meant(text) == text


@given(texts=st.lists(CELLS, unique=True))
def test_odd_ones_are_found_among_others_as_they_are_alone(texts):
    assert odd_ones(texts) == [text for text in texts if odd_ones([text])]


@pytest.mark.parametrize("separator", SEPARATORS.values())
@given(text=CELLS)
@example("x;=HYPERLINK(1)")
@example('x;"=1+1&""";')
@example("\n=1+1")
def test_no_cell_of_a_csv_file_runs_whatever_separator_its_reader_expects(separator, text):
    written = as_csv([["a", text, "b"]], separator).decode("utf-8-sig")
    for piece in re.split(r"[,;\t\r\n]", written):
        assert not piece.strip('"').startswith(tuple(SIGNS)), written


def test_cells_are_read_back_from_a_csv_file_as_they_were_written():
    rows = [["a;b", 'c"d', "e\nf", "g,h"]]
    assert list(csv.reader(io.StringIO(as_csv(rows, ",").decode("utf-8-sig"), newline=""))) == rows


ROWS = {
    "a formula": "=1+1",
    "a formula behind text": "=HYPERLINK(1),-1",
    "an error of the spreadsheet": "#NV",
    "a shortened number": "1.23E+15",
    "a control character": "a\x07b",
    "no character at all": "a\uffffb",
    "a lost character": "a\N{REPLACEMENT CHARACTER}b",
    "more than the column takes": "x" * 300,
    "a line break": "a\nb",
}


@pytest.fixture
def mend():
    def write(draft, kind):
        rows = bad_rows(draft)
        return as_csv(rows, ",") if kind == "csv" else as_workbook({"Rows to correct": rows})

    return write


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("bad", ROWS.values(), ids=ROWS)
def test_a_bad_cell_that_nobody_mends_is_refused_again(preview, mend, bad, kind):
    quoted = bad.replace('"', '""')
    draft = preview(f'custom_name,location\n"{quoted}",A\nB,C\n')
    assert draft.bad == 1
    again = preview(mend(draft, kind))
    assert (again.total, again.bad) == (1, 1)
    assert [e.code for e in again.file.findings("errors")] == [
        e.code for e in draft.file.findings("errors")
    ]
    assert (preview(mend(again, kind)).total, preview(mend(again, kind)).bad) == (1, 1)


def good_values(draft):
    return [values for _number, values in draft.file.rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_good_cells_beside_a_bad_one_stay_what_they_were(preview, mend, kind):
    good = [
        '="1.23E+15"',
        "'=SUM",
        "- one\n- two",
        " Mu\u0308ller\u00a0& Co ",
        "+49 30 1;-2",
        "rock, 'n' roll",
    ]
    line = ",".join('"' + cell.replace('"', '""') + '"' for cell in good)
    header = "custom_name,external_reference,instructions,location,contact,brand,vin"
    expected = good_values(
        preview(f"{header.replace('brand', 'Reason')}\n{line},WVWZZZ1KZAW000001\n")
    )
    draft = preview(f"{header.replace('brand', 'Reason')}\n{line},WRONG\n")
    written = mend(draft, kind)
    if kind == "csv":
        written = written.replace(b"WRONG", b"WVWZZZ1KZAW000001")
    else:
        from openpyxl import load_workbook

        rows = [list(row) for row in load_workbook(io.BytesIO(written)).active.values]
        written = book(
            *[["WVWZZZ1KZAW000001" if cell == "WRONG" else cell for cell in row] for row in rows]
        )
    mended = preview(written)
    assert not mended.problems, mended.file.errors
    assert good_values(mended) == expected


def test_dates_keep_the_order_that_the_whole_column_gave_away(preview, mend):
    """Alone, the row to be mended would leave open whether its day or its month comes first."""
    draft = preview("vin,planned_service_date\nWRONG,1/2/2026\n,13/1/2026\nBAD,14/1/2026\n")
    text = mend(draft, "csv").decode("utf-8-sig")
    assert '"2026-02-01"' in text
    again = preview(text.replace("WRONG", "").replace("BAD", ""))
    assert [values["planned_service_date"] for values in good_values(again)] == [
        "2026-02-01",
        "2026-01-14",
    ]


def test_a_date_that_is_not_clear_stays_so_beside_the_others(preview, mend):
    draft = preview("vin,planned_service_date\n,1/2/2026\nWRONG,13/1/2026\n,1/14/2026\n")
    again = preview(mend(draft, "csv"))
    assert {(e.column, e.code) for e in again.file.findings("errors")} == {
        ("vin", "vin_length"),
        ("planned_service_date", "ambiguous_date"),
    }
