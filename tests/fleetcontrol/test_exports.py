"""Exported files: cells of their kind, which columns, which rows, and that the import takes them again."""

import csv
import io
from datetime import date, datetime

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import TablePreference
from jobs.models import Job, JobImport
from jobs.resources import JobResource
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

DAY = date(2031, 3, 4)


@pytest.fixture
def job(fleet, manager, vehicle_model):
    return JobFactory(
        by=manager,
        fleet=fleet,
        vehicle_model=vehicle_model,
        license_plate="B XY 12",
        custom_name="007",
        planned_service_date=DAY,
        year_of_production=2024,
        tracking=False,
        instructions="First line\nSecond line",
    )


def workbook(answer):
    return load_workbook(io.BytesIO(b"".join(answer.streaming_content)))


def first_row(answer) -> dict:
    heading, row, *_more = workbook(answer).active.values
    return dict(zip(heading, row, strict=True))


def names(answer) -> list[str]:
    return [cell.value for cell in next(workbook(answer).active.rows)]


def test_days_times_and_numbers_are_cells_of_their_kind(manager_client, list_url, job):
    row = first_row(manager_client.get(f"{list_url}export/xlsx/"))
    assert row["planned_service_date"] == datetime(2031, 3, 4)
    assert row["year_of_production"] == 2024
    [created] = [value for name, value in row.items() if name.startswith("created_at (")]
    assert isinstance(created, datetime)
    assert row["custom_name"] == "007", "a name is no number"


def test_a_day_that_excel_does_not_know_is_a_text(manager_client, list_url, job):
    Job.objects.update(planned_service_date=date(1899, 12, 31))
    row = first_row(manager_client.get(f"{list_url}export/xlsx/"))
    assert row["planned_service_date"] == "1899-12-31"


def test_a_workbook_keeps_its_heading_in_sight_and_its_columns_wide_enough(
    manager_client, list_url, job
):
    sheet = workbook(manager_client.get(f"{list_url}export/xlsx/")).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    width = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert width["id"] >= 26
    assert width["planned_service_date"] >= len("planned_service_date")
    assert width["instructions"] < len(job.instructions)
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold


def test_an_empty_list_is_exported_as_its_heading(manager_client, list_url):
    sheet = workbook(manager_client.get(f"{list_url}export/xlsx/")).active
    assert sheet.max_row == 1


def test_the_shown_columns_are_exported_with_the_names_of_the_import(
    manager_client, list_url, manager, job
):
    TablePreference.objects.create(
        user=manager, table="installation_jobs", columns=["vehicle_model", "company", "vin"]
    )
    shown = names(manager_client.get(f"{list_url}export/xlsx/", {"extent": "shown"}))
    assert shown == [
        *("id", "kind", "assigned_installer_company_id", "company", "vin", "license_plate"),
        *("custom_name", "vehicle_model_id", "brand", "model"),
    ]
    of_url = {"extent": "shown", "columns": "job,place"}
    assert "place" in names(manager_client.get(f"{list_url}export/xlsx/", of_url))
    assert len(names(manager_client.get(f"{list_url}export/xlsx/", {"extent": "all"}))) == len(
        JobResource.Meta.fields
    )


def test_each_column_of_the_list_has_its_own_in_the_export(manager_client, at, job):
    of_all = set(JobResource.Meta.fields)
    for kind in ("installation", "maintenance"):
        url = at(f"jobs/{kind}/")
        choices = manager_client.get(f"{url}columns/").context["choices"]
        for name, _label, _shown, always in choices:
            if always:
                continue
            headings = names(
                manager_client.get(f"{url}export/xlsx/", {"extent": "shown", "columns": name})
            )
            beyond = {heading.partition(" (")[0] for heading in headings} - {"id", "kind"}
            assert beyond & of_all - {"license_plate", "vin", "custom_name"} or name in beyond, name


def test_a_model_is_named_beside_its_id(manager_client, list_url, job, vehicle_model):
    row = first_row(manager_client.get(f"{list_url}export/xlsx/"))
    assert row["vehicle_model_id"] == vehicle_model.pk
    assert (row["brand"], row["model"]) == (vehicle_model.brand, vehicle_model.model)


