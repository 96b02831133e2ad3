"""The phone's lists, and one job."""

import pytest

from jobs.models import Job
from tests.factories.accounts import FleetFactory, PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import VehicleModelFactory
from tests.installers.api.contract import ROOT

ROW = {
    "id", "number", "kind", "status", "task", "fleet", "license_plate", "vin", "custom_name",
    "vehicle_model", "planned_service_date",
    "place", "location", "assignee", "reserved_for", "updated_at",
}  # fmt: skip
MORE = {
    "read_vin",
    "fields", "instructions", "contact", "external_reference", "vehicle", "planned_unit", "unit",
    "configuration", "access", "assignment", "steps", "can", "tag",
    "required_tests", "tests", "required_photos", "photos", "comment", "outcome", "version",
}  # fmt: skip


@pytest.fixture
def company_jobs(fleet, partnership, manager, installer, colleague):
    """One of each list, by its name."""
    jobs = {
        name: JobFactory(by=manager, fleet=fleet, license_plate=f"B-{name}")
        for name in ("available", "mine", "running", "finished")
    }
    for job in jobs.values():
        job.assign(partnership.company, by=manager)
    jobs["mine"].take(by=installer)
    jobs["running"].take(by=colleague)
    jobs["finished"].take(by=colleague)
    jobs["finished"].fail(by=colleague, comment="The car has gone.")
    return jobs


def found(response) -> list[str]:
    assert response.status_code == 200, response.json()
    return [row["id"] for row in response.json()["results"]]


@pytest.mark.parametrize("category", ["available", "mine", "running", "finished"])
def test_each_list_has_its_jobs(category, company_jobs, installer_phone):
    assert found(installer_phone.get(f"jobs/?category={category}")) == [company_jobs[category].pk]


def test_without_a_list_all_are_there_the_newest_first(company_jobs, installer_phone):
    assert found(installer_phone.get("jobs/")) == sorted(
        (job.pk for job in company_jobs.values()), reverse=True
    )


def test_the_counts_say_how_many_each_list_has(company_jobs, installer_phone, colleague_phone):
    assert installer_phone.get("jobs/counts/").json() == {
        "available": 1,
        "mine": 1,
        "running": 1,
        "finished": 1,
    }
    assert colleague_phone.get("jobs/counts/").json() == {
        "available": 1,
        "mine": 1,
        "running": 1,
        "finished": 1,
    }


@pytest.mark.parametrize("text", ["B-mine", "b mine", "MINE"])
def test_search_ignores_case_blanks_and_hyphens(text, company_jobs, installer_phone):
    assert found(installer_phone.get("jobs/", {"search": text})) == [company_jobs["mine"].pk]


def test_jobs_are_filtered_by_one_client_or_one_of_its_fleets(
    company_jobs, fleet, company, fleet_admin, installer_phone
):
    elsewhere = FleetFactory(provider=fleet.provider)
    PartnershipFactory(fleet=elsewhere, company=company)
    elsewhere.memberships.create(user=fleet_admin, role="ADMIN")
    other = JobFactory(by=fleet_admin, fleet=elsewhere)
    other.assign(company, by=fleet_admin)

    assert found(installer_phone.get(f"jobs/?fleet={elsewhere.pk}")) == [other.pk]
    assert len(found(installer_phone.get(f"jobs/?provider={fleet.provider_id}"))) == 5
    assert found(installer_phone.get("jobs/?provider=NONE1")) == []


@pytest.mark.parametrize(
    "path", ["me/", "vehicle-models/", "jobs/", "jobs/counts/", "job", "tests", "assignment"]
)
def test_a_query_parameter_that_the_operation_does_not_have_is_refused(
    path, running_job, installer_phone
):
    job = f"jobs/{running_job.pk}/"
    path = {"job": job, "tests": f"{job}tests/", "assignment": f"{job}assignment/"}.get(path, path)
    send = installer_phone.post if path.endswith("assignment/") else installer_phone.get
    refused = send(f"{path}?colour=red")
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) == {"colour"}


