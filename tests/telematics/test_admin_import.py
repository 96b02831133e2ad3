"""Operators bring in units and vehicle models by a file: seen first, then confirmed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from telematics.catalogue.profiles import MINIMUM
from telematics.models import Unit, VehicleModel
from tests.factories.accounts import FleetFactory
from tests.factories.telematics import UnitFactory

SCOOTER = sorted(MINIMUM["KICKSCOOTER"])
MODELS_CSV = (
    "brand,model,fuel_type,built_from,built_to,vehicle_type,installation_variants,"
    "central_lock_connection_types,features,capabilities,active\n"
    f'Segway,Max,ELECTRIC,2020,,KICKSCOOTER,"[""WIRED""]",,tracking,"{", ".join(SCOOTER)}",1\n'
)


def upload(client, what: str, text: str):
    """What the preview answers; confirmed where it lets one confirm."""
    file = SimpleUploadedFile("rows.csv", text.encode(), "text/csv")
    preview = client.post(
        f"/admin/telematics/{what}/import/", {"import_file": file, "format": "0", "resource": "0"}
    )
    form = preview.context.get("confirm_form")
    if form:
        client.post(f"/admin/telematics/{what}/process_import/", form.initial)
    return preview


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_units_come_by_a_file_into_the_stock_of_fleets(operator_client, fleet):
    upload(operator_client, "unit", f"qnr,fleet\n00000000000000A1,{fleet.pk}\n00000000000000A2,\n")
    assert set(Unit.objects.values_list("pk", "fleet")) == {
        ("00000000000000A1", fleet.pk),
        ("00000000000000A2", None),
    }


@pytest.mark.parametrize("row", ["NOT-A-QNR,", "00000000000000A1,ZZZZZ"])
def test_a_bad_row_is_shown_and_nothing_written(operator_client, fleet, row):
    preview = upload(operator_client, "unit", f"qnr,fleet\n00000000000000B1,{fleet.pk}\n{row}\n")
    assert (
        preview.context["result"].has_errors() or preview.context["result"].has_validation_errors()
    )
    assert not Unit.objects.exists()


def test_a_file_moves_units_in_stock_and_none_that_are_mounted(operator_client, linked_job):
    stock, other = UnitFactory(fleet=linked_job.fleet), FleetFactory()
    upload(operator_client, "unit", f"qnr,fleet\n{stock.pk},{other.pk}\n")
    assert Unit.objects.get(pk=stock.pk).fleet == other
    preview = upload(operator_client, "unit", f"qnr,fleet\n{linked_job.unit_id},{other.pk}\n")
    assert preview.context["result"].has_errors()
    assert Unit.objects.get(pk=linked_job.unit_id).fleet == linked_job.fleet


def test_vehicle_models_come_by_a_file_and_a_second_one_changes_them(operator_client):
    upload(operator_client, "vehiclemodel", MODELS_CSV)
    model = VehicleModel.objects.get(brand="Segway")
    assert (model.model, model.capabilities, model.active) == ("Max", SCOOTER, True)
    upload(operator_client, "vehiclemodel", MODELS_CSV.replace(",1\n", ",0\n"))
    assert VehicleModel.objects.get(brand="Segway").active is False


@pytest.mark.parametrize("who", ["fleet_admin_client", "company_admin_client"])
def test_nobody_else_imports(request, db, who):
    assert request.getfixturevalue(who).get("/admin/telematics/unit/import/").status_code in (
        302,
        403,
    )