@pytest.mark.parametrize("extent", ["shown", "all"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_imported_again_as_it_is(
    form, extent, manager_client, at, list_url, fleet, assigned_job, job
):
    answer = manager_client.get(f"{list_url}export/{form}/", {"extent": extent})
    file = io.BytesIO(b"".join(answer.streaming_content))
    file.name = f"jobs.{form}"
    for one in (assigned_job, job):
        Job.objects.filter(pk=one.pk).update(status=Job.Status.SUCCEEDED)  # their names are free
    manager_client.post(reverse("fleetcontrol:job-import", args=[fleet.pk]), {"file": file})
    job_import = JobImport.objects.get()
    assert (job_import.total, job_import.problems) == (2, 0)
    manager_client.post(
        reverse("fleetcontrol:job-import-confirm", args=[fleet.pk, job_import.pk]),
        {"version": job_import.version, "confirmed": 1},  # one of them is assigned again
    )
    again = Job.objects.exclude(pk__in=[assigned_job.pk, job.pk]).get(custom_name="007")
    assert (again.license_plate, again.vehicle_model) == (job.license_plate, job.vehicle_model)
    assert again.planned_service_date == DAY
    if extent == "all":
        assert (again.tracking, again.instructions) == (False, job.instructions)


def test_a_file_of_others_with_such_headings_is_asked_about(manager_client, fleet):
    file = io.BytesIO(b"vin,status\nWVWZZZ1KZAW000001,new\n")
    file.name = "jobs.csv"
    manager_client.post(reverse("fleetcontrol:job-import", args=[fleet.pk]), {"file": file})
    findings = JobImport.objects.get().file.findings("errors")
    assert [finding.code for finding in findings] == ["unknown_column"]


# --- the selection ----------------------------------------------------------------------------------------------------
def exported(answer) -> list[str]:
    return [row[0] for row in workbook(answer).active.iter_rows(min_row=2, values_only=True)]


def test_selected_jobs_are_exported(manager_client, list_url, fleet, other_fleet, manager):
    first, second, third = (JobFactory(by=manager, fleet=fleet) for _n in range(3))
    foreign_job = JobFactory(by=manager, fleet=fleet)
    Job.objects.filter(pk=foreign_job.pk).update(fleet=other_fleet)
    picked = {"select": [first.pk, third.pk, foreign_job.pk]}
    answer = manager_client.post(f"{list_url}export/xlsx/", picked)
    assert sorted(exported(answer)) == sorted([first.pk, third.pk])
    all_of_them = {"select": [first.pk], "all": "1", "query": ""}
    answer = manager_client.post(f"{list_url}export/xlsx/", all_of_them)
    assert sorted(exported(answer)) == sorted([first.pk, second.pk, third.pk])


def test_a_viewer_exports_and_writes_nothing(viewer_client, list_url, job):
    answer = viewer_client.post(f"{list_url}export/xlsx/", {"select": job.pk})
    assert exported(answer) == [job.pk]


def test_nobody_exports_a_selection_of_a_fleet_that_is_not_theirs(
    outside_manager_client, list_url, job
):
    answer = outside_manager_client.post(f"{list_url}export/xlsx/", {"select": job.pk})
    assert answer.status_code == 404


def test_selected_vehicles_are_exported_in_all_columns(manager_client, at, fleet, other_fleet):
    one, _other = VehicleFactory.create_batch(2, fleet=fleet)
    foreign = VehicleFactory(fleet=other_fleet)
    sent = {"select": [one.pk, foreign.pk], "extent": "all"}
    answer = manager_client.post(at("vehicles/export/xlsx/"), sent)
    heading, *rows = workbook(answer).active.values
    assert "Fuel type" in heading
    assert [row[heading.index("Vehicle ID")] for row in rows] == [one.vehicle_id]


def test_selected_units_are_exported(viewer_client, at, fleet, other_fleet):
    one, _other = UnitFactory.create_batch(2, fleet=fleet)
    foreign = UnitFactory(fleet=other_fleet)
    sent = {"select": [one.pk, foreign.pk], "query": "status=RETIRED", "extent": "shown"}
    assert exported(viewer_client.get(at("units/export/xlsx/"), sent)) == [one.pk]


def test_a_csv_has_the_same_texts_as_before(manager_client, list_url, job):
    body = b"".join(manager_client.get(f"{list_url}export/csv/").streaming_content)
    [row] = csv.DictReader(io.StringIO(body.decode("utf-8-sig")))
    assert row["planned_service_date"] == "2031-03-04"
    assert row["year_of_production"] == "2024"
    assert row["finished_at (Europe/Berlin)"] == ""