def test_a_job_of_others_is_not_found_whatever_its_query_parameters(
    running_job, outside_installer_phone
):
    assert outside_installer_phone.get(f"jobs/{running_job.pk}/?colour=red").status_code == 404


def test_a_row_says_what_the_phone_shows_and_whose_it_is(running_job, installer, installer_phone):
    row = installer_phone.get("jobs/").json()["results"][0]
    fleet, model = running_job.fleet, running_job.vehicle_model
    assert set(row) == ROW
    assert row["fleet"] == {
        "fleet_id": fleet.pk,
        "name": fleet.name,
        "provider": {"provider_id": fleet.provider_id, "name": fleet.provider.name},
    }
    assert row["vehicle_model"] == {"id": model.pk, "brand": model.brand, "model": model.model}
    assert row["assignee"] == {"id": installer.pk, "name": "Installer"}
    assert row["updated_at"].endswith("Z")


def test_colleagues_see_for_whom_a_job_is_kept(
    assigned_job, installer, colleague_phone, company_admin
):
    assert colleague_phone.get("jobs/").json()["results"][0]["reserved_for"] is None
    assigned_job.reserve(installer, by=company_admin)
    whose = {"id": installer.pk, "name": "Installer"}
    assert colleague_phone.get("jobs/").json()["results"][0]["reserved_for"] == whose
    assert colleague_phone.get(f"jobs/{assigned_job.pk}/").json()["reserved_for"] == whose


def test_a_list_and_its_job_tell_the_same(running_job, installer_phone):
    row = installer_phone.get("jobs/").json()["results"][0]
    job = installer_phone.get(f"jobs/{running_job.pk}/").json()
    assert set(job) == ROW | MORE
    assert {name: job[name] for name in ROW} == row


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def seven(self, fleet, partnership, manager):
        jobs = [JobFactory(by=manager, fleet=fleet) for _ in range(7)]
        for job in jobs:
            job.assign(partnership.company, by=manager)
        return sorted((job.pk for job in jobs), reverse=True)

    def walk(self, phone, url, way):
        while url:
            page = phone.client.get(url).json()
            yield [row["id"] for row in page["results"]]
            url = page[way]

    def test_next_leads_to_the_end_and_previous_back(self, seven, installer_phone):
        first = f"http://testserver{ROOT}jobs/?page_size=3"
        pages = list(self.walk(installer_phone, first, "next"))
        assert pages == [seven[:3], seven[3:6], seven[6:]]
        last = installer_phone.client.get(installer_phone.client.get(first).json()["next"]).json()[
            "next"
        ]
        back = list(self.walk(installer_phone, last, "previous"))
        assert back == [seven[6:], seven[3:6], seven[:3]]

    def test_a_page_keeps_the_filters(self, seven, installer_phone):
        page = installer_phone.get("jobs/?category=available&page_size=3").json()
        assert "category=available" in page["next"]
        assert page["previous"] is None

    def test_a_job_taken_meanwhile_shifts_nobody(self, seven, installer, installer_phone):
        url = "jobs/?category=available&page_size=3"
        page = installer_phone.get(url).json()
        Job.objects.get(pk=seven[0]).take(by=installer)
        following = installer_phone.client.get(page["next"]).json()
        assert [row["id"] for row in following["results"]] == seven[3:6]

    @pytest.mark.parametrize(
        "query",
        ["page_size=0", "page_size=101", "page_size=x", f"page_size={10**30}", "cursor=nonsense", "cursor=%00",
         "category=all", "search=%00abc", "status=RUNNING", f"fleet={'A' * 13}"],
    )  # fmt: skip
    def test_what_cannot_be_asked_is_named(self, query, installer_phone):
        response = installer_phone.get(f"jobs/?{query}")
        assert (response.status_code, list(response.json()["errors"])) == (
            400,
            [query.split("=")[0]],
        )

    def test_a_cursor_of_another_list_is_none_here(self, seven, installer_phone):
        VehicleModelFactory.create_batch(3)
        foreign = (
            installer_phone.get("vehicle-models/?page_size=1")
            .json()["next"]
            .partition("cursor=")[2]
        )
        assert installer_phone.get(f"jobs/?cursor={foreign}").status_code == 400


