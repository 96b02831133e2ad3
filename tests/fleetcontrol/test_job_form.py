"""Writing a job: every field, the question before assigning, and that nothing typed is lost."""

from datetime import date, timedelta

import pytest

from jobs.models import Job, JobTemplate
from tests.factories.jobs import ConfigurationPresetFactory, JobFactory, JobTemplateFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory

VIN = "WVWZZZ1KZAW000001"


@pytest.fixture
def new_url(at):
    return at("jobs/new/")


def texts(response) -> str:
    return response.content.decode()


def test_every_field_of_an_installation_job_can_be_written(
    manager_client, new_url, fleet, vehicle_model
):
    unit, day = UnitFactory(fleet=fleet), date.today() + timedelta(days=3)
    written = {
        "vin": f" {VIN[:3].lower()} {VIN[3:]}", "license_plate": "B XY 12",
        "custom_name": "Blue", "vehicle_model": vehicle_model.pk,
        "installation_variant": "OBD", "central_lock_connection_type": "SKM", "brand": "Audi", "model": "A3",
        "fuel_type": "PETROL", "year_of_production": "2020", "vehicle_type": "CAR", "transmission": "MANUAL",
        "auto_immo_control": "true", "driving_events": "false", "damage_detection": "", "tracking": "true",
        "smoke_detection": "", "further_tests": ["IGNITION"], "planned_unit": unit.pk, "planned_service_date": str(day),
        "location": "Yard", "contact": "Max", "instructions": "Two\nlines", "external_reference": "WO-1",
    }  # fmt: skip
    manager_client.post(new_url, written)

    job = Job.objects.get()
    told = {name: job.plain(name) for name in written}
    assert told == {
        **written, "vin": VIN, "year_of_production": 2020, "auto_immo_control": True, "driving_events": False,
        "damage_detection": None, "tracking": True, "smoke_detection": None, "planned_service_date": day,
        "instructions": "Two\r\nlines" if "\r" in job.instructions else "Two\nlines",
    }  # fmt: skip
    assert (job.status, job.created_by.email) == (Job.Status.PENDING, "manager@appdrive.example")


def test_no_field_is_required(manager_client, new_url):
    assert manager_client.post(new_url, {}).status_code == 302
    assert Job.objects.get().status == Job.Status.PENDING


def test_a_maintenance_job_has_a_vehicle_and_a_task(manager_client, new_url, fleet):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B XY 12")
    manager_client.post(
        f"{new_url}?kind=MAINTENANCE",
        {"vehicle": "b-xy 12", "task": "REPLACE_UNIT", "location": "Yard"},
    )
    job = Job.objects.get()
    assert (job.kind, job.vehicle, job.task) == (Job.Kind.MAINTENANCE, vehicle, "REPLACE_UNIT")


def test_it_starts_from_the_vehicle_or_the_template_that_the_address_names(
    manager_client, new_url, fleet, vehicle_model
):
    vehicle = VehicleFactory(fleet=fleet)
    template = JobTemplateFactory(fleet=fleet, vehicle_model=vehicle_model, tracking=True)
    page = manager_client.get(new_url, {"kind": "MAINTENANCE", "vehicle": vehicle.pk})
    assert page.context["form"]["vehicle"].value() == f"{vehicle} ({vehicle.pk})"
    page = manager_client.get(new_url, {"template": template.pk})
    assert page.context["form"]["vehicle_model"].value() == vehicle_model.pk
    manager_client.post(f"{new_url}?template={template.pk}", {"tracking": "false"})
    assert (Job.objects.get().template, Job.objects.get().tracking) == (template, False)


def test_the_form_asks_for_the_vehicle_then_setup_then_when_then_by_whom(manager_client, new_url):
    form = manager_client.get(new_url).context["form"]
    sections = form.sections + form.specification_sections + form.later_sections
    assert [str(one["title"]) for one in sections] == [
        "Vehicle", "Setup", "Master data", "Features", "Tests and photos", "Schedule", "Partner",
    ]  # fmt: skip
    page = texts(manager_client.get(new_url))
    places = [page.index(f"{one['title']}</legend>") for one in sections if not one["is_folded"]]
    assert places == sorted(places)


