"""What is done to one job from its row or its details: allowed, refused, and by whom."""

import re

import pytest

from core.web import middleware
from jobs.models import Job, JobEvent
from jobs.reading.history import CHANNELS
from tests.factories.jobs import JobFactory

ACTS = ["delete", "assign", "duplicate", "again", "handback", "access/stop", "access/allow"]


@pytest.fixture
def act(manager_client, at):
    return lambda job, name, **sent: manager_client.post(
        at(f"jobs/{job.pk}/{name}/"), sent, follow=True
    )


@pytest.fixture
def failed_job(running_job, installer):
    running_job.fail(by=installer, comment="No car there", reason="VEHICLE_ABSENT")
    return running_job


def test_delete_asks_and_then_hides_the_job(act, manager_client, at, pending_job):
    assert (
        "Delete Blue One?"
        in manager_client.get(at(f"jobs/{pending_job.pk}/delete/")).content.decode()
    )
    act(pending_job, "delete")
    assert manager_client.get(at(f"jobs/{pending_job.pk}/")).status_code == 404
    assert Job.objects.get().status == Job.Status.DELETED


@pytest.mark.parametrize(
    ("name", "asked"), [("delete", "Delete this job?"), ("assign", "Assign this job")]
)
def test_a_job_that_is_called_nothing_yet_is_asked_about_without_its_id(
    name, asked, manager_client, at, pending_job
):
    Job.objects.update(vin="", license_plate="", custom_name="")
    page = manager_client.get(at(f"jobs/{pending_job.pk}/{name}/")).content.decode()
    assert f'<h1 class="mb-3">{asked}</h1>' in page


def test_assign_shows_what_becomes_locked_and_assigns(
    act, manager_client, at, pending_job, partnership
):
    question = manager_client.get(
        at(f"jobs/{pending_job.pk}/assign/"), headers={"HX-Request": "true"}
    ).content.decode()
    assert "Blue One" in question
    act(pending_job, "assign", company=partnership.company_id)
    pending_job.refresh_from_db()
    assert pending_job.status == Job.Status.ASSIGNED


def offered(page) -> list[str]:
    """The paths of the actions on a page, in its order."""
    found = re.findall(
        r'(?:href|action)="[^"]*/jobs/\w{26}/([a-z/]+)/\?[^"]*"', page.content.decode()
    )
    return [name for name in found if name in (*ACTS, "edit")]


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        ("pending", {"edit", "assign", "duplicate", "delete"}),
        ("assigned", {"handback", "duplicate"}),
        ("running", {"access/stop", "duplicate"}),
        ("failed", {"again", "duplicate"}),
    ],
)
def test_the_menu_the_panel_and_the_page_offer_the_same(
    status, actions, manager_client, at, request
):
    job = request.getfixturevalue(f"{status}_job")
    menu = offered(manager_client.get(at(f"jobs/{job.pk}/menu/")))
    panel = offered(manager_client.get(at(f"jobs/{job.pk}/"), headers={"HX-Request": "true"}))
    page = offered(manager_client.get(at(f"jobs/{job.pk}/")))
    assert (set(menu), len(menu)) == (actions, len(actions))
    assert panel == page
    assert sorted(panel) == sorted(menu)


def test_a_job_that_was_asked_back_is_not_asked_for_again(act, manager_client, at, assigned_job):
    act(assigned_job, "handback", reason="Wrong partner")
    for path, headers in (
        (f"jobs/{assigned_job.pk}/menu/", {}),
        (f"jobs/{assigned_job.pk}/", {"HX-Request": "true"}),
    ):
        assert offered(manager_client.get(at(path), headers=headers)) == ["duplicate"]


@pytest.mark.parametrize("path", ["menu/", ""])
def test_a_viewer_is_offered_no_action(path, viewer_client, at, pending_job):
    assert offered(viewer_client.get(at(f"jobs/{pending_job.pk}/{path}"))) == []


def test_a_question_is_one_template_for_its_dialog_and_its_page(manager_client, at, pending_job):
    url = at(f"jobs/{pending_job.pk}/delete/")
    page, dialog = manager_client.get(url), manager_client.get(url, headers={"HX-Request": "true"})
    assert page.templates[0].name == dialog.templates[0].name
    assert "<html" in page.content.decode()
    assert "<html" not in dialog.content.decode()


def test_asking_for_a_job_changes_nothing_until_the_partner_answers(
    act, manager_client, at, assigned_job
):
    assert act(assigned_job, "handback", reason="Wrong partner").status_code == 200
    assigned_job.refresh_from_db()
    assert assigned_job.status == Job.Status.ASSIGNED
    details = manager_client.get(at(f"jobs/{assigned_job.pk}/")).content.decode()
    assert "The partner was asked" in details
    assert "/handback/" not in details


