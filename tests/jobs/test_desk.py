"""Before an installer begins: writing, copying, reserving, asking back."""

import pytest
from django.core.exceptions import ValidationError

from core.errors import MoveRefused, NotAllowed
from jobs.models import Job
from tests.factories.accounts import PartnershipFactory
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory, VehicleFactory, VehicleModelFactory

pytestmark = pytest.mark.django_db


def refusal(act) -> str:
    with pytest.raises((MoveRefused, NotAllowed)) as refused:
        act()
    return refused.value.code


def test_an_edit_changes_what_it_names_and_says_so_in_the_history(pending_job, manager):
    pending_job.edit(by=manager, location="Bay 7", custom_name="Red One")

    event = pending_job.events.get(verb="edit")
    assert event.data["changed"]["custom_name"] == {"from": "Blue One", "to": "Red One"}
    assert (pending_job.search, pending_job.fields_version) == ("||REDONE", 2)


def test_an_edit_that_changes_nothing_is_no_event(pending_job, manager):
    pending_job.edit(by=manager, custom_name="Blue One")

    assert list(pending_job.events.values_list("verb", flat=True)) == ["create"]


def test_all_errors_of_an_edit_come_at_once(pending_job, manager):
    with pytest.raises(ValidationError) as raised:
        pending_job.edit(
            by=manager, fuel_type="STEAM", year_of_production=1900, license_plate="X" * 21
        )

    assert set(raised.value.message_dict) == {"fuel_type", "year_of_production", "license_plate"}


@pytest.mark.parametrize("who", ["viewer", "outside_manager", "company_admin", "operator"])
def test_only_the_writers_of_the_fleet_write_its_jobs(pending_job, partnership, request, who):
    stranger = request.getfixturevalue(who)

    assert refusal(lambda: pending_job.edit(by=stranger, location="Bay 7")) == "not_allowed"
    assert refusal(lambda: pending_job.assign(partnership.company, by=stranger)) == "not_allowed"
    assert refusal(lambda: pending_job.delete_by(by=stranger)) == "not_allowed"
    assert (
        refusal(lambda: Job.objects.create_by(stranger, fleet=pending_job.fleet)) == "not_allowed"
    )


def test_a_deleted_job_is_kept_and_shown_to_nobody(pending_job, manager):
    pending_job.delete_by(by=manager)

    assert not Job.objects.visible_to(manager).exists()
    assert list(pending_job.events.order_by("seq").values_list("verb", flat=True)) == [
        "create",
        "delete",
    ]


@pytest.mark.parametrize("status", ["PENDING", "DECLINED"])
def test_only_an_accepted_partner_gets_jobs(pending_job, manager, company, status):
    PartnershipFactory(fleet=pending_job.fleet, company=company, status=status)

    assert refusal(lambda: pending_job.assign(company, by=manager)) == "not_a_partner"


def test_a_partner_of_another_fleet_gets_no_jobs(pending_job, manager, company, second_fleet):
    PartnershipFactory(fleet=second_fleet, company=company)

    assert refusal(lambda: pending_job.assign(company, by=manager)) == "not_a_partner"


def test_a_copy_has_neither_identity_nor_unit_nor_result(configured_job, installer):
    configured_job.fail(by=installer, comment="No")

    copied = configured_job.copies.duplicate()

    assert copied["vehicle_model"] == configured_job.vehicle_model_id
    left_out = {"vin", "license_plate", "custom_name", "vehicle", "unit", "planned_unit", "comment"}
    assert not copied.keys() & {*left_out, "planned_service_date", "status", "company"}


def test_a_failed_job_is_created_again_for_its_vehicle(configured_job, installer, manager):
    assert refusal(lambda: configured_job.create_again(by=manager)) == "wrong_status"
    configured_job.fill_in(by=installer, license_plate="B QX 2041")
    configured_job.fail(by=installer, comment="No")

    again = configured_job.create_again(by=manager)

    assert (again.again_of, again.custom_name, again.license_plate) == (
        configured_job,
        "Blue One",
        "B QX 2041",
    )


def test_a_unit_is_planned_by_one_open_job(pending_job, manager, unit, fleet):
    pending_job.edit(by=manager, planned_unit=unit)

    assert (
        refusal(lambda: JobFactory(by=manager, fleet=fleet, planned_unit=unit))
        == "unit_not_available"
    )
    pending_job.delete_by(by=manager)
    assert JobFactory(by=manager, fleet=fleet, planned_unit=unit).planned_unit == unit


def test_a_planned_unit_is_locked_unless_the_partner_may_override(
    pending_job, manager, unit, fleet, partnership, installer
):
    pending_job.edit(by=manager, planned_unit=unit)
    pending_job.assign(partnership.company, by=manager)
    pending_job.take(by=installer)

    assert (
        refusal(lambda: pending_job.link_unit(UnitFactory(fleet=fleet).pk, by=installer))
        == "other_unit_planned"
    )
    pending_job.link_unit(unit.pk, by=installer)
    assert pending_job.unit == unit


def test_a_planned_unit_fits_the_vehicle_of_its_job(manager, fleet, unit):
    vehicle = VehicleFactory(fleet=fleet)

    with pytest.raises(ValidationError) as refused:
        JobFactory(by=manager, fleet=fleet, vehicle=vehicle, planned_unit=unit)
    assert refused.value.message_dict == {
        "planned_unit": ["The vehicle has another unit, which this job configures."]
    }

    maintenance = {"kind": "MAINTENANCE", "task": "REPLACE_UNIT", "vehicle": vehicle}
    with pytest.raises(ValidationError) as refused:
        JobFactory(by=manager, fleet=fleet, planned_unit=vehicle.unit, **maintenance)
    assert refused.value.message_dict == {"planned_unit": ["This unit is in the vehicle already."]}

    assert (
        JobFactory(by=manager, fleet=fleet, planned_unit=unit, **maintenance).planned_unit == unit
    )


