"""Lists of 1,000 rows in three languages, in every form that Excel writes: each row becomes the job it means."""

from datetime import date

import pytest

from jobs.importing.layout import NO_HEADER, Layout
from tests.jobs.importing.lists import fleet_lists, jobs

LISTS = fleet_lists()


def expected(fleet_list):
    for job in jobs(fleet_list.language):
        year = int(job["year_of_production"])
        yield {name: job[name] for name in fleet_list.fields} | {"year_of_production": year}


@pytest.mark.parametrize("name", [name for name, one in LISTS.items() if one.has_header])
def test_every_row_of_a_list_becomes_the_job_it_means(name, checked):
    found = checked(LISTS[name].content)
    assert not found.errors
    assert not found.warnings
    assert [values for _row, values in found.rows] == list(expected(LISTS[name]))


def test_a_list_without_headings_keeps_its_first_record_and_suggests_columns_by_their_values(
    checked,
):
    fleet_list = LISTS["deutsch-ohne-kopf.csv"]
    found = checked(fleet_list.content)
    assert found.total == 1000
    assert not found.rows
    assert "no_header" in {error.code for error in found.errors}
    suggested = [heading.suggestion for heading in found.headings]
    assert suggested == ["license_plate", "vin", "brand", "", "fuel_type", "year_of_production"]
    columns = {str(place): name for place, name in enumerate(fleet_list.fields)}
    found = checked(fleet_list.content, columns=columns, layout=Layout(header=NO_HEADER))
    assert not found.errors
    assert [values for _row, values in found.rows] == list(expected(fleet_list))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-23T23:00:00Z", date(2026, 11, 24)),
        ("2026-11-23T22:59:59Z", date(2026, 11, 23)),
        ("2026-11-24 00:30:00+01", date(2026, 11, 24)),
        ("2026-11-24T00:30:00+14:00", date(2026, 11, 23)),
        ("2026-11-23 23:30 UTC", date(2026, 11, 24)),
    ],
)
def test_a_time_with_a_zone_is_the_day_of_the_fleet(text, day, checked):
    found = checked(f"planned_service_date\n{text}\n")
    assert not found.errors
    assert found.rows[0][1]["planned_service_date"] == day.isoformat()