def test_asking_needs_a_reason(act, assigned_job):
    assert "reason" in act(assigned_job, "handback", reason="").context["form"].errors
    assert not assigned_job.handback_requests.exists()


def test_access_is_stopped_and_allowed_again(act, linked_job, manager_client, at):
    act(linked_job, "access/stop", reason="Wrong car")
    linked_job.refresh_from_db()
    assert linked_job.access_stopped_at
    assert linked_job.access.current() is None
    act(linked_job, "access/allow")
    linked_job.refresh_from_db()
    assert linked_job.access_stopped_at is None


@pytest.mark.parametrize(
    ("name", "fields"),
    [("edit", ["company", "location"]), ("delete", []), ("assign", ["company"])],
)
def test_an_assigned_job_is_neither_edited_nor_deleted_nor_assigned_again(
    name, fields, act, assigned_job, other_company
):
    before = JobEvent.objects.count()
    values = {"company": other_company.pk, "location": "Hacked"}
    answer = act(assigned_job, name, **{field: values[field] for field in fields})
    assert answer.status_code == 409
    assigned_job.refresh_from_db()
    assert (assigned_job.status, assigned_job.location) == (Job.Status.ASSIGNED, "")
    assert JobEvent.objects.count() == before


@pytest.mark.parametrize("name", ACTS)
def test_nobody_else_acts(name, outsiders, at, assigned_job):
    before = JobEvent.objects.count()
    for client, expected in outsiders.items():
        assert (
            client.post(at(f"jobs/{assigned_job.pk}/{name}/"), {"reason": "x"}).status_code
            == expected
        )
    assert JobEvent.objects.count() == before


def test_a_job_of_another_fleet_is_not_found_in_this_one(
    manager_client, at, other_fleet, outside_manager
):
    foreign = JobFactory(by=outside_manager, fleet=other_fleet)
    for path in ("", "menu/", "edit/", "delete/"):
        assert manager_client.get(at(f"jobs/{foreign.pk}/{path}")).status_code == 404


# --- details --------------------------------------------------------------------------------------------------------
def test_the_panel_is_the_page_without_its_frame(manager_client, at, assigned_job):
    page = manager_client.get(at(f"jobs/{assigned_job.pk}/"))
    panel = manager_client.get(
        at(f"jobs/{assigned_job.pk}/"), headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" in page.content.decode()
    assert "<html" not in panel
    assert "Blue One" in panel


def test_an_address_that_names_a_job_shows_it_beside_the_list(
    manager_client, list_url, assigned_job
):
    assert (
        "Ask the partner to hand it back"
        in manager_client.get(list_url, {"job": assigned_job.pk}).content.decode()
    )
    assert manager_client.get(list_url, {"job": "nonsense"}).status_code == 200


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (
            {"license_plate": "B XY 12", "vin": "WVWZZZ1KZAW000001", "custom_name": "Blue"},
            "B XY 12",
        ),
        ({"vin": "WVWZZZ1KZAW000001", "custom_name": "Blue"}, "Blue"),
        ({"vin": "WVWZZZ1KZAW000001"}, "WVWZZZ1KZAW000001"),
        ({}, "no name yet"),
    ],
)
def test_the_details_are_called_as_their_row(
    names, title, manager_client, manager, fleet, list_url
):
    job = JobFactory(by=manager, fleet=fleet, **{"custom_name": ""} | names)
    page = manager_client.get(list_url, {"job": job.pk}).content.decode()
    assert f'<h2 tabindex="-1">{title}</h2>' in page
    assert f'">{title}</a>' in page


def test_it_says_how_many_installers_see_the_job(
    manager_client, at, assigned_job, installer, colleague
):
    assert (
        "Visible to 2 installers of QuickInstall"
        in manager_client.get(at(f"jobs/{assigned_job.pk}/")).content.decode()
    )


@pytest.mark.parametrize("why", ["no active users", "non-disclosure agreement"])
def test_zero_warns_and_says_why(why, manager_client, at, assigned_job, company, request):
    if why == "non-disclosure agreement":
        request.getfixturevalue("installer")
        company.signatures.all().delete()
    details = manager_client.get(at(f"jobs/{assigned_job.pk}/")).content.decode()
    assert "Visible to 0 installers of QuickInstall" in details
    assert why in details


def test_plan_and_as_built_stand_side_by_side_with_the_difference_marked(
    manager_client, at, pending_job, partnership, manager, installer
):
    partnership.set_override(True, by=manager)
    pending_job.assign(partnership.company, by=manager)
    pending_job.take(by=installer)
    pending_job.fill_in(by=installer, custom_name="Red Two", vin="WVWZZZ1KZAW000001")

    page = manager_client.get(at(f"jobs/{pending_job.pk}/"))
    rows = {row.label: row for row in page.context["sheet"].comparison}
    assert rows["Custom name"][1:4] == ("Blue One", "Red Two", True)
    assert rows["VIN"][1:4] == ("", "WVWZZZ1KZAW000001", False)
    assert '<button type="button" class="copy">WVWZZZ1KZAW000001<' in page.content.decode()


