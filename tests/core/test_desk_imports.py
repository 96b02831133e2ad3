"""A file of the operators: each of its rows is saved as the form of the page would save it."""

import pytest

from accounts.models import (
    Company,
    Fleet,
    FleetMembership,
    Invitation,
    MobilityProvider,
    OperatorAction,
    User,
)
from core.models import Mail
from core.web.desk import files
from telematics.models import Place, Vehicle
from tests.core.desk_files import (
    bring,
    confirm,
    errors,
    exported,
    fleet_row,
    preview,
    url,
)
from tests.factories.accounts import CompanyFactory, FleetFactory, MobilityProviderFactory
from tests.factories.telematics import VehicleFactory


# --- one row is one form ----------------------------------------------------------------------------------------------
def test_a_file_sets_up_fleets_and_invites_their_first_admins(operator_client, fleet):
    new = fleet_row(provider=fleet.provider_id, first_admin="first@north.example")
    changed = fleet_row(
        fleet_id=fleet.fleet_id, provider=fleet.provider_id, name="South", first_admin=""
    )
    page = preview(operator_client, Fleet, new, changed)
    assert Fleet.objects.count() == 1
    assert not Invitation.objects.exists()
    assert not Mail.objects.exists()

    confirm(operator_client, Fleet, page)
    north = Fleet.objects.get(name="North")
    fleet.refresh_from_db()
    assert fleet.name == "South"
    assert Invitation.objects.get().fleet == north
    assert set(OperatorAction.objects.values_list("what", "fleet")) >= {
        ("ADD", north.pk),
        ("CHANGE", fleet.pk),
    }


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"name": ""}, "name"),
        ({"provider": "ZZZZZ"}, "provider"),
        ({"time_zone": "Nowhere"}, "time_zone"),
        ({"fleet_id": "ZZZZZ"}, "fleet_id"),
        ({"first_admin": "nobody"}, "first_admin"),
        ({"require_second_factor": "perhaps"}, "require_second_factor"),
    ],
)
def test_a_wrong_row_has_its_error_in_words_at_the_column(operator_client, fleet, changed, column):
    row = fleet_row(provider=fleet.provider_id, require_second_factor="0", first_admin="")
    page = preview(operator_client, Fleet, row, row | changed)
    assert set(errors(page)) == {column}
    assert "confirm_form" not in page.context
    assert page.context["result"].invalid_rows[0].number == 2
    assert Fleet.objects.count() == 1


def test_the_errors_are_in_the_readers_language(operator_client, operator, fleet):
    User.objects.filter(pk=operator.pk).update(language="de")
    page = preview(operator_client, Fleet, fleet_row(fleet_id="ZZZZZ"))
    assert errors(page) == {
        "fleet_id": ["Diese Zeile gibt es nicht. Lassen Sie das Feld für eine neue leer."]
    }


def test_a_fleet_moves_only_with_the_confirmation_of_the_form(operator_client, fleet):
    other = MobilityProviderFactory()
    row = fleet_row(fleet_id=fleet.fleet_id, provider=other.provider_id)
    assert set(errors(preview(operator_client, Fleet, row))) == {"move_confirmed"}
    bring(operator_client, Fleet, row | {"move_confirmed": "1"})
    fleet.refresh_from_db()
    assert fleet.provider == other


def test_an_export_comes_back_unchanged(operator_client, some_rows):
    for model in (MobilityProvider, Fleet, Company, User, FleetMembership, Vehicle):
        page = preview(operator_client, model, *exported(operator_client, model))
        result = page.context["result"]
        assert not result.has_errors(), model
        assert not result.has_validation_errors(), (model, errors(page))
        assert result.totals["skip"] == result.total_rows, (model, result.totals)


def test_members_come_by_their_addresses_and_the_last_admin_stays(
    operator_client, fleet, fleet_admin, installer
):
    row = {"user": installer.email.upper(), "fleet": fleet.pk, "role": "MANAGER"}
    bring(operator_client, FleetMembership, row)
    assert FleetMembership.objects.get(user=installer).role == "MANAGER"
    bring(operator_client, FleetMembership, row | {"role": "ADMIN"})
    assert FleetMembership.objects.get(user=installer).role == "ADMIN"

    FleetMembership.objects.filter(user=installer).delete()
    last = {"user": fleet_admin.email, "fleet": fleet.pk, "role": "MANAGER"}
    page = preview(operator_client, FleetMembership, last)
    assert "__all__" in errors(page)
    page = preview(operator_client, FleetMembership, last | {"user": "nobody@example.com"})
    assert errors(page) == {"user": ["Nobody has this address. Invite them."]}


def test_people_are_invited_by_a_file_and_its_export_invites_nobody_again(
    operator_client, fleet, company
):
    rows = [
        {"email": f"p{place}@example.com", "company": company.pk, "fleet": "", "role": "INSTALLER"}
        for place in range(3)
    ]
    bring(operator_client, Invitation, *rows)
    assert Invitation.objects.filter(company=company).count() == 3
    page = preview(operator_client, Invitation, *exported(operator_client, Invitation))
    assert page.context["result"].totals["skip"] == 3
    page = preview(operator_client, Invitation, rows[0] | {"fleet": fleet.pk})
    assert errors(page) == {"__all__": ["Choose a company or a fleet."]}


