"""The search over everything that a fleet has, the command palette, and the dialog of the keys."""

import re
from html import unescape

import pytest

from accounts.models import Partnership
from fleetcontrol.navigation import FORMS, PAGES
from jobs.models import Job
from tests.factories.accounts import FleetMembershipFactory, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import PlaceFactory, UnitFactory, VehicleFactory

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}
VIN = "WVWZZZ1KZAW004711"


@pytest.fixture
def results(at, manager_client):
    """`results("4711")`: label → the titles below it."""

    def ask(text, client=manager_client, page="search/") -> dict[str, list[str]]:
        groups = client.get(at(page), {"q": text}).context["groups"]
        return {str(group.label): [str(hit.title) for hit in group.hits] for group in groups}

    return ask


@pytest.fixture
def world(fleet, manager, partnership, vehicle_model):
    """One of each kind that is called 4711 in some way."""
    named = {"by": manager, "fleet": fleet, "vehicle_model": vehicle_model}
    unit = UnitFactory(fleet=fleet, qnr="00000000000A4711")
    vehicle = VehicleFactory(fleet=fleet, unit=None, license_plate="B AD 4711")
    JobFactory(license_plate="B QX 4711", **named)
    JobFactory(kind="MAINTENANCE", vehicle=vehicle, by=manager, fleet=fleet)
    PlaceFactory(fleet=fleet, name="Depot 4711")
    PartnershipFactory(fleet=fleet, company=None, email="garage4711@example.com", status="PENDING")
    return unit


def test_each_kind_is_found_in_a_group_of_its_own(world, results):
    assert results("4711") == {
        "Installation Jobs": ["B QX 4711"],
        "Maintenance Jobs": ["B AD 4711"],
        "Vehicles": ["B AD 4711"],
        "Units": ["00000000000A4711"],
        "Partners": ["garage4711@example.com"],
        "Places": ["Depot 4711"],
    }


@pytest.mark.parametrize("client", ["viewer_client", "fleet_admin_client"])
def test_every_role_finds_what_its_lists_show(client, request, world, results):
    assert len(results("4711", request.getfixturevalue(client))) == 6


def test_nothing_of_another_fleet_is_found(world, results, other_fleet, outside_manager):
    JobFactory(by=outside_manager, fleet=other_fleet, custom_name="Theirs 815")
    VehicleFactory(fleet=other_fleet, license_plate="M TH 815")
    UnitFactory(fleet=other_fleet, qnr="0000000000000815")
    PlaceFactory(fleet=other_fleet, name="Theirs 815")
    PartnershipFactory(fleet=other_fleet, company=None, email="815@example.com", status="PENDING")
    assert results("815") == {}
    assert results("815", page="palette/") == {}


@pytest.mark.parametrize(
    "text", ["BER-1043", "1043", "b qx 77", "qx77", VIN, VIN[-6:], "blue", "PO-4711/7"]
)
def test_a_job_is_found_by_number_plate_vin_name_and_reference(text, fleet, manager, results):
    job = JobFactory(
        by=manager,
        fleet=fleet,
        license_plate="B QX 77",
        vin=VIN,
        custom_name="Blue One",
        external_reference="PO-4711/7",
    )
    Job.objects.filter(pk=job.pk).update(number=1043)
    assert results(text)["Installation Jobs"] == ["B QX 77"]


def test_a_vehicle_is_found_by_its_id_and_the_qnr_of_its_unit(fleet, results):
    vehicle = VehicleFactory(fleet=fleet)
    for text in (vehicle.pk, vehicle.unit_id):
        assert results(text)["Vehicles"] == [vehicle.license_plate]


def test_a_partner_is_found_by_name_and_id_and_a_pending_one_by_its_address_alone(
    fleet, partnership, other_company, results
):
    assert results("quickinst")["Partners"] == ["QuickInstall"]
    assert results(partnership.company_id)["Partners"] == ["QuickInstall"]
    PartnershipFactory(
        fleet=fleet,
        company=other_company,
        email="x4711@example.com",
        status=Partnership.Status.PENDING,
    )
    assert "Partners" not in results("OtherCo")
    assert results("x4711")["Partners"] == ["x4711@example.com"]


