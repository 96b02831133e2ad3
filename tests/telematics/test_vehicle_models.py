"""What a vehicle model can do decides which tests its jobs need: wrong words are refused at every door."""

import json
import re
from importlib import import_module
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.operations import RemoveConstraint
from django.db.migrations.state import ModelState, ProjectState
from django.urls import reverse

from jobs.models import Job
from jobs.procedures.kinds import TestKind
from telematics import catalogue
from telematics.admin.vehicle_models import VehicleModelResource
from telematics.catalogue.profiles import CAR_WITHOUT_HOLDER, MINIMUM
from telematics.models import VehicleModel
from telematics.vocabulary import CAPABILITIES
from tests.factories.jobs import JobFactory
from tests.factories.telematics import SmallVehicleModelFactory, VehicleModelFactory
from tests.old_rows import store, unchecked

MIGRATION = import_module("telematics.migrations.0003_vehicle_model_vocabularies")
ROWS = "vehiclemodel"
COLUMNS = ["installation_variants", "central_lock_connection_types", "features", "capabilities"]
WRONG = [
    "5",
    "null",
    '"x"',
    "[[]]",
    "{}",
    "[null]",
    "[5]",
    '["centrallock"]',
    '["central_lock", "x"]',
    "[{}]",
    "true",
]
SAFE = [
    "CONNECTIVITY",
    "SUPPLY_VOLTAGE",
    "GNSS",
    "CENTRAL_LOCK",
    "IMMOBILIZER",
    "IGNITION",
    "ODOMETER",
    "ENERGY_LEVEL",
]
ADD = reverse("admin:telematics_vehiclemodel_add")
HEADINGS = ("brand", "model", "fuel_type", "vehicle_type", "built_from", *COLUMNS)
OF_TYPE = {
    "CAR": {"CENTRAL_LOCK", "IMMOBILIZER", "IGNITION", "ODOMETER", "ENERGY_LEVEL"},
    "VAN": {"CENTRAL_LOCK", "IMMOBILIZER", "IGNITION", "ODOMETER", "ENERGY_LEVEL"},
    "TRUCK": {"CENTRAL_LOCK", "IMMOBILIZER", "IGNITION", "ODOMETER", "ENERGY_LEVEL"},
    "MOPED": {"IMMOBILIZER", "IGNITION", "ODOMETER", "ENERGY_LEVEL"},
    "KICKSCOOTER": {"IMMOBILIZER", "ODOMETER", "ENERGY_LEVEL"},
    "BICYCLE": {"CENTRAL_LOCK", "ODOMETER", "ENERGY_LEVEL"},
    "DEV_KIT": {"CENTRAL_LOCK", "IMMOBILIZER", "IGNITION", "ODOMETER", "ENERGY_LEVEL", "KEY_FOB"},
}


def sent(**changed):
    """What the admin's form sends for a car that is right."""
    right = {
        "brand": "Fiat",
        "model": "500e",
        "fuel_type": "ELECTRIC",
        "vehicle_type": "CAR",
        "built_from": "2020",
        "installation_variants": ["WIRED"],
        "central_lock_connection_types": ["DIRECT"],
        "features": ["tracking"],
        "capabilities": sorted(CAR_WITHOUT_HOLDER.capabilities),
        "active": "on",
    }
    return right | changed


@pytest.fixture
def preview(operator_client, settings, tmp_path):
    """Import one row, as `sent` gives it, and return what the preview found."""
    settings.MEDIA_ROOT = tmp_path

    def upload(**changed):
        row = sent(**changed)
        cells = [
            ", ".join(row[name]) if isinstance(row[name], list) else row[name] for name in HEADINGS
        ]
        quoted = ['"{}"'.format(cell.replace('"', '""')) for cell in cells]
        file = SimpleUploadedFile(
            "m.csv", "\n".join((",".join(HEADINGS), ",".join(quoted))).encode(), "text/csv"
        )
        url = reverse("admin:telematics_vehiclemodel_import")
        page = operator_client.post(url, {"import_file": file, "format": "0", "resource": "0"})
        if form := page.context.get("confirm_form"):
            operator_client.post(
                reverse("admin:telematics_vehiclemodel_process_import"), form.initial
            )
        return page.context["result"]

    return upload