def test_a_long_list_is_folded_unless_something_in_it_is_filled_in_or_wrong(
    manager_client, new_url, fleet
):
    def opened(page) -> dict[str, bool]:
        found = page.context["form"].specification_sections
        return {str(one["title"]): one["is_open"] for one in found if one["is_folded"]}

    page = manager_client.get(new_url)
    assert opened(page) == {"Features": False, "Tests and photos": False}
    assert texts(page).count('<details class="form-section">') == 2
    template = JobTemplateFactory(fleet=fleet, tracking=False)
    page = manager_client.get(new_url, {"template": template.pk})
    assert opened(page) == {"Features": True, "Tests and photos": False}
    page = manager_client.post(new_url, {"further_tests": ["NONSENSE"]})
    assert opened(page)["Tests and photos"]


def test_what_becomes_locked_is_told_beside_the_form(manager_client, new_url, fleet):
    assert manager_client.get(new_url).context["form"].filled_in == []
    template = JobTemplateFactory(fleet=fleet, brand="Audi", tracking=False)
    page = manager_client.get(new_url, {"template": template.pk})
    assert page.context["form"].filled_in == ["Brand", "Tracking"]
    assert "Brand, Tracking</p>" in texts(page)


def test_save_and_add_another_opens_a_form_with_what_the_next_car_shares(
    manager_client, new_url, fleet, partnership
):
    day = date.today() + timedelta(days=3)
    written = {
        "vin": VIN, "custom_name": "Blue", "brand": "Audi", "planned_service_date": str(day),
        "company": partnership.company.pk, "confirmed": "1", "another": "1",
    }  # fmt: skip
    page = manager_client.post(new_url, written, follow=True)
    job = Job.objects.get()
    assert job.status == Job.Status.ASSIGNED
    assert page.redirect_chain == [(f"{new_url}?kind=INSTALLATION&job={job.pk}", 302)]
    form = page.context["form"]
    shared = {name: form[name].value() for name in ("brand", "planned_service_date", "company")}
    assert shared == {
        "brand": "Audi", "planned_service_date": day, "company": partnership.company.pk,
    }  # fmt: skip
    assert not form["vin"].value()
    assert not form["custom_name"].value()


def test_a_job_of_another_fleet_is_no_beginning_of_a_form(
    manager_client, new_url, other_fleet, outside_manager
):
    elsewhere = JobFactory(fleet=other_fleet, by=outside_manager, brand="Audi")
    assert manager_client.get(new_url, {"job": elsewhere.pk}).status_code == 404


# --- errors ---------------------------------------------------------------------------------------------------------
def test_errors_stand_at_their_fields_counted_at_the_top_and_what_was_typed_stays(
    manager_client, new_url
):
    page = manager_client.post(
        new_url, {"vin": "SHORT", "year_of_production": "1850", "location": "Yard"}
    )
    assert set(page.context["form"].errors) == {"vin", "year_of_production"}
    assert "There are 2 problems" in texts(page)
    assert 'value="Yard"' in texts(page)
    assert not Job.objects.exists()


def test_what_the_model_does_not_support_is_refused_at_its_field(manager_client, new_url):
    model = VehicleModelFactory(features=[], installation_variants=["WIRED"])
    page = manager_client.post(
        new_url, {"vehicle_model": model.pk, "installation_variant": "OBD", "tracking": "true"}
    )
    assert {"installation_variant", "tracking"} <= set(page.context["form"].errors)


@pytest.mark.parametrize("whose", ["other_fleet", None])
def test_a_unit_that_is_not_ours_looks_like_one_that_does_not_exist(
    whose, manager_client, new_url, request
):
    unit = UnitFactory(fleet=request.getfixturevalue(whose) if whose else None)
    page = manager_client.post(new_url, {"planned_unit": unit.pk})
    assert page.context["form"].errors["planned_unit"] == [
        "This unit is not in stock of the fleet."
    ]


def test_a_unit_planned_elsewhere_is_refused_at_its_field(manager_client, manager, new_url, fleet):
    unit = UnitFactory(fleet=fleet)
    JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    page = manager_client.post(new_url, {"planned_unit": unit.pk})
    assert page.context["form"].errors["planned_unit"] == ["This unit is not available."]


