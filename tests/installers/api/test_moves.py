"""Each move by its address: what it answers, and why it refuses."""

import pytest

from jobs.models import Job
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory

VIN = "WVWZZZ1JZXW000001"


def told(response):
    return response.status_code, response.json()["code"]


def value_of(response, name):
    return {field["name"]: field["value"] for field in response.json()["fields"]}[name]


class TestAssignment:
    def test_a_take_has_one_winner(self, assigned_job, installer_phone, colleague_phone):
        assert (
            installer_phone.post(f"jobs/{assigned_job.pk}/assignment/").json()["assignee"]["name"]
            == "Installer"
        )
        refused = colleague_phone.post(f"jobs/{assigned_job.pk}/assignment/")
        assert (told(refused), refused.json()["job_status"]) == ((409, "wrong_status"), "RUNNING")
        assert refused.json()["holder"] == {
            "id": Job.objects.get(pk=assigned_job.pk).assignee_id,
            "name": "Installer",
        }
        assert refused.json()["detail"] == "Installer is working on this job."

    def test_a_colleague_who_works_at_anothers_job_is_told_who_has_it(
        self, configured_job, colleague_phone
    ):
        refused = colleague_phone.post(f"jobs/{configured_job.pk}/tests/", {})
        assert (told(refused), refused.json()["holder"]["name"]) == (
            (409, "not_holder"),
            "Installer",
        )

    def test_a_refusal_to_the_holder_names_nobody(self, running_job, installer_phone):
        refused = installer_phone.post(f"jobs/{running_job.pk}/handback/", {"reason": "No."})
        assert "holder" not in refused.json()

    @pytest.mark.parametrize("key", [None, "fresh"])
    def test_it_repeats_by_nature_and_needs_no_key(self, key, assigned_job, installer_phone):
        url = f"jobs/{assigned_job.pk}/assignment/"
        for _twice in range(2):
            taken = installer_phone.post(url, key=key)
            assert (taken.status_code, taken.json()["status"]) == (200, "RUNNING")
        for _twice in range(2):
            freed = installer_phone.delete(url, key=key)
            assert (freed.status_code, freed.json()["status"]) == (200, "ASSIGNED")
        assert list(assigned_job.events.order_by("seq").values_list("verb", flat=True)[2:]) == [
            "take",
            "withdraw",
        ]

    def test_only_whoever_has_freed_it_is_told_so_again(
        self, running_job, colleague, installer_phone
    ):
        running_job.withdraw(by=colleague)
        assert told(installer_phone.delete(f"jobs/{running_job.pk}/assignment/")) == (
            409,
            "wrong_status",
        )

    def test_a_take_that_was_overtaken_by_its_own_twin_is_answered_alike(
        self, assigned_job, installer, installer_phone, monkeypatch
    ):
        take = Job.take

        def twice(job, *, by):
            take(Job.objects.get(pk=job.pk), by=by)
            take(job, by=by)

        monkeypatch.setattr(Job, "take", twice)
        taken = installer_phone.post(f"jobs/{assigned_job.pk}/assignment/", key=None)
        assert (taken.status_code, taken.json()["assignee"]["id"]) == (200, installer.pk)

    def test_a_reserved_job_is_another_ones_but_an_admins_too(
        self, assigned_job, colleague, company_admin, installer_phone, company_admin_phone
    ):
        assigned_job.reserve(colleague, by=company_admin)
        assert told(installer_phone.post(f"jobs/{assigned_job.pk}/assignment/")) == (
            409,
            "reserved",
        )
        assert company_admin_phone.post(f"jobs/{assigned_job.pk}/assignment/").status_code == 200

    def test_a_colleague_frees_the_job_of_somebody_who_is_away(self, running_job, colleague_phone):
        freed = colleague_phone.delete(f"jobs/{running_job.pk}/assignment/")
        assert (freed.json()["status"], freed.json()["assignee"]) == ("ASSIGNED", None)

    def test_without_the_newest_agreement_nothing_new_is_taken(
        self, assigned_job, company, installer_phone
    ):
        from datetime import timedelta

        from django.utils import timezone

        from tests.factories.accounts import AgreementFactory

        AgreementFactory(version=2, published_at=timezone.now() - timedelta(days=15))
        assert told(installer_phone.post(f"jobs/{assigned_job.pk}/assignment/")) == (
            409,
            "agreement_required",
        )

    def test_a_vehicle_that_somebody_uses_is_not_taken_twice(
        self, linked_job, partnership, manager, colleague_phone
    ):
        other = JobFactory(
            by=manager,
            fleet=linked_job.fleet,
            kind="MAINTENANCE",
            task="INSPECTION",
            vehicle=linked_job.vehicle,
        )
        other.assign(partnership.company, by=manager)
        assert told(colleague_phone.post(f"jobs/{other.pk}/assignment/")) == (409, "vehicle_in_use")


