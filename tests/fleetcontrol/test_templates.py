"""Templates and presets: written by the fleet's writers, read by its viewers, and without effect on jobs that exist."""

import csv
import io
from urllib.parse import urlencode

import pytest
from openpyxl import load_workbook

from accounts.models import SavedView
from jobs.models import ConfigurationPreset, Job, JobTemplate
from tests.factories.jobs import ConfigurationPresetFactory, JobTemplateFactory
from tests.factories.telematics import VehicleModelFactory

KINDS = {"templates": JobTemplateFactory, "presets": ConfigurationPresetFactory}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def saved(kind, fleet):
    return KINDS[kind](fleet=fleet, name="Sharing", tracking=True)


@pytest.fixture
def template(fleet, vehicle_model):
    return JobTemplateFactory(
        fleet=fleet, name="Sharing", vehicle_model=vehicle_model, tracking=True
    )


def names(client, url, **query):
    return [line.id for line in client.get(url, query).context["table"].lines]


# --- both ---------------------------------------------------------------------------------------------------------
def test_a_list_is_searched_and_sorted(manager_client, at, kind, fleet):
    a, b = KINDS[kind](fleet=fleet, name="Alpha"), KINDS[kind](fleet=fleet, name="Beta")
    url = at(f"{kind}/")
    assert names(manager_client, url) == [a.pk, b.pk]
    assert names(manager_client, url, sort="-name") == [b.pk, a.pk]
    assert names(manager_client, url, search="bet") == [b.pk]
    assert "Nothing matches" in manager_client.get(url, {"search": "zeta"}).content.decode()


def test_a_template_is_found_by_its_vehicle_too(manager_client, at, fleet):
    written = JobTemplateFactory(fleet=fleet, name="One", brand="Renault", model="Zoe")
    chosen = JobTemplateFactory(
        fleet=fleet, name="Two", vehicle_model=VehicleModelFactory(brand="Renault", model="5")
    )
    JobTemplateFactory(fleet=fleet, name="Three", brand="Audi")
    assert names(manager_client, at("templates/"), search="renault") == [written.pk, chosen.pk]
    assert names(manager_client, at("templates/"), search="zoe") == [written.pk]


def test_an_empty_list_says_what_to_do(manager_client, viewer_client, at, kind):
    assert f"{kind}/new/" in manager_client.get(at(f"{kind}/")).content.decode()
    assert f"{kind}/new/" not in viewer_client.get(at(f"{kind}/")).content.decode()


def test_one_is_created_edited_and_deleted(manager_client, at, kind, fleet):
    model = KINDS[kind]._meta.model
    manager_client.post(
        at(f"{kind}/new/"), {"name": " Sharing ", "tracking": "true", "driving_events": "false"}
    )
    one = model.objects.get()
    assert (one.fleet, one.name, one.tracking, one.driving_events, one.smoke_detection) == (
        fleet,
        "Sharing",
        True,
        False,
        None,
    )
    edit = at(f"{kind}/{one.pk}/edit/")
    seen = manager_client.get(edit).context["seen"]
    manager_client.post(edit, {"name": "Delivery", "tracking": "", "seen": seen})
    one.refresh_from_db()
    assert (one.name, one.tracking, one.driving_events) == ("Delivery", None, None)
    assert "Delete Delivery?" in manager_client.get(at(f"{kind}/{one.pk}/delete/")).content.decode()
    manager_client.post(at(f"{kind}/{one.pk}/delete/"))
    assert not model.objects.exists()


def test_a_name_is_used_once_in_a_fleet(manager_client, at, kind, saved, other_fleet):
    KINDS[kind](fleet=other_fleet, name="Theirs")
    page = manager_client.post(at(f"{kind}/new/"), {"name": "Sharing"})
    assert f"already has a {kind.removesuffix('s')} with this name" in page.content.decode()
    assert manager_client.post(at(f"{kind}/new/"), {"name": "Theirs"}).status_code == 302
    edit = at(f"{kind}/{saved.pk}/edit/")
    seen = manager_client.get(edit).context["seen"]
    assert manager_client.post(edit, {"name": "Sharing", "seen": seen}).status_code == 302


