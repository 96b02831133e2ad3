from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone, translation

from core.web.lists.columns import (
    ChoiceColumn,
    CodeColumn,
    Column,
    DateColumn,
    FlagColumn,
    LinkColumn,
    StatusColumn,
    TimeColumn,
)
from core.web.lists.tables import Table
from jobs.models import Job
from jobs.web.columns import FeatureColumn


class Cars(Table):
    name = LinkColumn("car", names=("license_plate", "custom_name"), sort="license_plate")
    status = StatusColumn("status", choices=Job.Status, sort="status", indexed=False)
    kind = ChoiceColumn("kind", choices=Job.Kind)
    vin = CodeColumn("VIN")
    planned = DateColumn(
        "planned", accessor="planned_service_date", sort="planned_service_date", label_on_phone=True
    )
    changed = TimeColumn("changed", accessor="updated_at")
    differs = FlagColumn("differs", tag="DIFFERS", text="differs")
    tracking = FeatureColumn("tracking", css="num")
    place = Column("place", accessor="location", reads=("contact",))
    initial = ("name", "status", "vin")


ROW = {
    "pk": "01J",
    "version": 3,
    "license_plate": "B <b> 1",
    "custom_name": "Blue",
    "status": "RUNNING",
    "kind": "INSTALLATION",
    "vin": 'WVW"><script>',
    "planned_service_date": date(2026, 3, 1),
    "updated_at": datetime(2026, 3, 1, 22, 30, tzinfo=UTC),
    "differs": True,
    "tracking": None,
    "location": "<i>Hall</i>",
    "contact": "",
}


def cells(*columns, row=ROW, **options):
    return str(
        Cars(columns=("name", *columns), row_url="/jobs/{}/", **options).fill([row]).lines[0].cells
    )


def test_every_text_in_a_cell_is_escaped():
    printed = cells("vin", "place")
    assert "<script>" not in printed
    assert "<b>" not in printed
    assert "<td>&lt;i&gt;Hall&lt;/i&gt;" in printed


def test_a_row_is_called_by_its_first_name_and_leads_to_its_page():
    assert cells() == '<td><a class="row-link" href="/jobs/01J/">B &lt;b&gt; 1</a>'
    assert ">Blue<" in cells(row=ROW | {"license_plate": ""})
    assert ">no name yet<" in cells(row=ROW | {"license_plate": "", "custom_name": ""})


def test_a_status_is_a_word_with_what_the_theme_needs_to_draw_it():
    assert '<span class="status" data-status="RUNNING">Running</span>' in cells("status")


def test_a_date_reads_in_the_readers_language_and_a_time_in_his_zone():
    with translation.override("en"), timezone.override("Europe/Berlin"):
        with time_machine.travel("2027-01-01"):
            assert '<td data-label="Planned">1 Mar 2026<td>1 Mar 2026, 23:30' in cells(
                "planned", "changed"
            )
        with time_machine.travel("2026-01-01"):
            assert '<td data-label="Planned">1 Mar<td>1 Mar, 23:30' in cells("planned", "changed")


def test_what_is_not_there_is_an_empty_cell():
    empty = ROW | {"vin": "", "planned_service_date": None, "location": None, "differs": False}
    printed = cells("vin", "planned", "place", "differs", row=empty)
    assert printed.endswith("<td><td><td><td>")


def test_a_feature_that_is_not_set_is_the_installers():
    assert '<td class="num">installer decides' in cells("tracking")


def test_a_box_says_which_row_it_means():
    printed = cells(picks=True)
    assert '<input type=checkbox name="select" value="01J" aria-label="B &lt;b&gt; 1">' in printed


def test_a_choice_of_columns_counts_in_its_order_and_forgets_what_does_not_exist():
    table = Cars(columns=["vin", "nonsense", "vin", "status"])
    assert [head.label for head in table.heads] == ["Car", "VIN", "Status"]
    assert [head.label for head in Cars().heads] == ["Car", "Status", "VIN"]


def test_choosing_columns_offers_all_and_marks_what_must_stay():
    choices = Cars(columns=["vin"]).choices
    assert choices[:3] == [
        ("name", "Car", True, True),
        ("vin", "VIN", True, False),
        ("status", "Status", False, False),
    ]
    assert len(choices) == len(Cars.base_columns)


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("planned", "planned_service_date"),
        ("-planned", "-planned_service_date"),
        ("vin", "-pk"),
        ("x", "-pk"),
        ("", "-pk"),
    ],
)
def test_only_offered_columns_sort(asked, order):
    assert Cars(sort=asked).order == order


def test_a_column_without_an_index_sorts_only_while_the_rows_are_few():
    assert Cars(sort="status").order == "status"
    table = Cars(sort="status", many=True)
    assert table.order == "-pk"
    assert [bool(head.sort) for head in table.heads] == [True, False, False]


def test_a_heading_turns_the_order_round():
    assert next((head.sort, head.direction) for head in Cars(sort="name").heads) == (
        "-name",
        "ascending",
    )
    assert next((head.sort, head.direction) for head in Cars(sort="-name").heads) == (
        "name",
        "descending",
    )


def test_a_table_reads_what_its_shown_columns_need_and_no_more():
    assert Cars(columns=["place"], sort="-planned").reads == [
        "pk", "version", "planned_service_date", "license_plate", "custom_name", "location", "contact",
    ]  # fmt: skip


def test_an_export_holds_plain_values_under_the_labels():
    rows = list(Cars(columns=["status", "planned", "tracking", "differs"]).export([ROW]))
    assert rows == [
        ["Car", "Status", "Planned", "Tracking", "Differs"],
        ["B <b> 1", "Running", date(2026, 3, 1), "installer decides", "differs"],
    ]