class TestUnit:
    def link(self, phone, job, qnr):
        return phone.put(f"jobs/{job.pk}/unit/", {"qnr": qnr})

    def test_naming_is_not_owning(self, running_job, fleet, other_fleet, installer_phone):
        mounted, foreign = VehicleFactory(fleet=fleet).unit, UnitFactory(fleet=other_fleet)
        answers = [
            self.link(installer_phone, running_job, qnr).json()
            for qnr in (mounted.pk, foreign.pk, "FFFFFFFFFFFFFFFF", "x")
        ]
        assert {answer["code"] for answer in answers} == {"unit_not_available"}
        assert len({answer["detail"] for answer in answers}) == 1

    def test_a_qnr_is_read_as_people_write_it(self, running_job, fleet, installer_phone):
        UnitFactory(fleet=fleet, qnr="00AB00000000CD12")
        assert self.link(installer_phone, running_job, " 00ab-0000-0000-cd12 ").json()["unit"] == {
            "qnr": "00AB00000000CD12"
        }

    def test_another_unit_than_the_planned_one(
        self, fleet, partnership, manager, installer, installer_phone
    ):
        planned, other = UnitFactory.create_batch(2, fleet=fleet)
        job = JobFactory(by=manager, fleet=fleet, planned_unit=planned)
        job.assign(partnership.company, by=manager)
        job.take(by=installer)
        refused = self.link(installer_phone, job, other.pk)
        assert told(refused) == (409, "other_unit_planned")
        assert refused.json()["planned_unit"] == {"qnr": planned.pk}
        assert planned.pk in refused.json()["detail"]
        assert self.link(installer_phone, job, planned.pk).status_code == 200

    def test_with_override_another_unit_than_the_planned_one_is_linked(
        self, fleet, partnership, manager, installer, installer_phone
    ):
        planned, other = UnitFactory.create_batch(2, fleet=fleet)
        type(partnership).objects.filter(pk=partnership.pk).update(allow_override=True)
        job = JobFactory(by=manager, fleet=fleet, planned_unit=planned)
        job.assign(partnership.company, by=manager)
        job.take(by=installer)

        linked = self.link(installer_phone, job, other.pk)

        assert linked.status_code == 200
        assert (linked.json()["planned_unit"], linked.json()["unit"]) == (
            {"qnr": planned.pk},
            {"qnr": other.pk},
        )

    def test_a_unit_that_another_job_reserves_is_not_available(
        self, running_job, manager, fleet, installer_phone
    ):
        reserved = UnitFactory(fleet=fleet)
        JobFactory(by=manager, fleet=fleet, planned_unit=reserved)

        refused = self.link(installer_phone, running_job, reserved.pk)

        assert told(refused) == (409, "unit_not_available")
        assert "planned_unit" not in refused.json()

    def test_no_unit_while_the_access_is_stopped(self, running_job, unit, manager, installer_phone):
        running_job.stop_access(by=manager)
        assert told(self.link(installer_phone, running_job, unit.pk)) == (409, "access_stopped")

    def test_a_vin_that_another_vehicle_has(self, running_job, fleet, unit, installer_phone):
        installer_phone.patch(f"jobs/{running_job.pk}/fields/", {"vin": VIN})
        VehicleFactory(fleet=fleet, vin=VIN)
        assert told(self.link(installer_phone, running_job, unit.pk)) == (409, "vin_in_fleet")


