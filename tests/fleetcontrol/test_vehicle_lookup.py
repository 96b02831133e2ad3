"""A typed plate, VIN, name or ID selects the vehicle that is called so, or none: then the reader is asked."""

from html import unescape

import pytest
from django.utils.html import strip_tags

from jobs.models import Job
from tests.factories.telematics import VehicleFactory

VIN = "WVWZZZ1KZAW000001"


def words(page) -> str:
    return " ".join(unescape(strip_tags(page.content.decode())).split())


@pytest.fixture
def bonn(fleet):
    return VehicleFactory(
        fleet=fleet, license_plate="BN-O 1234", brand="Opel", model="Corsa", vin=VIN
    )


@pytest.fixture(params=["MAINTENANCE", "INSTALLATION"])
def url(request, at):
    return at(f"jobs/new/?kind={request.param}")


@pytest.fixture
def send(manager_client, url):
    """Send the form with what stands in the field of the vehicle, and more."""
    form = {"task": "INSPECTION"} if "MAINTENANCE" in url else {}
    return lambda typed, **more: manager_client.post(url, {"vehicle": typed, **form, **more})


@pytest.fixture
def offered():
    """The vehicles that the page offers instead."""

    def read(page) -> list[str]:
        assert page.status_code == 200
        assert not Job.objects.exists()
        assert "vehicle" in page.context["form"].errors
        return [row["value"] for row in page.context["form"].fields["vehicle"].widget.offered]

    return read


@pytest.mark.parametrize(
    "typed",
    ["BN-O 1234", "bn-o 1234", "BN O 1234", "bn.o·1234", "BN–O-1234", VIN, "wvw zzz 1kz-aw000001"],
)
def test_another_spelling_of_its_name_selects_a_vehicle(send, bonn, typed):
    send(typed)
    assert Job.objects.get().vehicle == bonn


def test_an_id_selects_its_vehicle(send, bonn):
    send(bonn.pk.lower())
    assert Job.objects.get().vehicle == bonn


@pytest.mark.parametrize("typed", ["B-NO 1234", "BNO 1234", "BNO1234", "BN-O1234"])
def test_a_plate_with_its_separators_elsewhere_selects_nothing_and_asks(send, offered, bonn, typed):
    page = send(typed)
    assert offered(page) == [f"BN-O 1234 ({bonn.pk})"]
    assert f"No vehicle of the fleet is called “{typed}”." in words(page)
    assert f"Do you mean one of these? BN-O 1234 ({bonn.pk})" in words(page)


def test_of_two_plates_that_differ_in_their_separators_each_selects_its_own(send, fleet, bonn):
    berlin = VehicleFactory(fleet=fleet, license_plate="B-NO 1234")
    send("b no 1234")
    send("bn o 1234")
    assert [job.vehicle for job in Job.objects.order_by("pk")] == [berlin, bonn]


def test_vehicles_of_one_name_are_listed_to_choose_from(send, offered, fleet):
    cars = [
        VehicleFactory(fleet=fleet, license_plate="", custom_name=name)
        for name in ("Pool 7", "POOL-7", "Pool.7")
    ]
    VehicleFactory(fleet=fleet, license_plate="", custom_name="Pool7")
    page = send("pool 7")
    assert sorted(offered(page)) == sorted(f"{car} ({car.pk})" for car in cars)
    assert "Several vehicles of the fleet are called “pool 7”." in words(page)
    assert "Which one do you mean?" in words(page)


def test_the_choice_selects_the_vehicle_also_through_the_confirmation(send, bonn, partnership):
    chosen = {"vehicle_asked": "B-NO 1234", "vehicle_meant": f"BN-O 1234 ({bonn.pk})"}
    asked = send("B-NO 1234", company=partnership.company_id, **chosen)
    assert {("vehicle", "B-NO 1234"), *chosen.items()} <= set(asked.context["sent"])
    send("B-NO 1234", company=partnership.company_id, confirmed="1", **chosen)
    assert Job.objects.get().vehicle == bonn


def test_a_choice_does_not_outlive_the_text_that_it_was_made_for(send, offered, fleet, bonn):
    hamburg = VehicleFactory(fleet=fleet, license_plate="HH-A 1")
    send("HH-A 1", vehicle_asked="B-NO 1234", vehicle_meant=f"BN-O 1234 ({bonn.pk})")
    assert Job.objects.get().vehicle == hamburg


def test_the_id_behind_a_name_does_not_select_a_vehicle_of_another_name(send, offered, bonn):
    assert offered(send(f"HH-A 1 ({bonn.pk})")) == [f"BN-O 1234 ({bonn.pk})"]


def test_a_part_of_a_name_asks(send, offered, bonn):
    assert offered(send("O 1234")) == [f"BN-O 1234 ({bonn.pk})"]
    assert offered(send(VIN[-6:])) == [f"BN-O 1234 ({bonn.pk})"]


def test_an_id_that_is_the_plate_of_another_vehicle_asks(send, offered, fleet, bonn):
    other = VehicleFactory(fleet=fleet, license_plate=bonn.pk)
    assert sorted(offered(send(bonn.pk))) == sorted(
        [f"BN-O 1234 ({bonn.pk})", f"{bonn.pk} ({other.pk})"]
    )
    send(bonn.pk, vehicle_asked=bonn.pk, vehicle_meant=f"{bonn.pk} ({other.pk})")
    assert Job.objects.get().vehicle == other


@pytest.mark.parametrize(
    "typed", ["-", " . ", "B-NO 1234", "(", "a|b", "[", "(((((ABCDE)", "\\d+", "x" * 5000]
)
def test_what_is_like_no_vehicle_selects_none_and_offers_none(
    send, offered, fleet, other_fleet, typed
):
    VehicleFactory(fleet=other_fleet, license_plate="BN-O 1234")
    VehicleFactory(fleet=fleet, license_plate="HH-A 1")
    assert offered(send(typed)) == []