def test_what_is_called_so_comes_before_what_contains_it(fleet, manager, results):
    """Although it is older than more than a group shows."""
    JobFactory(by=manager, fleet=fleet, license_plate="B AB 12")
    VehicleFactory(fleet=fleet, license_plate="B AB 12")
    for n in range(8):
        JobFactory(by=manager, fleet=fleet, license_plate=f"B AB 12{n}")
        VehicleFactory(fleet=fleet, license_plate=f"B AB 12{n}")
    found = results("bab12")
    for kind in ("Installation Jobs", "Vehicles"):
        assert found[kind] == ["B AB 12", *(f"B AB 12{n}" for n in (7, 6, 5, 4))], kind


def test_the_number_of_a_job_comes_before_names_with_its_digits(fleet, manager, results):
    job = JobFactory(by=manager, fleet=fleet, custom_name="The one")
    Job.objects.filter(pk=job.pk).update(number=1043)
    for n in range(6):
        JobFactory(by=manager, fleet=fleet, custom_name=f"Van 1043{n}")
    assert results("1043")["Installation Jobs"][0] == "The one"


def test_each_group_leads_to_its_list_with_all_results(world, manager_client, at):
    page = manager_client.get(at("search/"), {"q": "4711"})
    for group in page.context["groups"]:
        body = manager_client.get(unescape(group.all_url)).content.decode()
        assert str(group.hits[0].title) in body, group.label
        assert f'href="{group.all_url.replace("&", "&amp;")}"' in page.content.decode()


def test_a_link_to_all_results_opens_the_tab_that_has_them(fleet, manager, manager_client, at):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B AD 4711")
    groups = {
        str(group.label): group
        for group in manager_client.get(at("search/"), {"q": vehicle.unit_id}).context["groups"]
    }
    assert "status=MOUNTED" in groups["Units"].all_url
    assert "status" not in groups["Vehicles"].all_url
    VehicleFactory(fleet=fleet, unit=None, license_plate="B ZZ 1", archived_at="2026-01-01T00:00Z")
    [group] = manager_client.get(at("search/"), {"q": "bzz1"}).context["groups"]
    assert "status=ARCHIVED" in group.all_url
    assert group.hits[0].status == "ARCHIVED"


def test_a_deleted_job_is_not_found(fleet, manager, results):
    job = JobFactory(by=manager, fleet=fleet, custom_name="Gone soon")
    assert results("gone soon") == {"Installation Jobs": ["Gone soon"]}
    job.delete_by(by=manager)
    assert results("gone soon") == {}


def test_a_pasted_list_finds_each_of_its_entries(fleet, manager, results):
    for n in range(3):
        JobFactory(
            by=manager, fleet=fleet, license_plate=f"B AB 10{n}", external_reference=f"R-{n}1"
        )
    found = results("B AB 101, R-21, nothing")
    assert found["Installation Jobs"] == ["B AB 102", "B AB 101"]


@pytest.mark.parametrize("text", ["", "x", "ab", "%", "\u202e", "x" * 3000, "a,b", "²"])
def test_what_is_too_short_or_nonsense_finds_nothing(text, world, results):
    assert results(text) == {}


def test_the_statements_are_as_many_for_few_rows_as_for_many(
    world, fleet, manager, manager_client, at, statements
):
    def ask(page):
        return statements(lambda: manager_client.get(at(page), {"q": "4711"}))

    few = {page: ask(page) for page in ("search/", "palette/")}
    for n in range(7):
        vehicle = VehicleFactory(fleet=fleet, license_plate=f"B XX 4711{n}")
        JobFactory(by=manager, fleet=fleet, custom_name=f"4711 {n}")
        JobFactory(kind="MAINTENANCE", vehicle=vehicle, by=manager, fleet=fleet)
        UnitFactory(fleet=fleet, qnr=f"00000000000B471{n}")
        PlaceFactory(fleet=fleet, name=f"4711 {n}")
    assert {page: ask(page) for page in few} == few
    empty = statements(lambda: manager_client.get(at("search/")))
    assert few["search/"] - empty == 6, "one for each kind"


def test_scripts_get_the_options_alone(world, manager_client, at):
    body = manager_client.get(at("search/"), {"q": "4711"}, headers=SCRIPT).content.decode()
    assert "<html" not in body
    assert body.count('role="group"') == 6
    assert body.count('role="option"') == 12  # with a link to all results each
    assert "6 results" in body