@pytest.mark.parametrize("case", ["foreign", "mounted", "retired", "unknown"])
def test_naming_a_unit_is_not_owning_it(running_job, installer, other_fleet, fleet, case):
    from django.utils import timezone

    from tests.factories.telematics import VehicleFactory

    qnr = {
        "foreign": lambda: UnitFactory(fleet=other_fleet).pk,
        "mounted": lambda: VehicleFactory(fleet=fleet).unit_id,
        "retired": lambda: UnitFactory(fleet=fleet, retired_at=timezone.now()).pk,
        "unknown": lambda: "FFFFFFFFFFFFFFFF",
    }[case]()

    assert refusal(lambda: running_job.link_unit(qnr, by=installer)) == "unit_not_available"


def test_a_vin_of_another_live_vehicle_is_refused(linked_job, installer, fleet):
    from tests.factories.telematics import VehicleFactory

    VehicleFactory(fleet=fleet, vin="VF1RFB00X00000022")

    assert (
        refusal(lambda: linked_job.fill_in(by=installer, vin="VF1RFB00X00000022")) == "vin_in_fleet"
    )


def test_what_the_model_does_not_support_cannot_be_chosen(fleet, manager):
    model = VehicleModelFactory(installation_variants=["OBD"], features=[])

    with pytest.raises(ValidationError) as raised:
        JobFactory(
            by=manager,
            fleet=fleet,
            vehicle_model=model,
            installation_variant="WIRED",
            tracking=True,
        )
    assert set(raised.value.message_dict) == {"installation_variant", "tracking"}


def test_a_reserved_job_is_taken_by_its_installer_or_an_admin(
    assigned_job, installer, colleague, company_admin
):
    assigned_job.reserve(installer, by=company_admin)

    assert refusal(lambda: assigned_job.take(by=colleague)) == "reserved"
    assigned_job.take(by=installer)
    assert assigned_job.assignee == installer


def test_an_admin_takes_a_job_reserved_for_somebody_else(assigned_job, installer, company_admin):
    assigned_job.reserve(installer, by=company_admin)

    assigned_job.take(by=company_admin)

    assert assigned_job.assignee == company_admin


def test_only_the_office_reserves_and_hands_back(assigned_job, installer):
    assert refusal(lambda: assigned_job.reserve(installer, by=installer)) == "not_allowed"
    assert refusal(lambda: assigned_job.hand_back(by=installer, reason="No")) == "not_allowed"


def test_a_request_is_answered_once_by_the_partner(assigned_job, manager, company_admin):
    assigned_job.request_handback(by=manager, reason="Wrong partner")
    assert (
        refusal(lambda: assigned_job.request_handback(by=manager, reason="Again"))
        == "already_requested"
    )

    assigned_job.refuse_handback(by=company_admin, reason="We are on site")

    request = assigned_job.handback_requests.get()
    assert (request.status, request.answer, request.answered_by) == (
        "REFUSED",
        "We are on site",
        company_admin,
    )
    assert assigned_job.status == "ASSIGNED"


def test_handing_back_accepts_the_request(assigned_job, manager, company_admin):
    assigned_job.request_handback(by=manager, reason="Wrong partner")

    assigned_job.hand_back(by=company_admin, reason="As you asked")

    assert (assigned_job.status, assigned_job.handback_requests.get().status) == (
        "PENDING",
        "ACCEPTED",
    )


def test_a_request_is_obsolete_once_the_job_has_ended(assigned_job, manager, installer):
    assigned_job.request_handback(by=manager, reason="Wrong partner")
    assigned_job.take(by=installer)
    assigned_job.fail(by=installer, comment="No")

    assert assigned_job.handback_requests.get().status == "OBSOLETE"


def test_an_operator_withdraws_hands_back_and_stops_but_never_edits(linked_job, operator):
    linked_job.stop_access(by=operator, reason="Asked by the police")
    linked_job.withdraw(by=operator, reason="Asked by the police")
    linked_job.hand_back(by=operator, reason="Asked by the police")

    assert linked_job.status == "PENDING"
    assert refusal(lambda: linked_job.edit(by=operator, location="Bay 1")) == "not_allowed"


def test_a_company_that_has_not_signed_the_agreement_takes_nothing(
    assigned_job, installer, company
):
    company.signatures.all().delete()

    assert refusal(lambda: assigned_job.take(by=installer)) == "agreement_required"
    assert not Job.objects.visible_to(installer).exists()


def test_jobs_are_seen_by_the_fleet_and_from_assignment_on_by_the_partner(
    pending_job, partnership, manager, viewer, installer, outside_manager, outside_installer
):
    def seen_by(person) -> bool:
        return Job.objects.visible_to(person).filter(pk=pending_job.pk).exists()

    assert [seen_by(person) for person in (manager, viewer, installer)] == [True, True, False]
    pending_job.assign(partnership.company, by=manager)
    assert [seen_by(person) for person in (manager, viewer, installer)] == [True, True, True]
    assert [seen_by(person) for person in (outside_manager, outside_installer)] == [False, False]
