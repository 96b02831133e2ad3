"""OneAPI's jobs over HTTP, as a machine of the fleet calls them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Partnership
from jobs.models import ConfigurationPreset, Job, JobTemplate
from telematics.models import Place
from tests.factories.accounts import CompanyFactory, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import (
    PlaceFactory,
    UnitFactory,
    VehicleFactory,
    VehicleModelFactory,
)
from tests.fleetcontrol.test_vehicles_api import ROOT, machine_of, told  # noqa: F401
from tests.threads import race

VIN = "WVWZZZ1JZXW000001"
COMPANY = "assigned_installer_company_id"


@pytest.fixture
def machine(machine_of, fleet):  # noqa: F811
    return machine_of(fleet, "jobs:read", "jobs:write")


def ids(answer) -> list[str]:
    return [row["id"] for row in answer.json()["results"]]


def events(job) -> list[str]:
    return list(Job.objects.get(pk=job).events.order_by("seq").values_list("verb", flat=True))


# --- read -------------------------------------------------------------------------------------------------------------
def test_a_job_shows_its_plan_what_was_built_and_who_did_it(
    machine, configured_job, installer, fleet
):
    configured_job.fill_in(by=installer, license_plate="B QX 1")
    answer = machine.get(f"jobs/{configured_job.pk}")
    body = answer.json()
    configured_job.refresh_from_db()
    assert answer["ETag"] == f'"{configured_job.version}"'
    assert (body["status"], body["installer"]) == ("RUNNING", {"name": installer.name})
    assert body["company"]["partner_id"] == configured_job.company_id
    assert body["as_built"]["license_plate"] == "B QX 1"
    assert body["as_built"]["unit"] == configured_job.unit_id
    assert [entry["verb"] for entry in body["history"]][:3] == ["create", "assign", "take"]
    assert body["history"][0]["by"]["name"]
    (access,) = body["accesses"]
    assert (access["open"], access["holder"]) == (True, {"name": installer.name})
    assert "CONNECTIVITY" in body["required_tests"]


def test_a_pending_job_has_a_plan_and_nothing_built(machine, fleet, manager):
    job = JobFactory(by=manager, fleet=fleet, vin=VIN, tracking=True)
    body = machine.get(f"jobs/{job.pk}").json()
    assert body["plan"] == {**body["plan"], "vin": VIN, "tracking": True}
    assert (body["as_built"], body["differences"], body["company"]) == ({}, [], None)


def test_people_appear_by_name_only(machine, configured_job, installer):
    text = machine.get(f"jobs/{configured_job.pk}").content.decode()
    assert installer.name in text
    assert installer.email not in text
    assert f'"{installer.pk}"' not in text


def test_jobs_of_others_and_deleted_ones_are_not_found_by_any_url(
    machine, fleet, other_fleet, manager, outside_manager
):
    deleted = JobFactory(by=manager, fleet=fleet)
    deleted.delete_by(by=manager)
    for job in (JobFactory(by=outside_manager, fleet=other_fleet), deleted):
        assert ids(machine.get("jobs")) == []
        for method, part, body in (
            ("get", "", None),
            ("patch", "", {"location": "x"}),
            ("delete", "", None),
            ("post", "/assignment", {COMPANY: "VEZ9A"}),
            ("post", "/handback-request", {"reason": "x"}),
            ("post", "/access-stop", {}),
            ("delete", "/access-stop", None),
        ):
            answer = getattr(machine, method)(f"jobs/{job.pk}{part}", body)
            assert told(answer) == (404, "not_found")


def test_a_client_without_the_right_is_told_so(machine_of, fleet, pending_job):  # noqa: F811
    reading = machine_of(fleet, "jobs:read")
    assert reading.get(f"jobs/{pending_job.pk}").status_code == 200
    for refused in (
        reading.post("jobs", {}),
        reading.post("jobs/bulk", {"jobs": [{}]}),
        reading.patch(f"jobs/{pending_job.pk}", {}),
        reading.delete(f"jobs/{pending_job.pk}"),
        reading.post(f"jobs/{pending_job.pk}/assignment", {}),
        machine_of(fleet, "vehicles:read").get("jobs"),
    ):
        assert told(refused) == (403, "missing_permissions")


# --- list -------------------------------------------------------------------------------------------------------------
def test_pages_lead_to_every_job_once_and_back(machine, fleet, manager):
    made = [JobFactory(by=manager, fleet=fleet).pk for _ in range(5)]
    first = machine.get("jobs", {"limit": 2})
    second = machine.get("jobs", {"limit": 2, "cursor": first.json()["next"]})
    last = machine.get("jobs", {"limit": 2, "cursor": second.json()["next"]})
    assert ids(first) + ids(second) + ids(last) == made[::-1]
    assert last.json()["next"] is None
    back = machine.get("jobs", {"limit": 2, "cursor": last.json()["previous"]})
    assert ids(back) == ids(second)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "PENDING"}, True),
        ({"status": "RUNNING,PENDING"}, True),
        ({"status": "RUNNING,FAILED"}, False),
        ({"kind": "INSTALLATION"}, True),
        ({"kind": "MAINTENANCE"}, False),
        ({"search": VIN[-6:]}, True),
        ({"search": "nobody"}, False),
        ({"external_reference": "PO-4711"}, True),
        ({"external_reference": "PO-471"}, False),
        ({"company": "ZZZZZ"}, False),
    ],
)
def test_each_filter_finds_what_it_names(query, found, machine, fleet, manager):
    job = JobFactory(by=manager, fleet=fleet, vin=VIN, external_reference="PO-4711")
    assert ids(machine.get("jobs", query)) == [job.pk] * found


def test_a_parameter_of_several_values_may_be_repeated(machine, assigned_job, fleet, manager):
    pending = JobFactory(by=manager, fleet=fleet)
    both = [pending.pk, assigned_job.pk]
    assert ids(machine.get("jobs", {"status": ["PENDING", "ASSIGNED"]})) == both
    assert ids(machine.get("jobs", {"status": ["PENDING,FAILED", "ASSIGNED"]})) == both
    assert ids(machine.get("jobs", {"status": ["ASSIGNED", "RUNNING"]})) == both[1:]
    companies = {"company": [assigned_job.company_id, "ZZZZZ"]}
    assert ids(machine.get("jobs", companies)) == both[1:]
    assert set(machine.get("jobs", {"status": ["PENDING", "GONE"]}).json()["errors"]) == {"status"}


def test_jobs_are_found_by_several_partners(machine, assigned_job, fleet, manager):
    JobFactory(by=manager, fleet=fleet)
    query = {"company": f"ZZZZZ,{assigned_job.company_id}"}
    assert ids(machine.get("jobs", query)) == [assigned_job.pk]


def test_an_unknown_or_wrong_parameter_is_named(machine):
    query = {"status": "PENDING,DELETED", "company": "x", "search": "a-", "x": "1"}
    assert set(machine.get("jobs", query).json()["errors"]) == set(query)


def test_what_has_changed_comes_oldest_first(machine, fleet, manager):
    old, first, second = (JobFactory(by=manager, fleet=fleet) for _ in range(3))
    Job.objects.filter(pk=old.pk).update(updated_at=timezone.now() - timedelta(hours=1))
    first.edit(by=manager, location="Hall 3")
    found = machine.get("jobs", {"changed_after": timezone.now().isoformat()})
    assert ids(found) == [second.pk, first.pk]
    assert found.json()["next_changed_after"] == found.json()["results"][-1]["updated_at"]


@pytest.mark.parametrize("path", ["jobs", "jobs/{}"])
def test_reading_costs_the_same_however_much_there_is(
    path, machine, configured_job, installer, fleet, manager, statements
):
    path = path.format(configured_job.pk)
    machine.get(path)
    few = statements(lambda: machine.get(path))
    for number in range(3):
        JobFactory(by=manager, fleet=fleet)
        configured_job.fill_in(by=installer, license_plate=f"B QX {number}")
    assert statements(lambda: machine.get(path)) == few


# --- create -----------------------------------------------------------------------------------------------------------
def test_a_job_needs_no_value(machine, fleet):
    made = machine.post("jobs", {})
    job = Job.objects.get()
    assert (made.status_code, made["Location"]) == (201, f"/api/oneapi/v1/jobs/{job.pk}")
    assert (job.fleet, job.status, job.kind) == (fleet, "PENDING", "INSTALLATION")
    event = job.events.get()
    assert (event.client.fleet, event.channel, event.actor) == (fleet, "oneapi", None)


def test_a_job_takes_its_values_its_template_and_its_preset(machine, fleet):
    model, unit = VehicleModelFactory(), UnitFactory(fleet=fleet)
    template = JobTemplate.objects.create(
        fleet=fleet, name="Sharing", brand="Audi", tracking=True, required_photos=["SERIAL"]
    )
    ConfigurationPreset.objects.create(fleet=fleet, name="Quiet", damage_detection=False)
    body = {
        "template_id": template.pk,
        "configuration_preset": "Quiet",
        "vehicle_model_id": model.pk,
        "planned_unit": unit.pk,
        "license_plate": "b qx 1",
        "tracking": None,
        "planned_service_date": "2030-01-02",
        "external_reference": "PO-4711",
    }
    answer = machine.post("jobs", body)
    assert answer.status_code == 201, answer.json()
    job = Job.objects.get()
    assert (job.license_plate, job.brand, job.template) == ("B QX 1", "Audi", template)
    assert (job.tracking, job.damage_detection) == (None, False)
    assert (job.vehicle_model, job.planned_unit) == (model, unit)
    assert job.required_photos == ["SERIAL"]


def test_a_job_with_a_partner_is_assigned_at_once(machine, partnership):
    answer = machine.post("jobs", {"vin": VIN, COMPANY: partnership.company_id})
    assert answer.json()["status"] == "ASSIGNED"
    assert answer.json()["plan"] == {"vin": VIN}
    assert events(answer.json()["id"]) == ["create", "assign"]


def test_a_maintenance_job_is_about_a_vehicle(machine, fleet, partnership):
    vehicle = VehicleFactory(fleet=fleet, license_plate="B QX 2041")
    body = {
        "kind": "MAINTENANCE",
        "vehicle_id": vehicle.pk,
        "task": "REPAIR",
        COMPANY: partnership.company_id,
    }
    answer = machine.post("jobs", body).json()
    assert (answer["vehicle_id"], answer["task"]) == (vehicle.pk, "REPAIR")
    refused = machine.post("jobs", {"kind": "MAINTENANCE", COMPANY: partnership.company_id})
    assert told(refused) == (409, "vehicle_required")


def test_what_does_not_exist_or_is_not_the_fleets_is_named_at_once(
    machine, fleet, other_fleet, other_company
):
    PartnershipFactory(fleet=other_fleet, company=other_company)
    pending = PartnershipFactory(fleet=fleet, company=CompanyFactory(), status="PENDING").company_id
    archived = VehicleFactory(fleet=fleet)
    archived.archive()
    foreign = {
        "template_id": JobTemplate.objects.create(fleet=other_fleet, name="Theirs").pk,
        "vehicle_id": VehicleFactory(fleet=other_fleet).pk,
        "planned_unit": UnitFactory(fleet=other_fleet).pk,
        "configuration_preset": ConfigurationPreset.objects.create(
            fleet=other_fleet, name="Theirs"
        ).pk,
        COMPANY: other_company.pk,
        "vehicle_model_id": "nonsense",
    }
    unknown = {
        "template_id": "x",
        "vehicle_id": "ZZZZZ",
        "planned_unit": "00000000000000FF",
        "configuration_preset": "x",
        COMPANY: pending,
        "vehicle_model_id": "0" * 26,
    }
    answers = [machine.post("jobs", body) for body in (foreign, unknown)]
    for answer in answers:
        assert told(answer) == (400, "referenced_resource_not_found")
        assert set(answer.json()["errors"]) == set(foreign)
    assert answers[0].json()["errors"] == answers[1].json()["errors"]
    refused = machine.post("jobs", {"vehicle_id": archived.pk})
    assert told(refused) == (400, "referenced_resource_not_found")
    assert not Job.objects.exists()


def test_every_wrong_value_is_named_at_once(machine):
    body = {"vin": "1", "fuel_type": "WATER", "planned_service_date": "soon", "colour": "red"}
    assert set(machine.post("jobs", body).json()["errors"]) == set(body)
    model = VehicleModelFactory(central_lock_connection_types=["DIRECT"])
    body = {"vehicle_model_id": model.pk, "central_lock_connection_type": "SKM"}
    assert set(machine.post("jobs", body).json()["errors"]) == {"central_lock_connection_type"}


def test_a_creation_that_is_repeated_creates_one_job(machine):
    first = machine.post("jobs", {"vin": VIN}, Idempotency_Key="one")
    again = machine.post("jobs", {"vin": VIN}, Idempotency_Key="one")
    assert first.json() == again.json()
    assert Job.objects.count() == 1
    without = machine.api.post(f"{ROOT}jobs", {}, format="json")
    assert told(without) == (400, "idempotency_key_required")


def test_a_planned_unit_that_is_taken_is_refused(machine, fleet):
    unit = UnitFactory(fleet=fleet)
    assert machine.post("jobs", {"planned_unit": unit.pk}).status_code == 201
    assert told(machine.post("jobs", {"planned_unit": unit.pk})) == (409, "unit_not_available")
    many = machine.post("jobs/bulk", {"jobs": [{"planned_unit": unit.pk}, {}]})
    assert told(many) == (409, "unit_not_available")
    assert Job.objects.count() == 1


# --- many -------------------------------------------------------------------------------------------------------------
def test_many_jobs_are_created_and_assigned_in_their_order(machine, fleet, partnership):
    template = JobTemplate.objects.create(fleet=fleet, name="Sharing", brand="Audi")
    bodies = [{"custom_name": f"Car {number}"} for number in range(3)]
    bodies[1] |= {"template_id": template.pk, COMPANY: partnership.company_id}
    answer = machine.post("jobs/bulk", {"jobs": bodies})
    assert answer.status_code == 201
    jobs = answer.json()["jobs"]
    assert [job["plan"]["custom_name"] for job in jobs] == ["Car 0", "Car 1", "Car 2"]
    assert [job["status"] for job in jobs] == ["PENDING", "ASSIGNED", "PENDING"]
    assert jobs[1]["plan"]["brand"] == "Audi"
    assert events(jobs[1]["id"]) == ["create", "assign"]


def test_a_repeat_of_many_creates_nothing_twice(machine):
    bodies = {"jobs": [{"custom_name": "A"}, {"custom_name": "B"}]}
    first = machine.post("jobs/bulk", bodies, Idempotency_Key="one")
    again = machine.post("jobs/bulk", bodies, Idempotency_Key="one")
    assert first.json() == again.json()
    assert (again.status_code, Job.objects.count()) == (201, 2)


def test_many_jobs_are_all_or_none_with_every_error_at_its_place(machine, fleet):
    model = VehicleModelFactory(central_lock_connection_types=["DIRECT"])
    unreadable = {"jobs": [{}, {"vin": "1"}, {"colour": "red"}]}
    assert set(machine.post("jobs/bulk", unreadable).json()["errors"]) == {
        "jobs.1.vin",
        "jobs.2.colour",
    }
    unknown = {"jobs": [{}, {"vehicle_id": "ZZZZZ"}, {COMPANY: "ZZZZZ"}]}
    refused = machine.post("jobs/bulk", unknown)
    assert told(refused) == (400, "referenced_resource_not_found")
    assert set(refused.json()["errors"]) == {"jobs.1.vehicle_id", f"jobs.2.{COMPANY}"}
    unfit = {"vehicle_model_id": model.pk, "central_lock_connection_type": "SKM"}
    wrong = machine.post("jobs/bulk", {"jobs": [{"vin": VIN}, unfit, {"vin": VIN}]})
    assert set(wrong.json()["errors"]) == {
        "jobs.0.vin",
        "jobs.1.central_lock_connection_type",
        "jobs.2.vin",
    }
    assert not Job.objects.exists()


def test_the_number_of_statements_does_not_grow_with_the_jobs(
    machine, fleet, partnership, statements
):
    def create(number):
        bodies = [
            {
                "custom_name": f"Car {one}",
                "planned_unit": UnitFactory(fleet=fleet).pk,
                COMPANY: partnership.company_id,
            }
            for one in range(number)
        ]
        return statements(lambda: machine.post("jobs/bulk", {"jobs": bodies}))

    create(1)
    assert create(2) == create(10)


# --- change -----------------------------------------------------------------------------------------------------------
def test_only_the_named_fields_are_changed_and_null_clears_one(machine, fleet, manager):
    job = JobFactory(by=manager, fleet=fleet, vin=VIN, location="Hall 3", tracking=True)
    answer = machine.patch(f"jobs/{job.pk}", {"location": None, "tracking": None, "contact": "Ada"})
    assert answer.status_code == 200
    job.refresh_from_db()
    assert (job.vin, job.location, job.tracking, job.contact) == (VIN, "", None, "Ada")
    assert answer["ETag"] == f'"{job.version}"'
    assert answer.json()["contact"] == "Ada"


def test_a_version_that_is_no_longer_the_jobs_is_refused(machine, fleet, manager):
    job = JobFactory(by=manager, fleet=fleet)
    tag = machine.get(f"jobs/{job.pk}")["ETag"]
    job.edit(by=manager, location="Hall 3")
    for refused in (
        machine.patch(f"jobs/{job.pk}", {"contact": "Ada"}, If_Match=tag),
        machine.delete(f"jobs/{job.pk}", If_Match=tag),
        machine.delete(f"jobs/{job.pk}", If_Match='"x"'),
    ):
        assert told(refused) == (412, "stale")
    newest = machine.get(f"jobs/{job.pk}")["ETag"]
    assert machine.patch(f"jobs/{job.pk}", {"contact": "Ada"}, If_Match=newest).status_code == 200


def test_a_version_that_was_assigned_is_not_asked_back_for_another(
    machine, assigned_job, company_admin, manager
):
    tag = machine.get(f"jobs/{assigned_job.pk}")["ETag"]
    company = assigned_job.company
    assigned_job.hand_back(by=company_admin, reason="Not ours")
    assigned_job.assign(company, by=manager)
    path = f"jobs/{assigned_job.pk}/handback-request"
    assert told(machine.post(path, {"reason": "Sold"}, If_Match=tag)) == (412, "stale")
    assert machine.post(path, {"reason": "Sold"}).status_code == 200


def test_an_assigned_job_is_neither_changed_nor_deleted(machine, assigned_job):
    for refused in (
        machine.patch(f"jobs/{assigned_job.pk}", {"location": "Hall 3"}),
        machine.delete(f"jobs/{assigned_job.pk}"),
    ):
        assert told(refused) == (409, "wrong_status")
        assert refused.json()["job_status"] == "ASSIGNED"


def test_a_pending_job_is_deleted_and_its_repeat_learns_that_it_is_done(machine, pending_job):
    path = f"jobs/{pending_job.pk}"
    assert machine.delete(path, Idempotency_Key="gone").status_code == 204
    assert told(machine.get(path)) == (404, "not_found")
    assert told(machine.delete(path, Idempotency_Key="gone")) == (410, "done_before")
    assert Job.objects.get(pk=pending_job.pk).status == "DELETED"


# --- the other moves --------------------------------------------------------------------------------------------------
def test_a_job_is_assigned_once(machine, pending_job, partnership):
    path, body = f"jobs/{pending_job.pk}/assignment", {COMPANY: partnership.company_id}
    first = machine.post(path, body, Idempotency_Key="one")
    assert (first.status_code, first.json()["status"]) == (200, "ASSIGNED")
    assert machine.post(path, body, Idempotency_Key="one").json() == first.json()
    assert told(machine.post(path, body)) == (409, "wrong_status")
    assert told(machine.post(path, {COMPANY: "ZZZZZ"})) == (400, "referenced_resource_not_found")
    assert events(pending_job.pk)[-1] == "assign"


def test_a_job_is_asked_back_with_a_reason(machine, assigned_job):
    path = f"jobs/{assigned_job.pk}/handback-request"
    assert set(machine.post(path, {}).json()["errors"]) == {"reason"}
    assert machine.post(path, {"reason": "Sold"}).json()["status"] == "ASSIGNED"
    assert told(machine.post(path, {"reason": "Sold"})) == (409, "already_requested")
    details = machine.get(f"jobs/{assigned_job.pk}").json()
    (request,) = details["handback_requests"]
    assert (request["status"], request["reason"]) == ("OPEN", "Sold")
    assert details["history"][-1]["by"] == {"name": "jobs:read,jobs:write"}


def test_access_is_stopped_and_allowed_again(machine, configured_job):
    path = f"jobs/{configured_job.pk}/access-stop"
    assert machine.post(path, {"reason": "Stolen"}).json()["access_stopped"] is True
    assert configured_job.access.current() is None
    assert told(machine.post(path, {})) == (409, "access_stopped")
    assert machine.delete(path).status_code == 204
    assert told(machine.delete(path)) == (409, "access_not_stopped")
    assert events(configured_job.pk)[-2:] == ["stop_access", "allow_access"]


def test_access_to_a_job_that_does_not_run_is_not_stopped(machine, assigned_job):
    assert told(machine.post(f"jobs/{assigned_job.pk}/access-stop", {})) == (409, "wrong_status")


@pytest.mark.django_db(transaction=True)
def test_two_machines_that_assign_one_job_leave_one_assignment(machine, pending_job, partnership):
    path, body = f"jobs/{pending_job.pk}/assignment", {COMPANY: partnership.company_id}
    answers = race(*[lambda: machine.post(path, body).status_code] * 2)
    assert sorted(answers) == [200, 409]
    assert events(pending_job.pk).count("assign") == 1


@pytest.mark.django_db(transaction=True)
def test_a_partnership_that_ends_meanwhile_gets_no_job(machine, partnership, manager):
    def end():
        Partnership.objects.get(pk=partnership.pk).end(by=manager)

    body = {"jobs": [{COMPANY: partnership.company_id}] * 3}
    race(lambda: machine.post("jobs/bulk", body), end)
    assert not Job.objects.filter(status="ASSIGNED").exists()


# --- what jobs are made of --------------------------------------------------------------------------------------------
def test_templates_are_listed_by_name_with_what_they_set(machine, fleet, other_fleet):
    model = VehicleModelFactory()
    JobTemplate.objects.create(fleet=fleet, name="Vans", further_tests=["GNSS"])
    JobTemplate.objects.create(fleet=fleet, name="Cars", vehicle_model=model, tracking=False)
    JobTemplate.objects.create(fleet=other_fleet, name="Theirs")
    found = machine.get("job-templates").json()["results"]
    assert [(one["name"], one["values"]) for one in found] == [
        ("Cars", {"vehicle_model_id": model.pk, "tracking": False}),
        ("Vans", {"further_tests": ["GNSS"]}),
    ]


def test_only_partners_that_can_be_assigned_jobs_are_listed(
    machine, fleet, partnership, other_fleet, other_company
):
    PartnershipFactory(fleet=other_fleet, company=other_company)
    PartnershipFactory(fleet=fleet, company=CompanyFactory(), status="PENDING")
    suspended = PartnershipFactory(fleet=fleet, company=CompanyFactory())
    suspended.company.suspend()
    assert machine.get("partners").json()["results"] == [
        {
            "partner_id": partnership.company_id,
            "name": partnership.company.name,
            "override": partnership.allow_override,
        }
    ]


# --- places -----------------------------------------------------------------------------------------------------------
def test_a_job_has_a_place_of_its_fleet_by_name_or_id(machine, fleet, other_fleet):
    place = PlaceFactory(fleet=fleet, name="Depot North", contact="Gate")
    PlaceFactory(fleet=other_fleet, name="Depot of others")
    created = machine.post("jobs", {"place": "depot north"})
    assert created.status_code == 201, created.json()
    shown = created.json()["place"]
    assert (shown["id"], shown["name"], shown["contact"]) == (place.pk, "Depot North", "Gate")

    url = f"jobs/{created.json()['id']}"
    for other in ("Depot of others", Place.objects.get(fleet=other_fleet).pk, "nonsense"):
        refused = machine.patch(url, {"place": other})
        assert refused.status_code == 400
        assert refused.json()["code"] == "referenced_resource_not_found"
        assert refused.json()["errors"]["place"] == ["The fleet has no such place."]
    assert machine.patch(url, {"place": None}).json()["place"] is None
    assert machine.patch(url, {"place": place.pk}).json()["place"]["id"] == place.pk
    assert Job.objects.get().place == place
