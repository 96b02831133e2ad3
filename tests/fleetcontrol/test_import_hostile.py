"""Two thousand hostile and mutated files: never a 500, every row accounted for, in bounded time, on page and API."""

import io
import time
from functools import cache

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from jobs.importing.columns import COLUMNS
from jobs.models import Job, JobImport
from tests.fleetcontrol.test_import_api import call, machine  # noqa: F401
from tests.jobs.importing.books import book, with_parts

FILES, PARTS, SECONDS = 2_000, 8, 10
NAMES = [column.name for column in COLUMNS]
CELLS = [
    "", " ", "Audi", "PETROL", "on", "2024", "24.11.2026", "WVWZZZ1KZAW000001", "WVWZZZ1KZAW000002", "B QX 1", "Müller",
    "=1+1", '="007"', "@SUM(A1)", "'=x", "\u202eabc", "a\x00b", "\x07", "\ud7ff", "\ufeff", "日本", "🚗", "1E+16", "#REF!",
    "x" * 6_000, "9" * 400, "-1", "٢٠٢٤", "2026-02-30", "1/2/26", "ULID", "0" * 26, "0011223344556677", "line\nbreak",
    'quo"te', "'", "NaN", "inf", "1e999", "<script>", "%s", "{0}", "\\N", "\u2028", "İ", "ß" * 20,
]  # fmt: skip
SCRAPS = [
    b"\0", b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\xc3\x28", b"\x80",
    b"=cmd|' /C calc'!A0", b"\xe2\x80\xae", b"PK\x03\x04", b"sep=,\n", b"A" * 9_000, b"," * 3_000, b"\n" * 3_000,
]  # fmt: skip
HEADINGS = [*NAMES, *(name.upper() for name in NAMES), "Colour", "", " ", "reason", "vin", "VIN ", "x" * 3_000]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1", "utf-7"]


@st.composite
def tables(draw):
    header = draw(st.lists(st.sampled_from(HEADINGS), min_size=1, max_size=8))
    row = st.lists(st.sampled_from(CELLS) | st.text(max_size=20), max_size=len(header) + 2)
    return [header, *draw(st.lists(row, max_size=8))]


@st.composite
def texts(draw):
    delimiter, end = draw(st.sampled_from(",;\t|")), draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoted = draw(st.booleans())
    lines = [
        delimiter.join('"' + cell.replace('"', '""') + '"' if quoted else cell for cell in row)
        for row in draw(tables())
    ]
    return end.join(lines).encode(draw(st.sampled_from(ENCODINGS)), errors="replace")


@st.composite
def mutated(draw, whole):
    content = bytearray(draw(whole))
    for _turn in range(draw(st.integers(0, 6))):
        place, length = draw(st.integers(0, len(content))), draw(st.integers(0, 40))
        content[place : place + length] = draw(st.sampled_from(SCRAPS) | st.binary(max_size=12))
    return bytes(content)


@cache
def good_book() -> bytes:
    return book(NAMES, ["B QX 1", "WVWZZZ1KZAW000009", "A"])


@st.composite
def sheets(draw):
    """A workbook whose sheet is anything at all, packed properly, so that the reader behind the zip is reached."""
    xml = draw(mutated(st.just(b"<worksheet><sheetData>" + b'<row r="1"><c r="A1" t="str"><v>vin</v></c></row>' * 3)))
    return with_parts(good_book(), xl__worksheets__sheet1=xml)


FILES_OF_ALL_KINDS = st.one_of(
    texts(), mutated(texts()), st.binary(max_size=300), mutated(st.builds(good_book)), sheets()
)  # fmt: skip


@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_file_breaks_the_import(part, manager_client, fleet, call):  # noqa: F811
    told = []

    @seed(part)
    @settings(
        max_examples=FILES // PARTS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(content=FILES_OF_ALL_KINDS)
    def judge(content):
        started = time.process_time()
        by_page = page(content, manager_client, fleet)
        by_api = api(content, call)
        assert time.process_time() - started < SECONDS
        assert by_page == by_api
        told.append(by_api)

    judge()
    assert len(told) >= FILES // PARTS
    assert any(created for _rows, created, _rejected in told)
    assert any(rejected for _rows, _created, rejected in told)


def api(content: bytes, call) -> tuple:  # noqa: F811
    before = Job.objects.count()
    dry = call(content, dry_run="true", valid_rows_only="true")
    assert dry.status_code == 200
    foreseen = dry.json()
    assert foreseen["rows"] == foreseen["created"] + foreseen["rejected"]
    if not foreseen["created"] and len(content) % 4:  # every fourth is refused in earnest too
        return foreseen["rows"], 0, foreseen["rejected"]
    answer = call(content, valid_rows_only="true")
    assert answer.status_code in (201, 422)
    body = answer.json()
    assert set(body) == {"rows", "created", "rejected", "warnings", "errors"}
    assert body["rows"] == body["created"] + body["rejected"]
    assert (body["rows"], body["created"]) == (foreseen["rows"], foreseen["created"])
    assert Job.objects.count() == before + body["created"]
    assert (answer.status_code == 201) == bool(body["created"])
    assert body["errors"] or not body["rejected"]
    undo()
    return body["rows"], body["created"], body["rejected"]


def page(content: bytes, client, fleet) -> tuple:
    file = io.BytesIO(content)
    file.name = "jobs.csv"
    answer = client.post(reverse("fleetcontrol:job-import", args=[fleet.pk]), {"file": file})
    if answer.status_code == 200:
        assert answer.context["form"].errors["file"]
        return (0, 0, 0)
    assert answer.status_code == 302
    assert client.get(answer.url).status_code == 200
    draft = JobImport.objects.latest("pk")
    told = {"version": draft.version, "valid_rows_only": "1"}
    client.post(reverse("fleetcontrol:job-import-confirm", args=[fleet.pk, draft.pk]), told)
    if draft.file.bad:
        errors = reverse("fleetcontrol:job-import-errors-csv", args=[fleet.pk, draft.pk])
        assert client.get(errors).status_code == 200
    draft.refresh_from_db()
    assert draft.created == draft.good == draft.jobs.count()
    undo()
    return draft.total, draft.created, draft.rejected


def undo() -> None:
    """The next one meets the same fleet."""
    for job in Job.objects.all():
        job.events.all().delete()
    Job.objects.all().delete()
    JobImport.objects.all().delete()
