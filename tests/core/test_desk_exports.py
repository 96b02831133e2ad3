"""The lists that operators carry in spreadsheets: which ones, who may, and what a cell is."""

import io

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook, load_workbook

from accounts.models import (
    AgreementSignature,
    Company,
    CompanyMembership,
    Fleet,
    FleetMembership,
    Invitation,
    MobilityProvider,
    Partnership,
    User,
)
from accounts.models.operator_role import OperatorRole
from core.models import Mail
from core.web.desk import files, form_sheets
from core.web.desk.files import ExportedMixin, ImportedMixin
from jobs.models import Job
from telematics.models import Place, Unit, Vehicle, VehicleModel
from tests.accounts.test_operator_roles import browser_of, person
from tests.core.desk_files import (
    CSV,
    XLSX,
    bring,
    errors,
    exported,
    file_of,
    fleet_row,
    preview,
    url,
)
from tests.factories.accounts import FleetFactory, MobilityProviderFactory
from tests.factories.telematics import VehicleFactory

EXPORTED = {
    MobilityProvider, Fleet, Company, User, FleetMembership, CompanyMembership, Invitation, Partnership,
    AgreementSignature, Mail, Unit, VehicleModel, Vehicle, Place, Job,
}  # fmt: skip
# Written by the moves of jobs and partners, by acceptances and by the product.
ONLY_EXPORTED = {CompanyMembership, Partnership, AgreementSignature, Mail, Job}


# --- every list -------------------------------------------------------------------------------------------------------
def test_the_lists_that_people_carry_in_spreadsheets_have_files():
    pages = admin.site._registry.items()
    assert {model for model, page in pages if isinstance(page, ExportedMixin)} == EXPORTED
    imported = {model for model, page in pages if isinstance(page, ImportedMixin)}
    assert imported == EXPORTED - ONLY_EXPORTED


@pytest.mark.parametrize("model", sorted(EXPORTED, key=str), ids=lambda model: model.__name__)
def test_an_export_is_a_fixed_number_of_statements(operator_client, some_rows, model):
    with CaptureQueriesContext(connection) as statements:
        rows = exported(operator_client, model)
    assert rows
    assert len(statements) <= 8, [one["sql"][:120] for one in statements]
    assert operator_client.get(url(model, "export")).status_code == 200


def test_many_rows_take_no_more_statements_than_one(operator_client, fleet, company, installer):
    for number in range(3):
        place = Place.objects.create(fleet=fleet, name=f"Depot {number}")
        vehicle = VehicleFactory(fleet=fleet, place=place)
        job = {"company": company, "assignee": installer, "vehicle": vehicle, "place": place}
        Job.objects.create(fleet=fleet, status="SUCCEEDED", **job)
    for model in (Job, Vehicle, Place):
        with CaptureQueriesContext(connection) as statements:
            assert len(exported(operator_client, model)) == 3
        assert len(statements) <= 8, [one["sql"][:120] for one in statements]


def test_an_export_has_the_rows_that_the_list_shows(operator_client, fleet):
    other = FleetFactory(name="Elsewhere")
    assert len(exported(operator_client, Fleet)) == 2
    (row,) = exported(operator_client, Fleet, f"?q={other.fleet_id}")
    assert (row["fleet_id"], row["name"], row["provider"]) == (
        other.fleet_id,
        "Elsewhere",
        other.provider_id,
    )


def test_a_list_that_is_too_long_for_a_file_says_so(operator_client, fleet, monkeypatch):
    FleetFactory()
    monkeypatch.setattr(files, "MOST_EXPORTED", 1)
    page = file_of(operator_client, Fleet)
    assert "more than 1 rows" in page.content.decode()


def test_the_list_links_to_its_files(operator_client, db):
    page = operator_client.get(url(Mail, "changelist")).content.decode()
    assert url(Mail, "export") in page
    assert "/admin/core/mail/previews/" in page
    page = operator_client.get(url(Fleet, "changelist")).content.decode()
    assert url(Fleet, "export") in page
    assert url(Fleet, "import") in page


# --- cells ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("form", [CSV, XLSX])
def test_no_spreadsheet_runs_a_cell_and_an_import_reads_it_as_it_was(operator_client, form):
    provider = MobilityProviderFactory(name="=1+1;@x")
    content = file_of(operator_client, MobilityProvider, form).content
    if form == XLSX:
        sheet = load_workbook(io.BytesIO(content)).active
        assert sheet["B2"].value == "'=1+1;'@x"
        assert sheet["B2"].data_type == "s"
    else:
        assert b"'=1+1;'@x" in content
    page = preview(operator_client, MobilityProvider, content=content, form=form)
    assert page.context["result"].totals["skip"] == 1
    provider.refresh_from_db()
    assert provider.name == "=1+1;@x"


def test_an_excel_file_with_numbers_is_read_as_texts(operator_client, db):
    book = Workbook()
    book.active.append(["provider_id", "name"])
    book.active.append([None, 4711.0])
    content = io.BytesIO()
    book.save(content)
    bring(operator_client, MobilityProvider, content=content.getvalue(), form=XLSX)
    assert MobilityProvider.objects.get().name == "4711"


def test_columns_that_the_list_does_not_have_are_refused(operator_client, db):
    page = preview(operator_client, MobilityProvider, {"name": "A", "colour": "red"})
    assert "This list has no such columns: colour." in page.content.decode()
    page = preview(operator_client, User, {"first_name": "A"})
    assert "The file needs these columns: email." in page.content.decode()
    assert "Traceback" not in page.content.decode()


def test_a_file_with_too_many_rows_is_refused(operator_client, db, monkeypatch):
    monkeypatch.setattr(form_sheets, "MOST_IMPORTED", 1)
    page = preview(operator_client, MobilityProvider, {"name": "A"}, {"name": "B"})
    assert "Import at most 1 rows at once." in page.content.decode()


# --- roles ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_who_may_only_read_exports_and_does_not_import():
    support = browser_of(person(OperatorRole.SUPPORT))
    for model in EXPORTED:
        assert support.get(url(model, "export")).status_code == 200, model
    for model in EXPORTED - ONLY_EXPORTED - {Invitation}:
        assert support.get(url(model, "import")).status_code == 403, model
        assert support.post(url(model, "process_import"), {}).status_code == 403, model
    operations = browser_of(person(OperatorRole.OPERATIONS))
    assert operations.get(url(AgreementSignature, "export")).status_code == 403
    assert operations.get(url(Invitation, "import")).status_code == 403


@pytest.mark.django_db
def test_who_may_change_and_not_add_changes_by_a_file(fleet):
    from django.contrib.auth.models import Permission

    person_ = person(OperatorRole.SUPPORT)
    person_.user_permissions.add(Permission.objects.get(codename="change_fleet"))
    browser = browser_of(person_)
    bring(browser, Fleet, fleet_row(fleet_id=fleet.pk, provider=fleet.provider_id, name="Renamed"))
    fleet.refresh_from_db()
    assert fleet.name == "Renamed"
    page = preview(browser, Fleet, fleet_row(provider=fleet.provider_id))
    assert errors(page) == {"__all__": ["You cannot add rows to this list."]}