def test_what_somebody_has_made_of_it_meanwhile_is_not_written_over_unseen(
    manager_client, at, kind, saved
):
    url = at(f"{kind}/{saved.pk}/edit/")
    begun = manager_client.get(url).context["seen"]
    saved.name = "Theirs"
    saved.save()
    late = manager_client.post(url, {"name": "Mine", "seen": begun})
    saved.refresh_from_db()
    assert (late.status_code, saved.name, late.context["form"]["name"].value()) == (
        409,
        "Theirs",
        "Mine",
    )
    assert "Somebody has changed this in the meantime." in late.content.decode()
    manager_client.post(url, {"name": "Mine", "seen": late.context["seen"]})
    saved.refresh_from_db()
    assert saved.name == "Mine"


def test_a_duplicate_is_a_form_with_a_free_name_that_writes_nothing_until_it_is_saved(
    manager_client, at, kind, saved
):
    model = type(saved)
    url = at(f"{kind}/{saved.pk}/duplicate/")
    for number, expected in enumerate(("Sharing (copy)", "Sharing (copy 2)"), start=1):
        form = manager_client.get(url).context["form"]
        assert (form["name"].value(), form["tracking"].value()) == (expected, True)
        assert model.objects.count() == number
        assert manager_client.post(url, {"name": expected, "tracking": "true"}).status_code == 302
        assert model.objects.get(name=expected).tracking is True
    saved.refresh_from_db()
    assert saved.name == "Sharing"


def test_the_longest_name_can_be_duplicated(saved):
    saved.name = "x" * 100
    assert len(saved.duplicate().name) == 100


def test_a_viewer_reads(viewer_client, at, kind, saved):
    for path in (f"{kind}/", f"{kind}/{saved.pk}/", f"{kind}/{saved.pk}/menu/"):
        page = viewer_client.get(at(path))
        assert page.status_code == 200
        assert not any(
            act in page.content.decode()
            for act in ("/edit/", "/delete/", "/duplicate/", "jobs/new/")
        )


def test_nobody_else_writes(outsiders, at, kind, saved):
    for client, expected in outsiders.items():
        for path in (
            f"{kind}/new/",
            *(f"{kind}/{saved.pk}/{act}/" for act in ("edit", "duplicate", "delete")),
        ):
            assert client.post(at(path), {"name": "Hacked"}).status_code == expected
        if expected != 403:
            assert client.get(at(f"{kind}/{saved.pk}/")).status_code == expected
    assert [one.name for one in type(saved).objects.all()] == ["Sharing"]


def test_what_another_fleet_has_saved_is_not_found(manager_client, at, kind, other_fleet):
    foreign = KINDS[kind](fleet=other_fleet)
    for path in ("", "menu/", "edit/", "delete/"):
        assert manager_client.get(at(f"{kind}/{foreign.pk}/{path}")).status_code == 404
    assert manager_client.post(at(f"{kind}/{foreign.pk}/delete/")).status_code == 404


@pytest.mark.parametrize("number", [1, 40])
def test_the_list_costs_the_same_for_one_and_for_many(
    number, manager_client, at, kind, fleet, statements
):
    for n in range(number):
        KINDS[kind](fleet=fleet, name=f"{n}")
    assert statements(lambda: manager_client.get(at(f"{kind}/"))) <= 6


# --- the table ----------------------------------------------------------------------------------------------------
def heads(client, url) -> list[str]:
    return [head.label for head in client.get(url).context["table"].heads]