def test_the_template_file_has_every_column_and_an_example_that_the_import_takes(
    operator_client, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    url = reverse("admin:telematics_vehiclemodel_import")
    (link,) = re.findall(r'href="(\S+)" download', operator_client.get(url).content.decode())
    path = settings.BASE_DIR / "static" / link.removeprefix(settings.STATIC_URL)
    assert (
        path.read_text().partition("\n")[0].split(",")
        == VehicleModelResource().get_export_headers()
    )

    file = SimpleUploadedFile(path.name, path.read_bytes(), "text/csv")
    page = operator_client.post(url, {"import_file": file, "format": "0", "resource": "0"})
    confirmed = page.context["confirm_form"].initial
    operator_client.post(reverse("admin:telematics_vehiclemodel_process_import"), confirmed)
    assert not VehicleModel.objects.get(brand="Example").active


# --- every door -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_refuses_a_wrong_value(db, column):
    model = VehicleModelFactory()
    for wrong in WRONG:
        with pytest.raises(IntegrityError), transaction.atomic():
            store(model, **{column: wrong})


@pytest.mark.parametrize("column", COLUMNS)
def test_the_database_takes_every_known_word_in_any_order(db, column):
    words = [word for word, _label in VehicleModel._meta.get_field(column).words]
    model = VehicleModelFactory(**{column: words[::-1]})
    store(model, **{column: json.dumps(words, indent=1)})
    model.refresh_from_db()
    assert getattr(model, column) == words


@pytest.mark.parametrize("column", ["vehicle_type", "fuel_type"])
def test_the_database_refuses_an_unknown_type(db, column):
    model = VehicleModelFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        store(model, **{column: "SPACESHIP"})


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize(
    "write",
    [
        lambda **wrong: VehicleModelFactory.build(**wrong).full_clean(),
        lambda **wrong: VehicleModelFactory(**wrong),
        lambda **wrong: VehicleModel.objects.update(**wrong),
        lambda **wrong: VehicleModel.objects.bulk_create([VehicleModelFactory.build(**wrong)]),
    ],
    ids=["full_clean", "create", "update", "bulk_create"],
)
def test_the_model_names_the_field_of_a_wrong_value(db, column, write):
    for text in WRONG:
        with pytest.raises(ValidationError) as refused, transaction.atomic():
            write(**{column: json.loads(text)})
        assert list(refused.value.message_dict) == [column], text
    assert not VehicleModel.objects.exists()


@pytest.mark.parametrize("column", COLUMNS)
def test_the_form_names_the_field_of_a_wrong_value(operator_client, column):
    for wrong in WRONG:
        page = operator_client.post(ADD, sent(**{column: wrong}))
        assert page.status_code == 200
        assert list(page.context["adminform"].form.errors) == [column]
    assert not VehicleModel.objects.exists()


@pytest.mark.parametrize("column", ["vehicle_type", "fuel_type"])
def test_the_form_names_an_unknown_type(operator_client, column):
    page = operator_client.post(ADD, sent(**{column: "SPACESHIP"}))
    assert list(page.context["adminform"].form.errors) == [column]


@pytest.mark.parametrize("column", COLUMNS)
def test_the_import_names_the_column_of_a_wrong_value(preview, column):
    for wrong in WRONG:
        result = preview(**{column: wrong})
        assert not result.has_errors()
        assert list(result.invalid_rows[0].field_specific_errors) == [column]
    assert not VehicleModel.objects.exists()


@pytest.mark.parametrize(
    ("column", "wrong", "said"),
    [
        ("capabilities", "centrallock", "Unknown: centrallock. Allowed: ignition, central_lock, "),
        ("capabilities", "[5", "“[5” is not a list of words."),
        (
            "capabilities",
            "ignition",
            "A vehicle of type Car must also have: Central lock, Driving, ",
        ),
        ("built_from", "soon", "“soon” is not a year."),
        ("built_to", "1e", "“1e” is not a year."),
        ("vehicle_type", "SPACESHIP", "Value 'SPACESHIP' is not a valid choice."),
    ],
)
def test_the_import_says_in_words_what_is_wrong(preview, column, wrong, said, monkeypatch):
    monkeypatch.setattr("tests.telematics.test_vehicle_models.HEADINGS", (*HEADINGS, "built_to"))
    result = preview(**{"built_to": ""} | {column: wrong})
    assert not result.has_errors()
    assert result.invalid_rows[0].field_specific_errors[column][0].startswith(said)


@pytest.mark.parametrize("as_cell", [", ".join, json.dumps])
def test_a_right_model_comes_by_form_and_by_file(operator_client, preview, as_cell):
    operator_client.post(ADD, sent(model="By form"))
    preview(model="By file", capabilities=as_cell(sent()["capabilities"]))
    by_form, by_file = VehicleModel.objects.order_by("-model")
    assert by_form.capabilities == by_file.capabilities == sent()["capabilities"]


def test_the_form_offers_each_word_by_its_name_in_both_languages(
    operator_client, django_user_model
):
    assert "Key holder" in operator_client.get(ADD).content.decode()
    django_user_model.objects.update(language="de")
    german = operator_client.get(ADD).content.decode()
    assert "Schlüsselhalter" in german
    refused = operator_client.post(ADD, sent(capabilities=["ignition"])).content.decode()
    assert "Ein Fahrzeug vom Typ Pkw muss außerdem haben: Zentralverriegelung, " in refused


# --- what a type must have --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("vehicle_type", "missing"),
    [(kind, name) for kind, needed in MINIMUM.items() for name in sorted(needed)],
)
def test_a_model_without_what_its_type_must_have_is_refused(db, vehicle_type, missing):
    model = SmallVehicleModelFactory(vehicle_type=vehicle_type)
    model.full_clean()
    model.capabilities.remove(missing)
    with pytest.raises(ValidationError) as refused:
        model.full_clean()
    assert str(CAPABILITIES[missing]) in refused.value.message_dict["capabilities"][0]
    with pytest.raises(IntegrityError), transaction.atomic():
        model.save()