def test_a_locked_field_says_why_and_an_open_one_is_open(assigned_job, installer_phone):
    job = installer_phone.get(f"jobs/{assigned_job.pk}/").json()
    fields = {field["name"]: field for field in job["fields"]}
    assert fields["custom_name"] | {"label": ""} == {
        "name": "custom_name", "label": "", "value": "Blue One", "planned": "Blue One", "locked": True,
        "reason": "Set by the fleet manager.", "type": "text", "choices": None, "max_length": 100,
        "min": None, "max": None, "required": False,
    }  # fmt: skip
    assert (fields["vin"]["locked"], fields["vin"]["value"]) == (False, None)
    assert fields["vehicle_model_id"]["value"] == assigned_job.vehicle_model_id


def test_a_finished_job_keeps_its_record_without_the_vehicle(
    configured_job, installer, installer_phone
):
    before = installer_phone.get(f"jobs/{configured_job.pk}/").json()
    assert before["vehicle"]["vehicle_id"]
    configured_job.fail(by=installer, comment="The car has gone.")
    after = installer_phone.get(f"jobs/{configured_job.pk}/").json()
    assert (after["vehicle"], after["comment"]) == (None, "The car has gone.")
    assert after["unit"] == before["unit"]
    assert after["access"]["open"] is False


def binding_from(company) -> str:
    moment = company.signatures.get().agreement.binding_from
    return moment.isoformat().replace("+00:00", "Z")


def test_me_says_who_for_whom_as_what(installer, company, installer_phone, manager_phone):
    account = installer_phone.get("me/").json()
    assert account.pop("expires_at")
    assert account == {
        "person": {
            "id": installer.pk, "name": "Installer", "email": installer.email,
            "first_name": "Installer", "last_name": "",
        },
        "company": {"partner_id": company.pk, "name": "QuickInstall"},
        "role": "INSTALLER",
        "agreement": {
            "version": 1, "signed": True, "newest_signed": True, "binding_from": binding_from(company),
        },
        "second_factor": {"required": False, "set_up": False},
        "language": "en",
        "zone": "Europe/Berlin",
    }  # fmt: skip
    alone = manager_phone.get("me/").json()
    assert (alone["company"], alone["role"]) == (None, None)


def test_the_app_is_answered_in_its_readers_language_and_in_utc(
    installer, running_job, installer_phone
):
    installer.language = "de"
    installer.save()
    refused = installer_phone.post(
        f"jobs/{running_job.pk}/outcome/", {}, **{"Accept-Language": "en"}
    )
    assert refused.json()["errors"] == {"outcome": ["Dieses Feld ist zwingend erforderlich."]}
    assert installer_phone.get(f"jobs/{running_job.pk}/").json()["updated_at"].endswith("Z")


def test_vehicle_models_are_found_by_words_and_say_what_they_support(installer_phone):
    wanted = VehicleModelFactory(brand="Renault", model="Zoe")
    VehicleModelFactory(brand="Renault", model="Clio")
    VehicleModelFactory(brand="Renault", model="Zoe old", active=False)
    rows = installer_phone.get("vehicle-models/", {"search": "zoe renault"}).json()["results"]
    assert [row["id"] for row in rows] == [wanted.pk]
    assert rows[0]["installation_variants"] == ["WIRED", "OBD"]
    assert "central_lock" in rows[0]["capabilities"]


def test_the_planned_unit_is_known_before_the_job_is_taken(
    fleet, partnership, manager, unit, installer_phone
):
    job = JobFactory(by=manager, fleet=fleet, planned_unit=unit)
    job.assign(partnership.company, by=manager)

    answer = installer_phone.get(f"jobs/{job.pk}/").json()

    assert (answer["planned_unit"], answer["unit"]) == ({"qnr": unit.pk}, None)


def test_a_job_without_a_planned_unit_says_so(assigned_job, installer_phone):
    assert installer_phone.get(f"jobs/{assigned_job.pk}/").json()["planned_unit"] is None