def test_columns_are_chosen_ordered_and_reset_for_the_reader_alone(
    manager_client, viewer_client, at, kind, saved
):
    url = at(f"{kind}/")
    usual = heads(manager_client, url)
    sent = {
        "order": ["tracking", "name", "updated_at"],
        "column": ["tracking", "name"],
        "query": "search=sha",
    }
    answer = manager_client.post(at(f"{kind}/columns/"), sent)
    assert answer.url == f"{url}?search=sha"
    assert heads(manager_client, url) == ["Tracking", "Name"]
    assert heads(viewer_client, url) == usual
    assert heads(manager_client, at("jobs/installation/"))[0] == "Status"
    assert (
        'name="order" value="tracking"'
        in manager_client.get(at(f"{kind}/columns/")).content.decode()
    )
    manager_client.post(at(f"{kind}/columns/"), {"reset": "1"})
    assert heads(manager_client, url) == usual


def test_columns_move_without_scripts_and_none_is_made_up(manager_client, at, kind):
    sent = {"order": ["name", "tracking", "invented"], "column": ["tracking", "invented"]}
    page = manager_client.post(at(f"{kind}/columns/"), sent | {"up": "tracking"})
    assert [choice[0] for choice in page.context["choices"]][:2] == ["tracking", "name"]
    manager_client.post(at(f"{kind}/columns/"), sent)
    assert heads(manager_client, at(f"{kind}/")) == ["Name", "Tracking"]


def test_a_search_keeps_order_and_page_size(manager_client, at, kind, saved):
    page = manager_client.get(at(f"{kind}/"), {"sort": "-name", "page_size": "10"}).content.decode()
    for name, value in {"sort": "-name", "page_size": "10"}.items():
        assert f'<input type="hidden" name="{name}" value="{value}">' in page


UNSORTED = {"features", "further_tests", "required_photos"}  # made of several values


@pytest.mark.parametrize("sign", ["", "-"])
def test_every_column_of_one_value_sorts_the_list_and_its_export(
    sign, manager_client, at, kind, fleet
):
    values = {
        "brand": ("Audi", ""),
        "year_of_production": (2020, None),
        "fuel_type": ("DIESEL", ""),
    }
    about = [
        {name: pair[n] for name, pair in values.items()} if kind == "templates" else {}
        for n in (0, 1)
    ]
    one = KINDS[kind](fleet=fleet, name="A", tracking=False, **about[0])
    two = KINDS[kind](fleet=fleet, name="B", tracking=True, smoke_detection=True, **about[1])
    table = manager_client.get(at(f"{kind}/")).context["table"]
    every = {name for name, *_rest in table.choices}
    assert table.offered == every - UNSORTED
    for name in table.offered:
        shown = names(manager_client, at(f"{kind}/"), sort=f"{sign}{name}", columns="name")
        assert sorted(shown) == sorted([one.pk, two.pk])
        answer = manager_client.get(
            at(f"{kind}/export/csv/"), {"sort": f"{sign}{name}", "columns": "name"}
        )
        rows = b"".join(answer.streaming_content).decode("utf-8-sig").split()
        assert rows == ['"Name"', *({one.pk: '"A"', two.pk: '"B"'}[pk] for pk in shown)]
    assert (
        names(manager_client, at(f"{kind}/"), sort=f"{sign}tracking")
        == [one.pk, two.pk][:: -1 if sign else 1]
    )


def test_a_page_deep_in_an_order_by_a_feature_is_found_again(manager_client, at, kind, fleet):
    made = [
        KINDS[kind](fleet=fleet, name=f"{n:02}", tracking=[True, False, None][n % 3])
        for n in range(24)
    ]
    url, query = at(f"{kind}/"), {"sort": "tracking", "page_size": "10"}
    seen, cursor = [], ""
    for _page in range(3):
        page = manager_client.get(url, query | {"cursor": cursor})
        seen += [line.id for line in page.context["table"].lines]
        cursor = page.context["page"].next
    assert cursor == ""
    assert [made[n].pk for first in (1, 0, 2) for n in range(first, 24, 3)] == seen