def test_a_vehicle_of_another_fleet_is_not_found(manager_client, new_url, other_fleet):
    page = manager_client.post(new_url, {"vehicle": VehicleFactory(fleet=other_fleet).pk})
    assert "vehicle" in page.context["form"].errors


def test_the_vin_of_the_very_vehicle_that_is_to_be_configured_anew_warns_of_nothing(
    manager_client, new_url, fleet
):
    car = VehicleFactory(fleet=fleet, vin=VIN)
    for named, warns in (("", True), (car.pk, False), ("B XY 12", True)):
        looked_up = texts(manager_client.get(f"{new_url}vin/", {"vin": VIN, "vehicle": named}))
        assert ("has the VIN" in looked_up) == warns
    assert "has the VIN" not in texts(
        manager_client.post(new_url, {"vin": VIN, "vehicle": car.pk}, follow=True)
    )


def test_a_vin_already_in_work_warns_while_typing_and_after_saving(
    manager_client, manager, new_url, fleet
):
    JobFactory(by=manager, fleet=fleet, vin=VIN)
    assert "An open job (" in texts(manager_client.get(f"{new_url}vin/", {"vin": VIN.lower()}))
    page = manager_client.post(new_url, {"vin": VIN}, follow=True)
    assert "An open job (" in texts(page)
    assert Job.objects.count() == 2


# --- following ------------------------------------------------------------------------------------------------------
def test_the_form_follows_the_vehicle_model(manager_client, new_url):
    model = VehicleModelFactory(
        brand="Fiat", model="500", features=["tracking"], central_lock_connection_types=["SKM"]
    )
    sent = {
        "vehicle_model": model.pk,
        "central_lock_connection_type": "DIRECT",
        "smoke_detection": "true",
        "transmission": "MANUAL",
    }
    page = manager_client.post(
        f"{new_url}follow/", sent, headers={"HX-Trigger-Name": "vehicle_model"}
    )

    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    assert (values["brand"], values["model"], values["fuel_type"], values["vehicle_type"]) == (
        "Fiat",
        "500",
        "PETROL",
        "CAR",
    )
    assert (
        values["central_lock_connection_type"],
        values["smoke_detection"],
        values["transmission"],
    ) == (
        "",
        None,
        "MANUAL",
    )
    assert "DIRECT" not in str(form["central_lock_connection_type"])
    assert "disabled" in str(form["smoke_detection"])
    assert "disabled" not in str(form["tracking"])


def test_a_preset_fills_the_features_also_without_scripts(manager_client, new_url, fleet):
    preset = ConfigurationPresetFactory(fleet=fleet, tracking=True, smoke_detection=False)
    for page in (
        manager_client.post(
            f"{new_url}follow/", {"preset": preset.pk}, headers={"HX-Trigger-Name": "preset"}
        ),
        manager_client.post(new_url, {"preset": preset.pk, "follow": "preset", "location": "Yard"}),
    ):
        form = page.context["form"]
        assert (
            form["tracking"].value(),
            form["smoke_detection"].value(),
            form["driving_events"].value(),
        ) == (
            True,
            False,
            None,
        )
    assert form["location"].value() == "Yard"
    assert not Job.objects.exists()


def test_a_preset_leaves_out_what_the_model_does_not_support_and_says_so(
    manager_client, new_url, fleet
):
    model = VehicleModelFactory(brand="Fiat", model="500", features=["tracking"])
    preset = ConfigurationPresetFactory(fleet=fleet, tracking=True, smoke_detection=True)
    sent = {"preset": preset.pk, "vehicle_model": model.pk}
    page = manager_client.post(f"{new_url}follow/", sent, headers={"HX-Trigger-Name": "preset"})
    form = page.context["form"]
    assert (form["tracking"].value(), form["smoke_detection"].value()) == (True, None)
    assert "Left out, because Fiat 500 does not support it: Smoke detection." in texts(page)