def test_a_list_does_not_call_a_reference_missing_that_it_has_found(
    fleet, manager, manager_client, at
):
    JobFactory(by=manager, fleet=fleet, custom_name="Blue", external_reference="PO-4711/7")
    page = manager_client.get(at("jobs/installation/"), {"search": "PO-4711/7\nPO-4711/8"})
    assert page.context["not_found"] == ["PO-4711/8"]


# --- the header --------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["overview/", "jobs/maintenance/", "units/", "places/", "search/"])
def test_every_page_has_the_search_and_says_what_it_finds(path, manager_client, at, fleet):
    body = manager_client.get(at(path)).content.decode()
    assert f'<form role="search" action="{at("search/")}"' in body
    assert f'placeholder="{fleet.job_prefix}-1043, plate, VIN, QNR, name…"' in body


# --- the palette --------------------------------------------------------------------------------
def urls(answer) -> set[str]:
    return {hit.url for group in answer.context["groups"] for hit in group.hits}


def test_the_palette_has_each_page_of_the_navigation_and_what_can_be_begun(fleet_admin_client, at):
    answer = fleet_admin_client.get(at("palette/"), headers=SCRIPT)
    body = answer.content.decode()
    assert "<html" not in body
    labels = [hit.title for group in answer.context["groups"] for hit in group.hits]
    for page in PAGES:
        assert any(label.startswith(str(page.label)) for label in labels), page.label
    assert {str(page.label) for page in FORMS} <= set(labels)
    assert "Installation &amp; Maintenance ▸ Maintenance Jobs" in body
    assert "Settings ▸ API clients" in body


def test_the_navigation_is_the_same_list(fleet_admin_client, manager_client, viewer_client, at):
    readers = ((fleet_admin_client, True), (manager_client, True), (viewer_client, False))
    for client, settings in readers:
        body = client.get(at("places/")).content.decode()
        nav = body.partition('id="sidenav"')[2].partition("</nav>")[0]
        shown = [str(page.label) for page in PAGES if settings or page.section != "settings"]
        labels = re.findall(r"</svg>\s*([^<]+?)\s*</a>", nav)
        assert [unescape(label) for label in labels] == shown
        assert nav.count('aria-current="true"') == 1


@pytest.mark.parametrize("person", ["viewer", "manager", "fleet_admin"])
def test_the_palette_offers_only_what_the_role_may_open(person, request, at):
    client = request.getfixturevalue(f"{person}_client")
    offered = urls(client.get(at("palette/"), headers=SCRIPT))
    for url in offered:
        assert client.get(url, follow=True).status_code == 200, url
    assert (at("partners/invite/") in offered) is (person != "viewer")
    assert (at("settings/users/") in offered) is (person == "fleet_admin")


def test_what_is_typed_filters_the_commands_and_finds_rows_as_well(
    results, fleet, manager, partnership
):
    JobFactory(by=manager, fleet=fleet, custom_name="New car")
    assert results("new job", page="palette/") == {
        "Begin something new": ["New installation job", "New maintenance job"]
    }
    assert results("new car", page="palette/") == {"Installation Jobs": ["New car"]}


def test_the_palette_leads_to_the_reader_s_other_fleets_and_to_no_foreign_one(
    results, manager, second_fleet, other_fleet
):
    FleetMembershipFactory(fleet=second_fleet, user=manager, role="VIEWER")
    assert results("", page="palette/")["Other fleets"] == ["Leipzig"]
    assert results("leip", page="palette/") == {"Other fleets": ["Leipzig"]}
    assert results("munich", page="palette/") == {}


def test_without_scripts_the_palette_is_a_page(manager_client, at):
    body = manager_client.get(at("palette/")).content.decode()
    assert "<h1>Search and commands</h1>" in body
    assert f'href="{at("roll-outs/new/")}"' in body
    assert 'role="option"' not in body


# --- the keys --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "text"), [("en", "Select the row"), ("de", "Zeile auswählen")]
)
def test_the_keys_are_listed_in_both_languages(language, text, viewer, viewer_client, at):
    viewer.language = language
    viewer.save()
    page = viewer_client.get(at("keys/"), headers={"Accept-Language": language})
    assert text in page.content.decode()
    assert "<html" not in viewer_client.get(at("keys/"), headers=SCRIPT).content.decode()