# --- the details beside the list ----------------------------------------------------------------------------------
def test_the_details_stand_beside_the_list_and_close_to_it_as_it_was(
    manager_client, at, kind, saved
):
    here, noun = f"{at(f'{kind}/')}?search=sha&sort=-name", kind.removesuffix("s")
    page = manager_client.get(f"{here}&{noun}={saved.pk}")
    assert page.context["table"].lines[0].current
    assert (page.context["object"], page.context["close_url"]) == (saved, here)
    asked = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{here}&{noun}={saved.pk}"}
    panel = manager_client.get(at(f"{kind}/{saved.pk}/"), headers=asked)
    assert panel.context["close_url"] == here
    body = panel.content.decode()
    assert ("<html" in body, "data-panel-close" in body, "Tracking" in body) == (False, True, True)


@pytest.mark.parametrize("wanted", ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "nonsense", "foreign"])
def test_a_link_to_what_is_not_there_says_so(wanted, manager_client, at, kind, saved, other_fleet):
    if wanted == "foreign":
        wanted = KINDS[kind](fleet=other_fleet).pk
    page = manager_client.get(at(f"{kind}/"), {kind.removesuffix("s"): wanted})
    assert "This link leads to something that does not exist" in page.content.decode()
    assert "This link leads to" not in manager_client.get(at(f"{kind}/")).content.decode()


def test_whoever_acts_from_a_list_comes_back_to_it_as_it_was(manager_client, at, kind, saved):
    here = f"{at(f'{kind}/')}?search=sha&page_size=10"
    beside = f"{here}&{kind.removesuffix('s')}={saved.pk}"
    told = urlencode({"from": beside})
    assert f"edit/?{told}" in manager_client.get(beside).content.decode()
    edit_url = f"{at(f'{kind}/{saved.pk}/edit/')}?{told}"
    seen = manager_client.get(edit_url).context["seen"]
    edited = manager_client.post(edit_url, {"name": "Shared", "seen": seen})
    assert edited.url == beside
    copy_url = f"{at(f'{kind}/{saved.pk}/duplicate/')}?{told}"
    assert manager_client.post(copy_url, {"name": "Shared too"}).url == beside
    question = manager_client.get(f"{at(f'{kind}/{saved.pk}/delete/')}?{told}")
    assert question.context["cancel_url"] == beside
    assert manager_client.post(f"{at(f'{kind}/{saved.pk}/delete/')}?{told}").url == here


# --- saved views --------------------------------------------------------------------------------------------------
def test_a_view_is_private_or_shared_and_of_this_table_alone(
    manager_client, viewer_client, at, kind, saved
):
    kept = "search=sha&sort=-name&page_size=10"
    for name, shared in (("Ours", "on"), ("Mine", "")):
        answer = manager_client.post(
            at(f"{kind}/views/"), {"name": name, "shared": shared, "query": f"{kept}&cursor=x"}
        )
        assert answer.url == f"{at(f'{kind}/')}?{kept}"
        assert f"The view “{name}” was saved." in manager_client.get(answer.url).content.decode()
    menu = viewer_client.get(at(f"{kind}/views/"), headers={"HX-Request": "true"}).content.decode()
    assert f'href="{at(f"{kind}/")}?{kept.replace("&", "&amp;")}"' in menu
    assert ("Ours" in menu, "Mine" in menu) == (True, False)
    other = "presets" if kind == "templates" else "templates"
    assert "Ours" not in manager_client.get(at(f"{other}/views/")).content.decode()
    assert names(viewer_client, f"{at(f'{kind}/')}?{kept}") == [saved.pk]