@pytest.mark.parametrize("kind", ["KEY_FOB", "SMOKE_DETECTION"])
def test_no_test_can_be_demanded_that_the_model_cannot_pass(kind, manager_client, new_url, at):
    model = VehicleModelFactory(brand="Fiat", model="500", features=[])
    sent = {"vehicle_model": model.pk, "further_tests": [kind, "IGNITION"]}
    followed = manager_client.post(
        f"{new_url}follow/", sent, headers={"HX-Trigger-Name": "vehicle_model"}
    )
    assert followed.context["form"]["further_tests"].value() == ["IGNITION"]
    assert kind not in str(followed.context["form"]["further_tests"])

    for url, name in ((new_url, {}), (at("templates/new/"), {"name": "City"})):
        page = manager_client.post(url, sent | name)
        assert "Fiat 500 cannot pass" in page.context["form"].errors["further_tests"][0]
    assert not Job.objects.exists()
    assert (
        manager_client.post(new_url, {"further_tests": [kind]}).status_code == 302
    )  # the model is open yet


def test_a_maintenance_job_plans_a_unit_only_to_replace_the_one_that_is_there(
    manager_client, new_url, fleet
):
    vehicle, unit = VehicleFactory(fleet=fleet), UnitFactory(fleet=fleet)
    sent = {"vehicle": vehicle.pk, "planned_unit": unit.pk}
    for task, planned in (("INSPECTION", None), ("REPLACE_UNIT", unit)):
        manager_client.post(f"{new_url}?kind=MAINTENANCE", sent | {"task": task})
        assert Job.objects.get(task=task).planned_unit == planned


def test_suggestions_name_vehicles_and_units_of_this_fleet_alone(
    manager_client, new_url, fleet, other_fleet
):
    ours, theirs = VehicleFactory(fleet=fleet), VehicleFactory(fleet=other_fleet)
    offered = texts(manager_client.get(f"{new_url}options/vehicles/", {"vehicle": ""}))
    assert ours.pk in offered
    assert theirs.pk not in offered
    stock, mounted = UnitFactory(fleet=fleet), ours.unit
    offered = texts(manager_client.get(f"{new_url}options/units/", {"planned_unit": ""}))
    assert stock.pk in offered
    assert mounted.pk not in offered


# --- save & assign --------------------------------------------------------------------------------------------------
def test_save_and_assign_asks_first_naming_the_company_and_what_becomes_locked(
    manager_client, new_url, partnership
):
    sent = {"company": partnership.company_id, "custom_name": "Blue", "tracking": "true"}
    question = manager_client.post(new_url, sent)
    assert not Job.objects.exists()
    assert "Assign to QuickInstall?" in texts(question)
    assert ("Custom name", "Blue") in question.context["locked"]
    assert ("Tracking", "on") in question.context["locked"]

    manager_client.post(new_url, {**dict(question.context["sent"]), "confirmed": "1"})
    job = Job.objects.get()
    assert (job.status, job.company) == (Job.Status.ASSIGNED, partnership.company)
    assert job.planned == {"custom_name": "Blue", "tracking": True}


def test_who_does_not_assign_after_all_finds_the_form_as_it_was(
    manager_client, new_url, partnership
):
    sent = {
        "company": partnership.company_id,
        "custom_name": "Blue",
        "further_tests": ["GNSS", "IGNITION"],
    }
    told = manager_client.post(new_url, sent).context["sent"]
    assert ("further_tests", "IGNITION") in told
    page = manager_client.post(new_url, sent | {"back": "1"})
    form = page.context["form"]
    assert {name: form[name].value() for name in sent} == sent
    assert not form.errors
    assert not Job.objects.exists()


def test_in_a_dialog_a_form_with_errors_is_sent_to_the_page_instead(
    manager_client, new_url, partnership
):
    answer = manager_client.post(
        new_url, {"company": partnership.company_id, "vin": "SHORT"}, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer["HX-Trigger"]) == (204, "send-form")


@pytest.mark.parametrize("state", ["PENDING", "ended", "foreign"])
def test_only_accepted_partners_can_be_chosen(
    state, manager_client, new_url, partnership, other_company, company_admin
):
    company = other_company if state == "foreign" else partnership.company
    if state == "PENDING":
        type(partnership).objects.filter(pk=partnership.pk).update(status="PENDING")
    elif state == "ended":
        partnership.end(by=company_admin)
    page = manager_client.post(new_url, {"company": company.pk, "confirmed": "1"})
    assert "company" in page.context["form"].errors
    assert not Job.objects.exists()