def test_differences_come_first_then_what_the_installer_decided_the_rest_is_folded(
    manager_client, at, pending_job, partnership, manager, installer
):
    partnership.set_override(True, by=manager)
    pending_job.assign(partnership.company, by=manager)
    before = manager_client.get(at(f"jobs/{pending_job.pk}/"))
    assert "without a difference" not in before.content.decode()  # nothing is built yet
    pending_job.take(by=installer)
    pending_job.fill_in(by=installer, custom_name="Red Two", vin="WVWZZZ1KZAW000001")

    page = manager_client.get(at(f"jobs/{pending_job.pk}/"))
    sheet = page.context["sheet"]
    assert [row.label for row in sheet.first] == ["Custom name", "VIN"]  # VIN: nothing was planned
    assert not any(row.differs for row in sheet.as_planned)
    assert len(sheet.first) + len(sheet.as_planned) == len(sheet.comparison)
    assert "without a difference" in page.content.decode()


@pytest.mark.parametrize("place", ["jobs/{}/", "jobs/installation/?job={}"])
def test_actions_and_the_reason_of_a_failure_are_at_the_head_of_the_details(
    place, manager_client, at, running_job, installer
):
    running_job.fail(by=installer, comment="No bracket in the box", reason="PARTS_MISSING")
    page = manager_client.get(at(place.format(running_job.pk))).content.decode()
    details = page[page.index('class="panel-body"') :]
    facts = details.index("<section")
    assert "panel-actions" in details[:facts]
    assert "Parts missing" in details[:facts]
    assert "No bracket in the box" in details[:facts]


def test_tests_show_every_attempt_with_value_and_threshold(manager_client, at, proven_job):
    page = manager_client.get(at(f"jobs/{proven_job.pk}/"))
    rows = {row.kind: row for row in page.context["sheet"].tests}
    [(attempt, values)] = rows["Supply voltage"].attempts
    assert attempt.status == "PASSED"
    assert any("V" in value and "11.5" in value for _signal, value in values)
    assert all(row.required for row in rows.values())


def test_history_tells_in_sentences_newest_first(
    manager_client, manager, at, linked_job, installer
):
    linked_job.fill_in(by=installer, license_plate="B XY 12")
    linked_job.stop_access(by=manager, reason="Wrong car")
    entries = manager_client.get(at(f"jobs/{linked_job.pk}/")).context["sheet"].history

    told = [entry.sentence for entry in entries]
    assert told[-1] == f"<b>{manager.name}</b> created the job"
    assert f"<b>{installer.name}</b> set Licence plate to B XY 12 (was installer decides)" in told
    assert f"<b>{manager.name}</b> assigned the job to QuickInstall" in told
    assert f"<b>{installer.name}</b> got access to the vehicle" in told
    assert any("ended: The fleet stopped the access" in sentence for sentence in told)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    assert (
        next(entry for entry in entries if "stopped access" in entry.sentence).reason == "Wrong car"
    )


def test_history_says_through_what_it_was_done(manager_client, act, at, assigned_job):
    act(assigned_job, "handback", reason="Wrong car")
    asked = manager_client.get(at(f"jobs/{assigned_job.pk}/")).context["sheet"].history[0]
    assert ("Channel", "FleetControl") in asked.details
    assert {*middleware.channels().values(), "web", "worker", "system"} == set(CHANNELS)


def test_what_somebody_types_is_not_read_as_html_in_the_history(
    manager_client, at, manager, pending_job
):
    pending_job.edit(by=manager, location="<script>alert(1)</script>")
    assert "<script>alert" not in manager_client.get(at(f"jobs/{pending_job.pk}/")).content.decode()


def test_every_verb_has_its_sentence():
    from jobs.reading.history import SENTENCES

    assert set(Job.MOVES) <= set(SENTENCES)


@pytest.mark.parametrize(
    ("state", "offered", "absent"),
    [
        ("pending_job", ["edit/", "assign/", "delete/", "duplicate/"], ["handback/", "again/"]),
        ("assigned_job", ["handback/", "duplicate/"], ["edit/", "delete/", "assign/", "again/"]),
        ("running_job", ["duplicate/"], ["edit/", "delete/", "handback/", "again/"]),
        ("failed_job", ["again/", "duplicate/"], ["edit/", "delete/", "handback/"]),
    ],
)
def test_the_row_menu_offers_what_the_status_allows(
    state, offered, absent, manager_client, at, request
):
    menu = manager_client.get(
        at(f"jobs/{request.getfixturevalue(state).pk}/menu/")
    ).content.decode()
    assert all(name in menu for name in offered)
    assert not any(name in menu for name in absent)