def test_only_its_owner_removes_a_view_of_what_is_saved(manager_client, viewer_client, at, kind):
    manager_client.post(at(f"{kind}/views/"), {"name": "Ours", "shared": "on", "query": ""})
    view = SavedView.objects.get()
    viewer_client.post(at(f"{kind}/views/"), {"delete": view.pk})
    assert SavedView.objects.exists()
    manager_client.post(at(f"{kind}/views/"), {"delete": view.pk})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_is_what_the_list_shows_in_its_order_and_no_formula(
    form, manager_client, at, kind, fleet
):
    for name in ("Alpha car", "=2+2 car", "Other"):
        KINDS[kind](fleet=fleet, name=name)
    manager_client.post(
        at(f"{kind}/columns/"), {"order": ["name", "tracking"], "column": ["name", "tracking"]}
    )
    answer = manager_client.get(at(f"{kind}/export/{form}/"), {"search": "car", "sort": "-name"})
    content = b"".join(answer.streaming_content)
    if form == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        rows = [list(row) for row in load_workbook(io.BytesIO(content)).active.values]
    assert [row[0] for row in rows] == ["Name", "Alpha car", "'=2+2 car"]
    assert rows[0][1] == "Tracking"


# --- templates ----------------------------------------------------------------------------------------------------
def test_a_menu_leads_to_one_and_to_many_jobs(manager_client, at, template):
    menu = manager_client.get(at(f"templates/{template.pk}/menu/")).content.decode()
    assert at(f"jobs/new/?template={template.pk}") in menu
    assert at(f"jobs/new/many/?template={template.pk}") in menu
    form = manager_client.get(at(f"jobs/new/?template={template.pk}")).context["form"]
    assert form["vehicle_model"].value() == template.vehicle_model_id


def test_neither_editing_nor_deleting_a_template_touches_a_job(
    manager_client, at, template, manager, fleet
):
    job = Job.objects.create_by(manager, fleet=fleet, **template.for_job())
    manager_client.post(at(f"templates/{template.pk}/edit/"), {"name": "Sharing", "brand": "Other"})
    manager_client.post(at(f"templates/{template.pk}/delete/"))
    assert not JobTemplate.objects.exists()
    job.refresh_from_db()
    assert (job.vehicle_model_id, job.tracking, job.brand, job.version) == (
        template.vehicle_model_id,
        True,
        "",
        1,
    )


def test_the_form_follows_the_vehicle_model_and_the_preset(manager_client, at, fleet):
    zoe = VehicleModelFactory(brand="Renault", model="Zoe", features=["tracking"])
    preset = ConfigurationPresetFactory(fleet=fleet, tracking=True)
    page = manager_client.post(
        at("templates/follow/"),
        {"vehicle_model": zoe.pk},
        headers={"HX-Trigger-Name": "vehicle_model"},
    )
    assert page.context["form"]["brand"].value() == "Renault"
    assert page.context["form"].fields["smoke_detection"].widget.attrs["disabled"]
    without_scripts = manager_client.post(
        at("templates/new/"), {"preset": preset.pk, "follow": "preset"}
    )
    assert without_scripts.context["form"]["tracking"].value() is True
    assert not JobTemplate.objects.exists()


def test_what_the_vehicle_model_does_not_support_is_refused(manager_client, at):
    plain = VehicleModelFactory(features=[])
    page = manager_client.post(
        at("templates/new/"), {"name": "X", "vehicle_model": plain.pk, "tracking": "true"}
    )
    assert page.context["form"].errors
    assert not JobTemplate.objects.exists()


def test_a_template_reads_as_what_it_sets(manager_client, at, template):
    page = manager_client.get(at(f"templates/{template.pk}/")).content.decode()
    assert str(template.vehicle_model) in page
    assert "installer decides" in page


# --- presets ------------------------------------------------------------------------------------------------------
def test_deleting_a_preset_leaves_what_it_filled_in(manager_client, at, fleet, manager):
    preset = ConfigurationPresetFactory(fleet=fleet, tracking=True)
    job = Job.objects.create_by(manager, fleet=fleet, **preset.features())
    manager_client.post(at(f"presets/{preset.pk}/delete/"))
    job.refresh_from_db()
    assert job.tracking is True
    assert not ConfigurationPreset.objects.exists()