def test_a_maintenance_job_without_a_vehicle_is_neither_saved_nor_assigned(
    manager_client, new_url, partnership
):
    page = manager_client.post(
        f"{new_url}?kind=MAINTENANCE", {"company": partnership.company_id, "confirmed": "1"}
    )
    assert "vehicle" in page.context["form"].errors
    assert not Job.objects.exists()


# --- save as template -----------------------------------------------------------------------------------------------
def test_save_as_template_keeps_the_specification_and_nothing_of_the_vehicle(
    manager_client, new_url, fleet, vehicle_model
):
    manager_client.post(
        new_url,
        {
            "save_as_template": "on",
            "template_name": "Audi",
            "vehicle_model": vehicle_model.pk,
            "vin": VIN,
            "further_tests": ["IGNITION"],
        },
    )
    template = JobTemplate.objects.get()
    assert (template.fleet, template.name, template.vehicle_model, template.further_tests) == (
        fleet,
        "Audi",
        vehicle_model,
        ["IGNITION"],
    )


@pytest.mark.parametrize("name", ["", "Taken"])
def test_a_template_needs_a_name_of_its_own(name, manager_client, new_url, fleet):
    JobTemplateFactory(fleet=fleet, name="Taken")
    page = manager_client.post(new_url, {"save_as_template": "on", "template_name": name})
    assert "template_name" in page.context["form"].errors
    assert not Job.objects.exists()


# --- edit -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def edit_url(at, pending_job):
    return at(f"jobs/{pending_job.pk}/edit/")


def as_shown(page) -> dict:
    form = page.context["form"]
    values = {name: form[name].value() for name in form.fields}
    plain = {
        name: getattr(value, "pk", value)
        for name, value in values.items()
        if value not in (None, "", False)
    }
    return {**plain, "expected_version": page.context["expected_version"]}


def test_an_edit_changes_what_was_touched(manager_client, edit_url, pending_job):
    sent = as_shown(manager_client.get(edit_url))
    manager_client.post(edit_url, sent | {"location": "Yard"})
    pending_job.refresh_from_db()
    assert (pending_job.location, pending_job.custom_name) == ("Yard", "Blue One")
    assert list(pending_job.events.latest("seq").data["changed"]) == ["location"]


def test_a_stale_form_is_answered_with_both_values_and_saves_the_second_time(
    manager_client, manager, edit_url, pending_job
):
    sent = as_shown(manager_client.get(edit_url)) | {"location": "Mine", "contact": "Max"}
    Job.objects.get(pk=pending_job.pk).edit(by=manager, location="Theirs")

    page = manager_client.post(edit_url, sent)
    assert page.status_code == 409
    assert ("Location", "Theirs", "Mine") in page.context["theirs"]
    assert page.context["form"]["contact"].value() == "Max"
    pending_job.refresh_from_db()
    assert pending_job.location == "Theirs"

    manager_client.post(edit_url, sent | {"expected_version": page.context["expected_version"]})
    pending_job.refresh_from_db()
    assert (pending_job.location, pending_job.contact) == ("Mine", "Max")


def test_what_others_have_written_into_fields_that_the_reader_left_is_not_written_over(
    manager_client, manager, edit_url, pending_job, vehicle_model
):
    sent = as_shown(manager_client.get(edit_url)) | {"contact": "Max", "custom_name": "Red"}
    theirs = {
        "vehicle_model": vehicle_model, "tracking": True, "planned_service_date": date(2026, 8, 1), "location": "Yard",
        "further_tests": ["IGNITION"], "custom_name": "Green",
    }  # fmt: skip
    other = Job.objects.get(pk=pending_job.pk)
    other.edit(by=manager, location="Gate")
    other.refresh_from_db()
    other.edit(by=manager, **theirs)

    page = manager_client.post(edit_url, sent)
    assert ("Location", "Yard", "") in page.context["theirs"]
    assert ("Custom name", "Green", "Red") in page.context["theirs"]

    assert page.context["form"]["tracking"].value() is True
    manager_client.post(edit_url, as_shown(page) | {"tracking": "true"})
    pending_job.refresh_from_db()
    written = theirs | {"contact": "Max", "custom_name": "Red"}
    assert {name: getattr(pending_job, name) for name in written} == written


