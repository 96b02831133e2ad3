"""The job tables: who sees which rows, how they are narrowed, and what that costs."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import escape
from openpyxl import load_workbook

from accounts.models import SavedView, TablePreference
from jobs.freshness import ChangeCheck
from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory
from tests.old_rows import store

VIN = "WVWZZZ1KZAW000001"


@pytest.fixture
def named(fleet, manager):
    """A job that nothing but its name tells from others."""
    return lambda name, **fields: JobFactory(
        by=manager, fleet=fleet, **{"custom_name": name} | fields
    )


def shown(client, url, **query) -> list[str]:
    response = client.get(url, query)
    assert response.status_code == 200
    return [line.id for line in response.context["table"].lines]


# --- who ------------------------------------------------------------------------------------------------------------
def test_a_manager_sees_the_jobs_of_the_fleet_newest_first(manager_client, list_url, named):
    older, newer = named("Older"), named("Newer")
    assert shown(manager_client, list_url) == [newer.pk, older.pk]


def test_a_viewer_sees_them_without_anything_to_write_with(viewer_client, list_url, pending_job):
    page = viewer_client.get(list_url)
    assert [line.id for line in page.context["table"].lines] == [pending_job.pk]
    assert "jobs/new/" not in page.content.decode()
    assert 'name="select"' not in page.content.decode()


@pytest.mark.parametrize(
    "who", ["outside_manager_client", "installer_client", "company_admin_client", "operator_client"]
)
def test_for_everybody_else_the_fleet_does_not_exist(who, list_url, assigned_job, request):
    assert request.getfixturevalue(who).get(list_url).status_code == 404


def test_who_is_not_signed_in_is_asked_to(client, list_url):
    assert client.get(list_url).url.startswith("/accounts/login/")


def test_a_fleet_that_requires_two_factor_authentication_leads_to_its_setup(
    manager_client, fleet, list_url
):
    fleet.require_second_factor = True
    fleet.save()
    led = manager_client.get(list_url)
    assert led.status_code == 302
    assert "2fa" in led.url


def test_jobs_of_other_fleets_and_deleted_ones_are_not_there(
    manager_client, manager, list_url, named, other_fleet, outside_manager
):
    JobFactory(by=outside_manager, fleet=other_fleet)
    named("Gone").delete_by(by=manager)
    assert shown(manager_client, list_url) == []


def test_maintenance_jobs_have_a_list_of_their_own(manager_client, at, named):
    installation, maintenance = named("One"), named("Two", kind=Job.Kind.MAINTENANCE)
    assert shown(manager_client, at("jobs/maintenance/")) == [maintenance.pk]
    assert shown(manager_client, at("jobs/installation/")) == [installation.pk]


# --- narrowing ------------------------------------------------------------------------------------------------------
def test_each_tab_counts_and_shows_its_status(manager_client, list_url, assigned_job, named):
    pending = named("Pending")
    tabs = manager_client.get(list_url).context["tabs"]
    assert {str(tab["label"]): str(tab["count"]) for tab in tabs} == {
        "All": "2",
        "Pending": "1",
        "Assigned": "1",
        "Running": "0",
        "Succeeded": "0",
        "Failed": "0",
    }
    assert shown(manager_client, list_url, status="PENDING") == [pending.pk]
    assert shown(manager_client, list_url, status="pending") == [pending.pk]


@pytest.mark.parametrize("unknown", ["DELETED", "PENDIN", "<b>", "ASSIGNED,PENDING"])
def test_a_status_that_there_is_not_shows_no_row_and_says_so(
    unknown, manager_client, list_url, assigned_job
):
    page = manager_client.get(list_url, {"status": unknown})
    assert page.context["table"].lines == []
    assert f"There is no status {escape(unknown)}, so nothing is shown." in page.content.decode()


# --- several statuses -------------------------------------------------------------------------------------------------
def chips_of(page) -> list[tuple[str, str, str]]:
    return [(chip["label"], chip["value"], chip["remove_url"]) for chip in page.context["chips"]]


def test_several_statuses_are_a_filter_of_which_each_can_be_taken_out(
    manager_client, list_url, assigned_job, named
):
    pending, failed = named("Pending"), named("Failed")
    Job.objects.filter(pk=failed.pk).update(status="FAILED", comment="Because")
    page = manager_client.get(list_url, {"status": ["failed", "ASSIGNED"]})
    assert [line.id for line in page.context["table"].lines] == [failed.pk, assigned_job.pk]
    assert int(page.context["total"]) == 2
    assert chips_of(page) == [
        ("Status", "Assigned", f"{list_url}?status=FAILED"),
        ("Status", "Failed", f"{list_url}?status=ASSIGNED"),
    ]
    tabs = page.context["tabs"]
    assert not any(tab["current"] for tab in tabs)
    assert [int(tab["count"]) for tab in tabs] == [3, 1, 1, 0, 0, 1]
    assert [tab["url"] for tab in tabs][:2] == [list_url, f"{list_url}?status=PENDING"]
    assert shown(manager_client, list_url, status=["PENDING", "PENDING"]) == [pending.pk]
    assert len(shown(manager_client, list_url, status=["PENDING", "ALL"])) == 3


def test_several_statuses_of_which_one_is_unknown_show_no_row(
    manager_client, list_url, assigned_job
):
    page = manager_client.get(list_url, {"status": ["ASSIGNED", "PENDIN"]})
    assert page.context["table"].lines == []
    assert "There is no status PENDIN" in page.content.decode()


def test_several_statuses_are_combined_with_other_filters_and_a_search(
    manager_client, list_url, assigned_job, named
):
    named("Blue Two")
    query = {"status": ["ASSIGNED", "RUNNING"]}
    both = query | {"company": assigned_job.company_id}
    assert shown(manager_client, list_url, **both) == [assigned_job.pk]
    assert shown(manager_client, list_url, **query, search="blue") == [assigned_job.pk]
    chips = chips_of(manager_client.get(list_url, both))
    assert [label for label, _value, _url in chips] == ["Status", "Status", "Company"]


def test_one_status_is_a_tab_and_no_chip(manager_client, list_url, assigned_job):
    page = manager_client.get(list_url, {"status": "assigned"})
    assert page.context["chips"] == []
    assert [str(tab["label"]) for tab in page.context["tabs"] if tab["current"]] == ["Assigned"]


@pytest.mark.parametrize(
    ("query", "ticked"),
    [
        ("status=ASSIGNED&status=FAILED", {"ASSIGNED", "FAILED"}),
        ("status=running", {"RUNNING"}),
        ("status=ALL", set()),
        ("status=nonsense", set()),
    ],
)
def test_filter_offers_the_statuses_and_ticks_those_of_the_list(
    query, ticked, manager_client, list_url
):
    page = manager_client.get(f"{list_url}filter/?{query}")
    field = page.context["form"]["status"]
    assert {value for value, _label in field.field.choices} == set(Job.Status.shown())
    assert set(field.value()) == ticked
    assert "is not one of the available choices" not in page.content.decode()
    assert 'type="hidden" name="status"' not in page.content.decode()


def test_an_export_and_all_that_match_have_the_same_several_statuses(
    manager_client, list_url, assigned_job, named
):
    pending, failed = named("Pending"), named("Failed")
    Job.objects.filter(pk=failed.pk).update(status="FAILED", comment="Because")
    query = "status=PENDING&status=FAILED"
    file = b"".join(manager_client.get(f"{list_url}export/csv/?{query}").streaming_content)
    assert len(file.splitlines()) == 3
    sent = {"all": "1", "query": query, "step": "confirmed", "until": "", "movable": "1"}
    manager_client.post(f"{list_url}bulk/delete/", sent)
    pending.refresh_from_db()
    assert pending.status == "DELETED"
    assert Job.objects.shown().count() == 2


@pytest.mark.parametrize("typed", ["000001", "b-xy 12", "bxy12", "blue"])
def test_search_finds_vin_plate_and_name_ignoring_case_blanks_and_hyphens(
    typed, manager_client, list_url, named
):
    found = named("Blue One", vin=VIN, license_plate="B XY 12")
    named("Other")
    assert shown(manager_client, list_url, search=typed) == [found.pk]


def test_two_characters_find_nothing_and_the_page_says_why(manager_client, list_url, named):
    named("Blue One")
    assert (
        "at least three characters"
        in manager_client.get(list_url, {"search": "bl"}).content.decode()
    )


@pytest.mark.parametrize("between", ["\n", ", ", ";", "\t"])
def test_a_pasted_list_finds_each_of_its_entries(between, manager_client, list_url, named):
    one, two = named("", license_plate="B XY 12"), named("", vin=VIN)
    named("", license_plate="B ZZ 99")
    assert shown(manager_client, list_url, search=between.join(["b xy 12", VIN.lower()])) == [
        two.pk,
        one.pk,
    ]


def test_each_filter_narrows_and_is_a_chip_that_can_be_taken_out(
    manager_client, manager, list_url, named, assigned_job, vehicle_model
):
    today = timezone.localdate()
    late = named("Late", planned_service_date=today - timedelta(days=2))
    planned = named("Planned", planned_service_date=today + timedelta(days=2))
    old = named("Old")
    Job.objects.filter(pk=old.pk).update(
        created_at=timezone.now() - timedelta(days=40), differs=True
    )
    week_ago = str(today - timedelta(days=7))
    everything = [old.pk, planned.pk, late.pk, assigned_job.pk]
    cases = [
        ({"overdue": "on"}, [late.pk]),
        ({"differs": "on"}, [old.pk]),
        ({"company": assigned_job.company_id}, [assigned_job.pk]),
        ({"model": vehicle_model.pk}, [assigned_job.pk]),
        ({"planned_after": str(today)}, [planned.pk]),
        ({"planned_before": str(today)}, [late.pk]),
        ({"created_after": week_ago}, [planned.pk, late.pk, assigned_job.pk]),
        ({"created_before": week_ago}, [old.pk]),
    ]
    for query, expected in cases:
        page = manager_client.get(list_url, query)
        assert [line.id for line in page.context["table"].lines] == expected, query
        assert [chip["remove_url"] for chip in page.context["chips"]] == [list_url]
    assert shown(manager_client, list_url) == everything


def test_the_installer_filter_offers_people_of_partners_alone(
    manager_client, list_url, running_job, installer, outside_installer
):
    assert shown(manager_client, list_url, installer=installer.pk) == [running_job.pk]
    offered = manager_client.get(f"{list_url}filter/").content.decode()
    assert installer.name in offered
    assert outside_installer.name not in offered


@pytest.mark.parametrize(
    ("name", "value", "label"),
    [
        ("company", "NOONE", "Company"),
        ("planned_after", "yesterday", "Planned from"),
        ("installer", "x", "Installer"),
    ],
)
def test_a_filter_that_does_not_resolve_matches_nothing_and_is_a_chip_that_can_be_taken_out(
    name, value, label, manager_client, list_url, pending_job
):
    page = manager_client.get(list_url, {name: value})
    assert page.context["table"].lines == []
    assert [
        (chip["label"], chip["value"], chip["remove_url"]) for chip in page.context["chips"]
    ] == [(label, "unknown", list_url)]


def test_all_that_match_a_view_of_a_partner_that_has_gone_are_none(
    manager_client, manager, list_url, pending_job, partnership
):
    query = f"company={partnership.company_id}"
    partnership.end(by=manager)
    sent = {"all": "1", "query": query, "step": "confirmed", "until": "", "movable": "0"}
    manager_client.post(f"{list_url}bulk/delete/", sent)
    assert Job.objects.get().status == Job.Status.PENDING


def test_a_pasted_vin_finds_the_vehicle_whatever_it_is_called_beside_plates_and_ends_of_vins(
    manager_client, list_url, named
):
    whole, end, plate = (
        named("Blue one", vin=VIN),
        named("Two", vin="WVWZZZ1KZAW765432"),
        named("", license_plate="B-XY 3"),
    )
    named("Other", vin="WVWZZZ1KZAW000002")
    assert shown(manager_client, list_url, search=f"{VIN}; 765432; b xy 3") == [
        plate.pk,
        end.pk,
        whole.pk,
    ]


def test_what_a_pasted_list_leaves_out_is_named(manager_client, list_url, named):
    found = named("Car 7")
    many = [f"Car {n}" for n in range(205)]
    page = manager_client.get(list_url, {"search": ", ".join([*many, "AB", many[0]])})
    assert found.pk in [line.id for line in page.context["table"].lines]
    body = page.content.decode()
    assert "5 more were left out: Car 200, Car 201, Car 202, Car 203, Car 204" in body
    assert "Shorter than three characters, so left out: AB" in body
    assert (
        "left out" not in manager_client.get(list_url, {"search": "Car 7, Car 8"}).content.decode()
    )


def test_entries_of_a_pasted_list_are_whole_names(manager_client, list_url, named):
    exact = named("One", license_plate="PB-A 12")
    named("Two", license_plate="PB-A 123")
    named("Three", vin="WVWZZZ1KZAWPBA120")
    by_end = named("Four", vin=VIN)
    by_name = named("Pool 7, Berlin")
    listed = {"search": "PB-A 12\n000001\nOn"}
    assert shown(manager_client, list_url, **listed) == [by_end.pk, exact.pk]
    assert shown(manager_client, list_url, search="PB-A 12; pool7,berlin") == [exact.pk]
    assert shown(manager_client, list_url, search="Pool 7, Berlin") == [by_name.pk]


def test_entries_of_a_list_that_were_not_found_are_named(manager_client, list_url, named):
    named("One", license_plate="PB-A 12")
    page = manager_client.get(list_url, {"search": "pba12\nPB-A 13\nשלום 14"}).content.decode()
    assert "2 entries were not found: PB-A 13, <bdi>שלום 14</bdi>" in page
    assert "not found" not in manager_client.get(list_url, {"search": "PB-A 1"}).content.decode()
    bulk = manager_client.get(list_url, {"search": "PB-A 12, Pool"}).content.decode()
    assert "1 entry was not found: Pool" in bulk


def test_a_date_that_has_passed_is_marked_while_the_job_is_open(manager_client, list_url, named):
    yesterday = timezone.localdate() - timedelta(days=1)
    named("Late", planned_service_date=yesterday)
    assert 'data-status="OVERDUE">Overdue<' in manager_client.get(list_url).content.decode()
    Job.objects.update(status="SUCCEEDED")
    assert 'data-status="OVERDUE"' not in manager_client.get(list_url).content.decode()


@pytest.mark.parametrize("kind", ["installation", "maintenance"])
def test_an_empty_search_offers_the_list_of_the_other_kind(kind, manager_client, at):
    url, other = (
        at(f"jobs/{kind}/"),
        at(f"jobs/{'maintenance' if kind == 'installation' else 'installation'}/"),
    )
    body = manager_client.get(url, {"search": "blue one"}).content.decode()
    assert f'href="{other}?search=blue%20one"' in body


@pytest.mark.parametrize("kind", ["installation", "maintenance"])
def test_the_header_tells_how_many_there_are_of_each_kind_whatever_is_shown(
    kind, manager_client, at, named
):
    for _n in range(2):
        named("One")
    named("Two", kind=Job.Kind.MAINTENANCE)
    for query in ({}, {"status": "FAILED"}, {"search": "nothing"}):
        tabs = manager_client.get(at(f"jobs/{kind}/"), query).context["kind_tabs"]
        assert [str(tab["count"]) for tab in tabs] == ["2", "1", "None"]


# --- order, pages, columns ------------------------------------------------------------------------------------------
def test_sorting_puts_what_is_missing_last_in_both_directions(manager_client, list_url, named):
    b, none, a = named("", license_plate="B"), named("x"), named("", license_plate="A")
    assert shown(manager_client, list_url, sort="job") == [a.pk, b.pk, none.pk]
    assert shown(manager_client, list_url, sort="-job") == [b.pk, a.pk, none.pk]


def test_pages_follow_one_another_and_back(manager_client, list_url, named):
    jobs = [named(f"Car {n}") for n in range(12)][::-1]
    first = manager_client.get(list_url, {"page_size": 10}).context["page"]
    second = manager_client.get(list_url, {"page_size": 10, "cursor": first.next}).context["page"]
    assert [row["pk"] for row in first.rows] == [job.pk for job in jobs[:10]]
    assert [row["pk"] for row in second.rows] == [job.pk for job in jobs[10:]]
    assert shown(manager_client, list_url, page_size=10, cursor=second.previous) == [
        job.pk for job in jobs[:10]
    ]


def test_a_choice_of_columns_is_kept_for_the_person(
    manager_client, manager, viewer_client, list_url, pending_job
):
    manager_client.post(
        f"{list_url}columns/", {"order": ["vin", "job", "status"], "column": ["vin", "job"]}
    )

    heads = [head.label for head in manager_client.get(list_url).context["table"].heads]
    assert heads == ["VIN", "Plate / VIN"]
    assert len(viewer_client.get(list_url).context["table"].heads) > 2

    manager_client.post(f"{list_url}columns/", {"reset": "1"})
    assert not TablePreference.objects.exists()


def test_columns_move_without_scripts_too(manager_client, list_url):
    page = manager_client.post(
        f"{list_url}columns/", {"order": ["job", "vin"], "column": ["job"], "up": "vin"}
    )
    assert [name for name, *_rest in page.context["choices"]][:2] == ["vin", "job"]


def test_every_column_there_is_can_be_shown(manager_client, at, running_job, fleet, manager):
    JobFactory(
        by=manager,
        fleet=fleet,
        kind=Job.Kind.MAINTENANCE,
        vehicle=VehicleFactory(fleet=fleet),
        task="REPAIR",
    )
    for kind in ("installation", "maintenance"):
        page = manager_client.get(at(f"jobs/{kind}/"))
        names = ",".join(name for name, *_rest in page.context["table"].choices)
        assert manager_client.get(at(f"jobs/{kind}/"), {"columns": names}).status_code == 200


@pytest.mark.parametrize("wanted", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense", "deleted"])
def test_a_link_to_a_job_that_is_not_there_says_so(
    wanted, manager_client, manager, list_url, named
):
    job = named("Gone")
    assert "is not there" not in manager_client.get(list_url, {"job": job.pk}).content.decode()
    job.delete_by(by=manager)
    page = manager_client.get(list_url, {"job": job.pk if wanted == "deleted" else wanted})
    assert "This link leads to something that does not exist" in page.content.decode()


# --- saved views ----------------------------------------------------------------------------------------------------
def test_a_shared_view_shows_a_colleague_the_same_and_a_private_one_stays_private(
    manager_client, viewer_client, list_url, fleet
):
    for name, shared in (("Ours", "on"), ("Mine", "")):
        manager_client.post(
            f"{list_url}views/", {"name": name, "shared": shared, "query": "status=FAILED&cursor=x"}
        )

    assert list(SavedView.objects.values_list("query", flat=True)) == ["status=FAILED"] * 2
    seen = viewer_client.get(f"{list_url}views/").content.decode()
    assert "Ours" in seen
    assert "Mine" not in seen


def test_a_view_of_a_long_list_is_kept_and_one_too_long_is_refused_in_words(
    manager_client, list_url
):
    search = ",".join(f"WVWZZZ1KZAW{n:06}" for n in range(190))
    manager_client.post(f"{list_url}views/", {"name": "Long", "query": f"search={search}"})
    assert len(SavedView.objects.get().query) > 3000

    page = manager_client.post(
        f"{list_url}views/", {"name": "Longer", "query": f"search={search}{search}"}
    )
    assert "This search is too long to be saved" in page.content.decode()
    assert SavedView.objects.count() == 1


def test_a_view_keeps_its_columns_where_somebody_wants_it(
    manager_client, viewer_client, list_url, pending_job
):
    manager_client.post(f"{list_url}columns/", {"order": ["vin", "job"], "column": ["vin", "job"]})
    for name, wanted in (("Free", ""), ("Fixed", "on")):
        manager_client.post(
            f"{list_url}views/", {"name": name, "shared": "on", "query": "", "with_columns": wanted}
        )
    views = dict(SavedView.objects.values_list("name", "query"))
    assert views == {"Free": "", "Fixed": "columns=vin%2Cjob"}
    heads = {
        name: [
            head.label for head in viewer_client.get(f"{list_url}?{query}").context["table"].heads
        ]
        for name, query in views.items()
    }
    assert heads["Fixed"] == ["VIN", "Plate / VIN"]
    assert len(heads["Free"]) > 2
    assert (
        viewer_client.get(f"{list_url}views/?{views['Fixed']}")
        .context["form"]["with_columns"]
        .value()
        is True
    )


def test_a_link_for_a_colleague_carries_the_columns_that_the_reader_chose(
    manager_client, viewer_client, list_url
):
    manager_client.post(f"{list_url}columns/", {"order": ["vin", "job"], "column": ["vin", "job"]})
    menu = manager_client.get(f"{list_url}views/", {"status": "FAILED", "cursor": "x"})
    assert menu.context["link"] == f"http://testserver{list_url}?status=FAILED&columns=vin%2Cjob"
    page = viewer_client.get(menu.context["link"])
    assert [head.label for head in page.context["table"].heads] == ["VIN", "Plate / VIN"]


def test_the_menu_marks_the_view_that_is_shown(manager_client, list_url):
    for name, query in (("Ours", "status=FAILED&sort=-job"), ("All", "")):
        manager_client.post(f"{list_url}views/", {"name": name, "query": query})
    asked = {"sort": "-job", "status": "FAILED", "cursor": "x"}
    menu = manager_client.get(
        f"{list_url}views/", asked, headers={"HX-Request": "true"}
    ).content.decode()
    assert menu.count("aria-current") == 1
    assert "Ours" in menu.partition("aria-current")[2].partition("</a>")[0]


def test_removing_a_view_that_there_is_not_changes_nothing(manager_client, list_url):
    assert manager_client.post(f"{list_url}views/", {"delete": "x"}).status_code == 302


def test_only_its_owner_removes_a_view(manager_client, viewer_client, list_url):
    manager_client.post(f"{list_url}views/", {"name": "Ours", "shared": "on", "query": ""})
    view = SavedView.objects.get()
    viewer_client.post(f"{list_url}views/", {"delete": view.pk})
    assert SavedView.objects.exists()
    manager_client.post(f"{list_url}views/", {"delete": view.pk})
    assert not SavedView.objects.exists()


# --- order ----------------------------------------------------------------------------------------------------------
UNINDEXED = ("status", "company", "assignee", "vehicle_model", "finished_at")


@pytest.fixture
def differing(named, fleet, partnership, manager, installer):
    """Three jobs that stand differently by each of these columns."""
    fiat, audi = VehicleModelFactory(brand="Fiat"), VehicleModelFactory(brand="Audi")
    units = [UnitFactory(fleet=fleet, qnr=f"7C0D1A000000000{n}") for n in (2, 1)]
    jobs = [
        named("One", vehicle_model=fiat, planned_unit=units[0]),
        named("Two", vehicle_model=audi, planned_unit=units[1], location="Hall 3", tracking=False),
        named("Three", location="Depot", tracking=True),
    ]
    for job in jobs[:2]:
        job.assign(partnership.company, by=manager)
    jobs[0].take(by=installer)
    return [job.pk for job in jobs]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("status", [1, 2, 0]),
        ("-status", [0, 2, 1]),
        ("vehicle_model", [1, 0, 2]),
        ("-vehicle_model", [0, 1, 2]),
        ("company", [0, 1, 2]),
        ("-company", [1, 0, 2]),
        ("assignee", [0, 1, 2]),
        ("location", [2, 1, 0]),
        ("-location", [1, 2, 0]),
        ("planned_unit", [1, 0, 2]),
        ("-tracking", [2, 1, 0]),
    ],
)
def test_few_rows_are_sorted_by_any_column_and_exported_so(
    sort, order, manager_client, list_url, differing, statements
):
    usual = statements(lambda: manager_client.get(list_url, {"sort": "license_plate"}))
    shown = [
        line.id for line in manager_client.get(list_url, {"sort": sort}).context["table"].lines
    ]
    assert shown == [differing[n] for n in order]
    assert statements(lambda: manager_client.get(list_url, {"sort": sort})) == usual
    assert [row[0] for row in exported(manager_client, list_url, sort=sort)[1:]] == shown


@pytest.mark.parametrize("kind", ["installation", "maintenance"])
def test_few_rows_are_sorted_by_every_column_but_the_comment(kind, manager_client, at, differing):
    if kind == "maintenance":
        Job.objects.update(kind="MAINTENANCE")
    url = at(f"jobs/{kind}/")
    table = manager_client.get(url).context["table"]
    assert table.offered == set(table.base_columns) - {"comment"}
    for name in table.offered:
        forwards = shown(manager_client, url, sort=name, page_size=10)
        assert (len(forwards), set(forwards)) == (3, set(differing)), name


def test_many_rows_are_sorted_by_what_an_index_knows(
    manager_client, list_url, differing, monkeypatch
):
    def offered() -> set[str]:
        return manager_client.get(list_url, {"sort": "-status"}).context["table"].offered

    assert set(UNINDEXED) <= offered()
    monkeypatch.setattr("core.web.lists.views.FEW", 2)
    monkeypatch.setattr("fleetcontrol.views.job_table.FEW", 2)
    assert not set(UNINDEXED) & offered()
    page = manager_client.get(list_url, {"sort": "-status"}).content.decode()
    assert "too many rows to sort by “Status”" in page
    assert "Narrow the list to sort by this" in page
    few = manager_client.get(list_url, {"sort": "-status", "search": "three"}).content.decode()
    assert "too many rows" not in few
    shown = [
        line.id for line in manager_client.get(list_url, {"sort": "-status"}).context["table"].lines
    ]
    assert shown == differing[::-1]
    assert [row[0] for row in exported(manager_client, list_url, sort="-status")[1:]] == shown


def test_what_is_narrowed_to_a_time_stands_in_its_order_unless_another_is_asked_for(
    manager_client, list_url, named
):
    today = timezone.now().date()
    days = {"Late": 9, "Soon": 2, "Past": -3, "Next": 5, "Longest past": -8}
    jobs = {
        name: named(name, planned_service_date=today + timedelta(days=n)).pk
        for name, n in days.items()
    }
    named("Some day")

    def names(**query) -> list[str]:
        found = shown(manager_client, list_url, **query)
        assert [row[0] for row in exported(manager_client, list_url, **query)[1:]] == found
        return [next(name for name in jobs if jobs[name] == pk) for pk in found]

    assert names(planned_after=today) == ["Soon", "Next", "Late"]
    assert names(planned_before=today) == ["Longest past", "Past"]
    assert names(overdue="on") == ["Longest past", "Past"]
    assert names(planned_after=today, sort="-planned_service_date") == ["Late", "Next", "Soon"]
    assert names(created_after=today, search="past") == ["Longest past", "Past"]  # the newest first
    page = manager_client.get(list_url, {"planned_after": today}).content.decode()
    assert 'aria-sort="ascending"' in page


# --- counts ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def many_found(named, partnership, manager, monkeypatch):
    """Five that a search finds, of which three are counted before the page is there; the newest two are assigned."""
    monkeypatch.setattr("fleetcontrol.views.filtering.FIRST", 3)
    jobs = [named(f"Van {n}") for n in range(5)]
    for job in jobs[3:]:
        job.assign(partnership.company, by=manager)
    named("Other")
    return jobs


def numbers(response) -> dict[str, str]:
    return {str(tab["label"]): str(tab["count"]) for tab in response.context["tabs"]}


def test_a_search_that_finds_many_says_so_at_once_and_how_many_a_look_later(
    manager_client, list_url, many_found
):
    page = manager_client.get(list_url, {"search": "van"})
    assert numbers(page) == {
        "All": "3+", "Pending": "2+", "Assigned": "2+", "Running": "…", "Succeeded": "…", "Failed": "…"
    }  # fmt: skip
    assert str(page.context["total"]) == "3+"

    ask = {"search": "van", "live": page.context["here"], "digest": page.context["digest"]}
    look = manager_client.get(list_url, ask, headers={"HX-Request": "true"})
    exactly = {
        "All": "5",
        "Pending": "3",
        "Assigned": "2",
        "Running": "0",
        "Succeeded": "0",
        "Failed": "0",
    }
    assert numbers(look) == exactly
    again = manager_client.get(
        list_url, ask | {"digest": look.context["digest"]}, headers={"HX-Request": "true"}
    )
    assert again.status_code == 204


@pytest.mark.parametrize(("few", "is_sorted"), [(5, True), (4, False)])
def test_a_search_that_finds_many_is_sorted_by_any_column_as_long_as_they_are_few(
    few, is_sorted, manager_client, list_url, many_found, monkeypatch
):
    monkeypatch.setattr("core.web.lists.views.FEW", few)
    page = manager_client.get(list_url, {"search": "van", "sort": "-status"})
    newest_first = [job.pk for job in many_found[::-1]]
    by_status = newest_first[2:] + newest_first[:2]
    assert [line.id for line in page.context["table"].lines] == (
        by_status if is_sorted else newest_first
    )
    ask = {"search": "van", "sort": "-status", "live": page.context["here"], "digest": ""}
    look = manager_client.get(list_url, ask, headers={"HX-Request": "true"})
    assert [line.id for line in look.context["table"].lines] == [
        line.id for line in page.context["table"].lines
    ]


def test_a_search_that_finds_few_and_every_filter_are_counted_at_once(
    manager_client, list_url, many_found
):
    assert numbers(manager_client.get(list_url, {"search": "van 1"}))["All"] == "1"
    found = numbers(manager_client.get(list_url, {"company": many_found[4].company_id}))
    assert (found["All"], found["Assigned"], found["Pending"]) == ("2", "2", "0")


@pytest.mark.django_db(transaction=True)
def test_a_fleet_is_counted_once_until_one_of_its_jobs_changes(
    manager_client, list_url, named, statements
):
    named("One")
    asked = [statements(lambda: manager_client.get(list_url)) for _n in range(3)]
    assert asked == [asked[0], asked[0] - 1, asked[0] - 1]
    named("Two")
    assert numbers(manager_client.get(list_url))["All"] == "2"


# --- export ---------------------------------------------------------------------------------------------------------
def test_an_export_is_exactly_what_is_filtered_and_no_formula(manager_client, list_url, named):
    named("Blue", location='=HYPERLINK("http://evil.example")', tracking=False)
    named("Other")

    body = b"".join(
        manager_client.get(f"{list_url}export/csv/", {"search": "blue"}).streaming_content
    ).decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(body))
    assert (row["custom_name"], row["status"], row["tracking"]) == ("Blue", "PENDING", "off")
    assert row["location"].startswith("'=")

    sheet = b"".join(
        manager_client.get(f"{list_url}export/xlsx/", {"search": "blue"}).streaming_content
    )
    rows = list(load_workbook(io.BytesIO(sheet)).active.values)
    assert rows[0] == tuple(row)
    assert len(rows) == 2


def exported(client, list_url, form="csv", **query) -> list[list[str]]:
    content = b"".join(client.get(f"{list_url}export/{form}/", query).streaming_content)
    if form == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.values]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_stands_in_the_order_of_the_list(form, manager_client, list_url, named):
    for name, plate in (("First", "B 2"), ("Second", ""), ("Third", "B 1"), ("Fourth", "B 3")):
        named(name, license_plate=plate)
    for sort in ("", "license_plate", "-license_plate"):
        shown = [
            line.id for line in manager_client.get(list_url, {"sort": sort}).context["table"].lines
        ]
        assert [row[0] for row in exported(manager_client, list_url, form, sort=sort)[1:]] == shown


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_character_of_a_value_breaks_an_export(form, manager_client, list_url, named):
    job = named("Blue", location='a;=HYPERLINK(1)",')
    store(job, custom_name="Blue\x0b\x1f", location="a;=1\n,", instructions="\ufffe")
    assert len(exported(manager_client, list_url, form)) == 2


def test_every_cell_of_a_csv_is_quoted_so_that_no_other_separator_cuts_it(
    manager_client, list_url, named
):
    named("Blue", location="a;=HYPERLINK(1)")
    body = b"".join(manager_client.get(f"{list_url}export/csv/").streaming_content).decode(
        "utf-8-sig"
    )
    assert all(line.startswith('"') and line.endswith('"') for line in body.splitlines())


def test_nobody_exports_a_fleet_that_is_not_theirs(outside_manager_client, list_url, pending_job):
    assert outside_manager_client.get(f"{list_url}export/csv/").status_code == 404


# --- live -----------------------------------------------------------------------------------------------------------
def poll(client, url, page):
    return client.get(
        url,
        {"live": page.context["here"], "digest": page.context["digest"]},
        headers={"HX-Request": "true"},
    )


def test_a_poll_says_nothing_while_nothing_changed(manager_client, list_url, pending_job):
    page = manager_client.get(list_url)
    assert poll(manager_client, list_url, page).status_code == 204


def test_a_poll_brings_changed_rows_and_announces_new_ones(
    manager_client, manager, list_url, pending_job, partnership, named
):
    page = manager_client.get(list_url)
    pending_job.assign(partnership.company, by=manager)
    named("New")

    answer = poll(manager_client, list_url, page)
    assert answer.status_code == 200
    assert [line.id for line in answer.context["table"].lines] == [pending_job.pk]
    assert "1 new" in answer.content.decode()
    assert "Assigned" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_second_poll_asks_the_database_no_more_until_a_job_of_the_fleet_changes(
    manager_client, manager, list_url, pending_job, partnership, statements
):
    page = manager_client.get(list_url)
    for _n in range(2):  # the first finds no sign and leaves one
        assert poll(manager_client, list_url, page).status_code == 204
    frame_alone = statements(lambda: poll(manager_client, list_url, page))
    assert frame_alone == 2  # session, person

    pending_job.assign(partnership.company, by=manager)
    assert poll(manager_client, list_url, page).status_code == 200


# --- what it costs --------------------------------------------------------------------------------------------------
@pytest.mark.pg
@pytest.mark.parametrize("number", [10, 100])
def test_a_page_of_a_hundred_rows_costs_as_many_statements_as_one_of_ten(
    number, manager_client, list_url, fleet, manager, running_job, statements
):
    for _n in range(number):
        JobFactory(
            by=manager, fleet=fleet, vehicle_model=VehicleModelFactory(), license_plate="B XY 1"
        )
    ChangeCheck(
        fleet.pk, "what somebody else has open"
    ).confirm_unchanged()  # no job has changed since
    ask = {
        "page_size": 100,
        "columns": "status,job,vehicle_model,company,assignee,reserved_for,unit,vin",
    }
    assert statements(lambda: manager_client.get(list_url)) <= 6
    assert statements(lambda: manager_client.get(list_url, ask)) <= 6
    assert (
        statements(lambda: manager_client.get(list_url, ask | {"sort": "-job", "search": "bxy"}))
        <= 6
    )
    page = manager_client.get(list_url)
    assert statements(lambda: poll(manager_client, list_url, page)) <= 6


@pytest.mark.pg
def test_the_panel_costs_the_same_for_a_long_history(
    manager_client, at, configured_job, installer, manager, statements
):
    url = at(f"jobs/{configured_job.pk}/")
    before = statements(lambda: manager_client.get(url))
    for n in range(10):
        configured_job.fill_in(by=installer, brand=f"Brand {n}")
    assert statements(lambda: manager_client.get(url)) <= before + 1


DOZEN = [
    *("status", "job", "vehicle_model", "company", "assignee", "planned_service_date"),
    *("differs", "updated_at", "vin", "unit", "location", "created_at"),
]


@pytest.mark.parametrize(("columns", "most"), [([], 38_000), (DOZEN, 44_000)])
def test_a_page_of_fifty_rows_stays_small(
    columns, most, manager_client, list_url, fleet, manager, running_job, vehicle_model
):
    about = {
        "vehicle_model": vehicle_model,
        "location": "Halle 3, Tor Süd",
        "planned_service_date": "2031-03-04",
    }
    for n in range(50):
        JobFactory(
            by=manager, fleet=fleet, vin=f"WVWZZZ1KZAW{n:06}", license_plate=f"B XY {n:04}", **about
        )
    held = {name: getattr(running_job, name) for name in ("status", "company", "assignee")}
    Job.objects.update(**held)
    TablePreference.objects.create(user=manager, table="installation_jobs", columns=columns)
    page = manager_client.get(list_url)
    assert len(page.context["table"].lines) == 50
    assert len(page.content) <= most