def test_a_file_changes_people_and_neither_their_addresses_nor_their_rights(
    operator_client, installer
):
    bring(operator_client, User, {"email": installer.email, "last_name": "New"})
    installer.refresh_from_db()
    assert installer.last_name == "New"
    page = preview(
        operator_client,
        User,
        {"email": "new@example.com", "first_name": "A", "last_name": "B", "language": "xx"},
    )
    assert "language" in errors(page)
    bring(operator_client, User, {"email": installer.email, "last_name": "Newer", "is_staff": "1"})
    installer.refresh_from_db()
    assert not installer.is_staff


def test_companies_are_changed_and_not_added(operator_client, company):
    bring(operator_client, Company, {"partner_id": company.pk, "name": "Quick & Co"})
    company.refresh_from_db()
    assert company.name == "Quick & Co"
    page = preview(operator_client, Company, {"partner_id": "", "name": "Another"})
    assert errors(page) == {"__all__": ["You cannot add rows to this list."]}
    page = preview(operator_client, Company, {"partner_id": company.pk, "email": "new@example.com"})
    assert errors(page) == {"email": [f"This cannot be changed here. It is “{company.email}”."]}


def test_vehicles_come_by_a_file_with_the_checks_of_their_form(operator_client, operator, fleet):
    known = VehicleFactory(fleet=fleet, vin="WVWZZZ1JZXW000001")
    new = {
        "vehicle_id": "",
        "fleet": fleet.pk,
        "qnr": "",
        "vin": "WVWZZZ1JZXW000002",
        "license_plate": "B QX 2041",
        "tracking": "on",
        "tags": "north\nvan",
        "custom_fields": "colour: red",
        "reason": "From the list of March.",
    }
    bring(operator_client, Vehicle, new)
    vehicle = Vehicle.objects.get(vin="WVWZZZ1JZXW000002")
    assert (vehicle.tracking, sorted(vehicle.tags), vehicle.custom_fields) == (
        True,
        ["north", "van"],
        {"colour": "red"},
    )
    assert set(errors(preview(operator_client, Vehicle, new | {"vin": known.vin}))) == {"vin"}
    assert set(
        errors(preview(operator_client, Vehicle, new | {"reason": "", "tracking": "maybe"}))
    ) == {"tracking"}
    change = {"vehicle_id": vehicle.pk, "license_plate": "B QX 1", "reason": "Corrected."}
    bring(operator_client, Vehicle, change)
    vehicle.refresh_from_db()
    assert (vehicle.license_plate, vehicle.tracking) == ("B QX 1", True)
    other = FleetFactory()
    page = preview(
        operator_client, Vehicle, change | {"license_plate": "B QX 2", "fleet": other.pk}
    )
    assert errors(page) == {"fleet": [f"This cannot be changed here. It is “{fleet.pk}”."]}
    vehicle.edits(operator, reason="Sold.").archive()
    page = preview(operator_client, Vehicle, change | {"license_plate": "B QX 3"})
    assert errors(page) == {"__all__": ["You cannot change this row."]}


def test_places_are_named_by_their_fleet_and_name(operator_client, fleet, partnership):
    row = {
        "fleet": fleet.pk,
        "name": "North",
        "address": "Am Ring 1",
        "partner": partnership.company_id,
    }
    bring(operator_client, Place, row)
    bring(operator_client, Place, row | {"address": "Am Ring 2"})
    assert Place.objects.get().address == "Am Ring 2"
    stranger = row | {"name": "South", "partner": CompanyFactory().pk}
    assert errors(preview(operator_client, Place, stranger)) == {
        "partner": ["This is not a partner of the fleet."]
    }


# --- preview and confirmation -----------------------------------------------------------------------------------------
def test_a_row_that_is_wrong_by_the_confirmation_stops_the_whole_file(operator_client, fleet):
    known = VehicleFactory(fleet=fleet)
    rows = [
        {"vehicle_id": "", "fleet": fleet.pk, "vin": vin, "reason": "New."}
        for vin in ("WVWZZZ1JZXW000003", "WVWZZZ1JZXW000004")
    ]
    page = preview(operator_client, Vehicle, *rows)
    Vehicle.objects.filter(pk=known.pk).update(vin="WVWZZZ1JZXW000004")
    answer = confirm(operator_client, Vehicle, page)
    assert "nothing was imported" in answer.content.decode()
    assert Vehicle.objects.count() == 1


def test_a_file_is_confirmed_once(operator_client, db, monkeypatch):
    page = preview(operator_client, MobilityProvider, {"provider_id": "", "name": "A"})
    # The second click comes while the first one still works.
    monkeypatch.setattr(files.Upload, "remove", lambda _upload: None)
    confirm(operator_client, MobilityProvider, page)
    answer = confirm(operator_client, MobilityProvider, page)
    assert "The file is no longer kept." in answer.content.decode()
    assert MobilityProvider.objects.count() == 1
    form = page.context["confirm_form"].initial | {"import_file_name": "../a b\u00e4"}
    answer = operator_client.post(url(MobilityProvider, "process_import"), form, follow=True)
    assert "The file is no longer kept." in answer.content.decode()