class TestFields:
    def fill(self, phone, job, values, **headers):
        return phone.patch(f"jobs/{job.pk}/fields/", values, **headers)

    def test_open_fields_are_filled_and_opened_again(self, running_job, installer_phone):
        filled = self.fill(
            installer_phone,
            running_job,
            {"vin": VIN.lower(), "tracking": False, "year_of_production": 2024},
        )
        assert [value_of(filled, name) for name in ("vin", "tracking", "year_of_production")] == [
            VIN,
            False,
            2024,
        ]
        opened = self.fill(
            installer_phone,
            running_job,
            {"vin": None, "tracking": None, "year_of_production": None},
        )
        assert [value_of(opened, name) for name in ("vin", "tracking", "year_of_production")] == [
            None,
            None,
            None,
        ]

    def test_what_the_client_decided_is_locked(self, running_job, installer_phone):
        refused = self.fill(
            installer_phone, running_job, {"custom_name": "Red Two", "brand": "Audi"}
        )
        assert told(refused) == (409, "field_locked")
        assert refused.json()["fields"] == ["custom_name"]
        assert Job.objects.get(pk=running_job.pk).brand == ""

    def test_a_locked_field_is_named_as_it_was_sent(self, running_job, installer_phone):
        other = VehicleModelFactory()
        refused = self.fill(installer_phone, running_job, {"vehicle_model_id": other.pk})
        assert (told(refused), refused.json()["fields"]) == (
            (409, "field_locked"),
            ["vehicle_model_id"],
        )

    def test_with_override_also_what_the_client_decided(
        self, pending_job, partnership, manager, installer, installer_phone
    ):
        partnership.allow_override = True
        partnership.save()
        pending_job.assign(partnership.company, by=manager)
        pending_job.take(by=installer)
        assert (
            value_of(
                self.fill(installer_phone, pending_job, {"custom_name": "Red Two"}), "custom_name"
            )
            == "Red Two"
        )

    def test_only_what_was_read_last_is_overwritten(self, running_job, installer_phone):
        read = installer_phone.get(f"jobs/{running_job.pk}/")
        assert read["ETag"].startswith(f'W/"{read.json()["version"]}.')
        first = self.fill(
            installer_phone, running_job, {"brand": "Audi"}, **{"If-Match": read["ETag"]}
        )
        assert first.status_code == 200
        stale = self.fill(
            installer_phone, running_job, {"brand": "Seat"}, **{"If-Match": read["ETag"]}
        )
        assert told(stale) == (412, "stale")
        assert (
            self.fill(
                installer_phone, running_job, {"brand": "Seat"}, **{"If-Match": first["ETag"]}
            ).status_code
            == 200
        )

    @pytest.mark.parametrize("tag", ["nonsense", '"0"', "99999999999999999999"])
    def test_a_tag_that_we_never_gave_matches_nothing(self, tag, running_job, installer_phone):
        assert told(
            self.fill(installer_phone, running_job, {"brand": "Audi"}, **{"If-Match": tag})
        ) == (412, "stale")

    def test_any_version_will_do_when_it_is_said(self, running_job, installer_phone):
        assert (
            self.fill(
                installer_phone, running_job, {"brand": "Audi"}, **{"If-Match": "*"}
            ).status_code
            == 200
        )

    def test_every_error_is_said_at_once(self, running_job, installer_phone):
        refused = self.fill(
            installer_phone,
            running_job,
            {"vin": "x" * 33, "tracking": "yes", "year_of_production": "2024",
            "fuel_type": "WATER", "status": "DONE", "brand": 7,
             "vehicle_model_id": "01ARZ3NDEKTSV4RRFFQ69G5FAV"},
        )  # fmt: skip
        assert told(refused) == (400, "invalid")
        assert set(refused.json()["errors"]) == {
            "vin", "tracking", "year_of_production", "fuel_type", "status", "brand", "vehicle_model_id",
        }  # fmt: skip

    def test_what_the_model_does_not_support_stands_at_its_field(
        self, fleet, partnership, manager, installer, installer_phone
    ):
        job = JobFactory(
            by=manager,
            fleet=fleet,
            vehicle_model=VehicleModelFactory(installation_variants=["OBD"], features=[]),
        )
        job.assign(partnership.company, by=manager)
        job.take(by=installer)
        refused = self.fill(
            installer_phone, job, {"installation_variant": "WIRED", "tracking": True}
        )
        assert set(refused.json()["errors"]) == {"installation_variant", "tracking"}

    @pytest.mark.parametrize("vin", ["SHORT", "IIIIIIIIIIIIIIIII"])
    def test_a_vin_is_seventeen_characters_without_i_o_q(self, vin, running_job, installer_phone):
        assert set(self.fill(installer_phone, running_job, {"vin": vin}).json()["errors"]) == {
            "vin"
        }

    def test_a_vin_that_another_vehicle_of_the_fleet_has(self, running_job, fleet, installer_phone):
        VehicleFactory(fleet=fleet, vin=VIN)
        assert told(self.fill(installer_phone, running_job, {"vin": VIN})) == (409, "vin_in_fleet")