@pytest.mark.parametrize("on_the_way", [{"back": "1"}, {"vin": "SHORT"}])
def test_a_form_that_comes_back_still_knows_what_it_began_with(
    on_the_way, manager_client, manager, edit_url, pending_job
):
    sent = as_shown(manager_client.get(edit_url)) | {"location": "Mine"}
    Job.objects.get(pk=pending_job.pk).edit(by=manager, location="Theirs")
    page = manager_client.post(edit_url, sent | on_the_way)
    assert page.status_code == 200
    assert (
        manager_client.post(
            edit_url, sent | {"expected_version": page.context["expected_version"]}
        ).status_code
        == 409
    )


def test_the_edit_page_is_gone_once_the_job_is_assigned_and_a_late_form_keeps_what_was_typed(
    manager_client, manager, edit_url, pending_job, partnership
):
    sent = as_shown(manager_client.get(edit_url)) | {"location": "Yard"}
    pending_job.assign(partnership.company, by=manager)

    assert manager_client.get(edit_url).status_code == 409
    late = manager_client.post(edit_url, sent)
    assert late.status_code == 409
    assert 'value="Yard"' in texts(late)
    assert "An assigned job cannot be edited" in texts(late)
    pending_job.refresh_from_db()
    assert pending_job.location == ""


def test_editing_and_assigning_is_one_act(manager_client, edit_url, pending_job, partnership):
    sent = as_shown(manager_client.get(edit_url)) | {
        "company": partnership.company_id,
        "location": "Yard",
    }
    assert "Assign to QuickInstall?" in texts(manager_client.post(edit_url, sent))
    manager_client.post(edit_url, sent | {"confirmed": "1"})
    pending_job.refresh_from_db()
    assert (pending_job.status, pending_job.location) == (Job.Status.ASSIGNED, "Yard")


@pytest.mark.parametrize(
    "path", ["jobs/new/", "jobs/{job}/edit/", "jobs/new/follow/", "jobs/new/many/"]
)
def test_nobody_else_writes(path, outsiders, at, pending_job):
    url = at(path.format(job=pending_job.pk))
    for client, expected in outsiders.items():
        assert client.post(url, {"location": "Hacked"}).status_code == expected
    assert Job.objects.get().location == ""


# --- what there is not (yet) -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["template", "vehicle"])
def test_a_form_does_not_begin_with_what_is_gone_or_another_fleets_but_is_saved_without(
    name, manager_client, new_url, fleet, other_fleet
):
    factory = {"template": JobTemplateFactory, "vehicle": VehicleFactory}[name]
    theirs, gone = factory(fleet=other_fleet), factory(fleet=fleet)
    begun = f"{new_url}?{name}={gone.pk}"
    assert manager_client.get(begun).status_code == 200
    gone.delete()
    for row in (theirs, gone):
        assert manager_client.get(f"{new_url}?{name}={row.pk}").status_code == 404
    assert manager_client.post(begun, {"location": "Yard"}).status_code == 302
    assert Job.objects.get().location == "Yard"


@pytest.mark.parametrize("path", ["jobs/new/", "jobs/new/many/", "jobs/{job}/assign/"])
def test_without_a_partner_the_question_says_where_to_find_one(
    path, manager_client, at, pending_job, fleet
):
    page = texts(manager_client.get(at(path.format(job=pending_job.pk))))
    assert "No partner has accepted an invitation yet" in page
    assert (
        f'href="/fleetcontrol/{fleet.pk}/partners/"'
        in page.split("No partner has accepted")[1][:200]
    )


def test_without_a_template_the_question_leads_to_a_new_one(manager_client, at, fleet):
    assert "templates/new/" in texts(manager_client.get(at("jobs/new/many/")))
    JobTemplateFactory(fleet=fleet)
    assert "templates/new/" not in texts(manager_client.get(at("jobs/new/many/")))