def test_every_model_of_the_catalogue_requires_the_tests_that_its_type_must_have(fleet, manager):
    for model in catalogue.load():
        model.full_clean()
        kinds = set(JobFactory(by=manager, fleet=fleet, vehicle_model=model).proof.required_tests())
        holder = {"KEY_FOB"} if "key_holder" in model.capabilities else set()
        assert (
            kinds
            == {"CONNECTIVITY", "SUPPLY_VOLTAGE", "GNSS"} | OF_TYPE[model.vehicle_type] | holder
        ), model


def test_every_required_test_of_a_type_is_one_that_the_product_has():
    assert set().union(*OF_TYPE.values()) <= set(TestKind.values)
    assert OF_TYPE.keys() == MINIMUM.keys()


# --- the command ------------------------------------------------------------------------------------------------------


def vehicle_models():
    out, err = StringIO(), StringIO()
    call_command("vehicle_models", stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def test_the_command_fills_an_empty_installation_and_may_be_repeated(db):
    assert vehicle_models() == ("40 vehicle models: 40 added, 0 up to date.", "")
    VehicleModel.objects.filter(brand="Tesla").update(active=False)
    assert vehicle_models() == ("40 vehicle models: 0 added, 40 up to date.", "")
    assert VehicleModel.objects.count() == 40
    assert not VehicleModel.objects.get(brand="Tesla").active


def test_the_command_corrects_its_own_models_and_names_the_wrong_ones_of_others(db):
    own = next(model for model in catalogue.load() if model.model == "ID.3")
    other = VehicleModelFactory(brand="Lada", model="Niva")
    with unchecked(VehicleModel):
        store(own, capabilities='["centrallock"]')
        store(other, capabilities='["centrallock"]')
    _out, said = vehicle_models()
    assert said.startswith("Correct this model in the admin: Lada Niva")
    assert "Capabilities: Unknown: centrallock." in said
    assert "ID.3" not in said


# --- rows from before -------------------------------------------------------------------------------------------------


@pytest.fixture(params=["5", "null", "[[]]", '["central_lock", "x"]', "[]"])
def old_model(request, db):
    """A car with capabilities that no door takes any more."""
    model = VehicleModelFactory(brand="Lada", model="Niva")
    with unchecked(VehicleModel):
        store(model, capabilities=request.param)
    return VehicleModel.objects.get(pk=model.pk)


def test_a_wrong_word_takes_no_test_away(old_model, fleet, manager):
    job = Job.objects.get(pk=JobFactory(by=manager, fleet=fleet, vehicle_model=old_model).pk)
    kinds = job.proof.required_tests()
    assert [kind for kind in kinds if kind != "KEY_FOB"] == SAFE
    assert ("KEY_FOB" in kinds) == (
        old_model.capabilities.raw != []
    )  # a wrong word may have been the holder's


def test_a_type_that_is_none_requires_every_test(fleet, manager):
    model = VehicleModelFactory()
    with unchecked(VehicleModel):
        store(model, vehicle_type="SPACESHIP")
    job = JobFactory(by=manager, fleet=fleet, vehicle_model=VehicleModel.objects.get())
    assert job.proof.required_tests() == [*SAFE, "KEY_FOB"]


@pytest.mark.parametrize("column", COLUMNS)
def test_the_pages_of_managers_and_installers_open_with_a_wrong_model(
    manager_client, installer_api, fleet, linked_job, column
):
    for wrong in WRONG:
        with unchecked(VehicleModel):
            store(linked_job.vehicle_model, **{column: wrong})
        chosen = {"vehicle_model": linked_job.vehicle_model_id}
        head = {"HX-Trigger-Name": "vehicle_model"}
        at = f"/fleetcontrol/{fleet.pk}/"
        for path in ("jobs/new/follow/", "templates/follow/"):
            assert manager_client.post(at + path, chosen, headers=head).status_code == 200, (
                path,
                wrong,
            )
        for path, form in (("jobs/new/", chosen), ("templates/new/", chosen | {"name": wrong})):
            assert manager_client.post(at + path, form).status_code == 302, (path, wrong)
        for path in (f"jobs/{linked_job.pk}/", f"vehicles/{linked_job.vehicle_id}/"):
            assert manager_client.get(at + path).status_code == 200, (path, wrong)
        for path in (f"jobs/{linked_job.pk}/", "vehicle-models/"):
            assert installer_api.get(f"/api/smartcontrol/v1/{path}").status_code == 200, (
                path,
                wrong,
            )


def test_operators_see_what_is_wrong_and_correct_it_by_saving(old_model, operator_client):
    url = reverse("admin:telematics_vehiclemodel_change", args=[old_model.pk])
    listed = operator_client.get(reverse("admin:telematics_vehiclemodel_changelist"))
    warned = [str(message) for message in operator_client.get(url).context["messages"]]
    assert len(warned) == 1
    assert warned[0].startswith("Capabilities: ")
    assert warned[0].endswith("The values below apply until you correct and save this page.")
    assert "Capabilities: " in listed.content.decode()
    assert operator_client.post(url, sent()).status_code == 302
    corrected = VehicleModel.objects.get()
    assert type(corrected.capabilities) is list
    assert corrected.capabilities == sent()["capabilities"]
    operator_client.get(url)  # says that it was changed
    assert not list(operator_client.get(url).context["messages"])


def test_a_file_corrects_a_wrong_model(old_model, preview):
    about = {"brand": "Lada", "model": "Niva", "fuel_type": "PETROL", "built_from": "2015"}
    assert not preview(
        **about, capabilities=", ".join(old_model.capabilities)
    ).has_validation_errors()
    assert type(VehicleModel.objects.get().capabilities) is list


@pytest.mark.django_db(transaction=True)
def test_the_migration_keeps_wrong_rows_and_refuses_new_ones():
    checks = MIGRATION.Migration.operations
    state = ProjectState()
    state.add_model(ModelState.from_model(VehicleModel))
    migrate(state, [RemoveConstraint(ROWS, check.constraint.name) for check in checks])
    try:
        old = VehicleModelFactory()
        new = VehicleModelFactory()
        store(old, capabilities='["centrallock"]')
    finally:
        migrate(state, checks)

    assert VehicleModel.objects.get(pk=old.pk).capabilities.raw == ["centrallock"]
    with pytest.raises(IntegrityError):
        store(new, capabilities='["centrallock"]')


def migrate(state, operations):
    """Run operations on the table of vehicle models alone, which refers to no other."""
    for operation in operations:
        before = state.clone()
        operation.state_forwards("telematics", state)
        with connection.schema_editor() as editor:
            operation.database_forwards("telematics", editor, before, state)