class TestAccess:
    def test_renewing_is_one_tap(self, linked_job, installer_phone):
        renewed = installer_phone.post(f"jobs/{linked_job.pk}/access/", key=None)
        assert (renewed.status_code, renewed.json()["access"]["open"]) == (200, True)

    def test_not_without_a_vehicle(self, running_job, installer_phone):
        assert told(installer_phone.post(f"jobs/{running_job.pk}/access/")) == (409, "no_vehicle")

    def test_not_while_the_manager_has_stopped_it(self, linked_job, manager, installer_phone):
        linked_job.stop_access(by=manager)
        assert told(installer_phone.post(f"jobs/{linked_job.pk}/access/")) == (
            409,
            "access_stopped",
        )


class TestOutcome:
    def finish(self, phone, job, **body):
        return phone.post(f"jobs/{job.pk}/outcome/", body, key=None)

    def test_success_names_all_that_is_missing(self, running_job, installer_phone):
        refused = self.finish(installer_phone, running_job, outcome="SUCCEEDED")
        assert told(refused) == (409, "incomplete")
        assert {"unit", "configuration"} <= set(refused.json()["missing"])

    def test_a_proven_job_succeeds(self, proven_job, installer_phone):
        assert (
            self.finish(
                installer_phone, proven_job, outcome="SUCCEEDED", comment="All fine."
            ).json()["status"]
            == "SUCCEEDED"
        )

    def test_a_failure_has_a_comment_and_a_reason(self, running_job, installer_phone):
        refused = self.finish(installer_phone, running_job, outcome="FAILED", reason="RAIN")
        assert set(refused.json()["errors"]) == {"reason"}
        assert set(
            self.finish(installer_phone, running_job, outcome="FAILED").json()["errors"]
        ) == {"comment"}
        failed = self.finish(
            installer_phone,
            running_job,
            outcome="FAILED",
            comment="No car.",
            reason="VEHICLE_ABSENT",
        )
        assert (failed.json()["status"], failed.json()["comment"]) == ("FAILED", "No car.")

    def test_the_same_outcome_again_is_answered_alike_and_another_one_refused(
        self, running_job, installer_phone, colleague_phone
    ):
        same = {"outcome": "FAILED", "comment": "No car.", "reason": "VEHICLE_ABSENT"}
        answers = [self.finish(installer_phone, running_job, **same) for _twice in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].json() == answers[1].json()
        for other in (
            {**same, "comment": "Rain."},
            {**same, "reason": "OTHER"},
            {"outcome": "FAILED", "comment": "No car."},
            {"outcome": "SUCCEEDED", "comment": "No car."},
            {**same, "outcome": "DONE"},
        ):
            assert told(self.finish(installer_phone, running_job, **other)) == (409, "wrong_status")
        assert told(self.finish(colleague_phone, running_job, **same)) == (409, "wrong_status")
        assert running_job.events.filter(verb="fail").count() == 1

    def test_a_failure_without_a_reason_repeats_too(self, running_job, installer_phone):
        for _twice in range(2):
            assert (
                self.finish(
                    installer_phone, running_job, outcome="FAILED", comment="No car."
                ).status_code
                == 200
            )

    def test_a_success_has_no_reason(self, running_job, installer_phone):
        refused = self.finish(installer_phone, running_job, outcome="SUCCEEDED", reason="OTHER")
        assert set(refused.json()["errors"]) == {"reason"}

    def test_a_command_on_its_way_holds_the_end_back_for_a_moment(
        self, configured_job, installer, installer_phone
    ):
        command = configured_job.access.current().command("lock-central-lock", by=installer)
        command.key.deliver()
        assert command._hand_over()
        refused = self.finish(installer_phone, configured_job, outcome="FAILED", comment="No car.")
        assert told(refused) == (409, "command_in_flight")
        assert int(refused["Retry-After"]) >= 1
