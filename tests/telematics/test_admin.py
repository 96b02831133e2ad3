"""The operators' pages: units with their faults are made by form, everything else can be found and not touched."""

import pytest
from django.apps import apps
from django.urls import reverse

from telematics.models import Unit
from telematics.simulator.models import SimulatedUnit
from tests.factories.jobs import JobFactory
from tests.factories.telematics import UnitFactory

SIMULATED = ["simulator_simulatedunit", "simulator_simulatorlog"]
WRITTEN_BY_THE_PRODUCT = [
    "telematics_vehiclestate",
    "telematics_key",
    "telematics_command",
]
MODELS = [
    "telematics_vehiclemodel",
    "telematics_vehicle",
    "telematics_unit",
    *WRITTEN_BY_THE_PRODUCT,
    *SIMULATED,
]
INLINE = {"simulated-TOTAL_FORMS": "1", "simulated-INITIAL_FORMS": "0"}


@pytest.mark.parametrize("name", MODELS)
def test_every_list_opens_and_finds_nothing_by_nonsense(operator_client, bench, name):
    bench.command("lock-central-lock")
    url = reverse(f"admin:{name}_changelist")
    assert operator_client.get(url).context["cl"].result_count
    assert operator_client.get(url, {"q": "no such thing"}).context["cl"].result_count == 0


@pytest.mark.parametrize("name", [name for name in MODELS if name != "telematics_vehiclemodel"])
def test_every_row_about_a_unit_is_found_by_its_qnr(operator_client, bench, name):
    bench.command("lock-central-lock")
    found = operator_client.get(reverse(f"admin:{name}_changelist"), {"q": bench.qnr}).context["cl"]
    assert found.result_count


@pytest.mark.parametrize("name", ["telematics_key", "telematics_command", "simulator_simulatorlog"])
def test_what_was_done_with_a_key_is_found_by_the_key(operator_client, bench, name):
    bench.command("lock-central-lock")
    found = operator_client.get(reverse(f"admin:{name}_changelist"), {"q": bench.key.pk}).context[
        "cl"
    ]
    assert found.result_count


@pytest.mark.parametrize("name", [*WRITTEN_BY_THE_PRODUCT, "simulator_simulatorlog"])
def test_what_the_product_writes_itself_is_shown_and_not_changed(operator_client, bench, name):
    bench.command("lock-central-lock")
    row = apps.get_model(*name.split("_")).objects.first()
    url = reverse(f"admin:{name}_change", args=[row.pk])
    assert operator_client.get(url).status_code == 200
    assert operator_client.post(url, {}).status_code == 403
    assert operator_client.get(reverse(f"admin:{name}_add")).status_code == 403
    assert operator_client.post(reverse(f"admin:{name}_delete", args=[row.pk])).status_code == 403


def test_a_unit_with_a_fault_is_made_by_one_form(operator_client, fleet):
    data = {
        "qnr": "00000000000000AB",
        "fleet": fleet.pk,
        **INLINE,
        "simulated-0-seed": "5",
        "simulated-0-fault": "no_antenna",
        "simulated-0-persistence": "PERSISTENT",
    }
    answer = operator_client.post(reverse("admin:telematics_unit_add"), data)
    assert answer.status_code == 302, answer.context["errors"]
    made = SimulatedUnit.objects.get(pk="00000000000000AB")
    assert (made.fault, made.persistence, made.seed) == ("no_antenna", "PERSISTENT", 5)


def test_a_qnr_that_is_none_is_refused_with_its_reason(operator_client, fleet):
    data = {"qnr": "abc", "fleet": fleet.pk, **INLINE, "simulated-TOTAL_FORMS": "0"}
    answer = operator_client.post(reverse("admin:telematics_unit_add"), data)
    assert "A QNR has 16 characters" in answer.content.decode()
    assert not Unit.objects.exists()


def test_a_fault_set_later_leaves_the_car_as_it_is(operator_client, bench):
    bench.command("lock-central-lock")
    url = reverse("admin:simulator_simulatedunit_change", args=[bench.qnr])
    operator_client.post(url, {"seed": "1", "fault": "busy", "persistence": "PERSISTENT"})
    assert bench.unit.active_fault == "busy"
    assert bench.unit.car["locked"]
    bench.break_it("")
    operator_client.post(
        reverse("admin:telematics_unit_change", args=[bench.qnr]),
        {
            **INLINE,
            "simulated-INITIAL_FORMS": "1",
            "simulated-0-unit": bench.qnr,
            "simulated-0-seed": "1",
            "simulated-0-fault": "slow",
            "simulated-0-persistence": "MENDABLE",
        },
    )
    assert bench.unit.active_fault == "slow"
    assert bench.unit.car["locked"]


def test_only_units_in_stock_are_retired(operator_client, bench, fleet):
    in_stock = UnitFactory(fleet=fleet)
    data = {"action": "retire", "_selected_action": [in_stock.pk, bench.qnr]}
    answer = operator_client.post(reverse("admin:telematics_unit_changelist"), data, follow=True)
    assert list(Unit.objects.filter(retired_at__isnull=False)) == [in_stock]
    said = [str(message) for message in answer.context["messages"]]
    assert said[0] == "Units retired: 1"
    assert (
        said[1]
        == "Not retired, because they are mounted, retired already or wanted by an open job: 1"
    )


def test_a_unit_that_an_open_job_counts_on_keeps_its_fleet(
    operator_client, fleet, other_fleet, manager
):
    planned, spare = UnitFactory(fleet=fleet), UnitFactory(fleet=fleet)
    JobFactory(by=manager, fleet=fleet, planned_unit=planned)
    for unit in (planned, spare):
        data = {"fleet": other_fleet.pk, **INLINE, "simulated-TOTAL_FORMS": "0"}
        operator_client.post(reverse("admin:telematics_unit_change", args=[unit.pk]), data)
        unit.refresh_from_db()
    assert (planned.fleet, spare.fleet) == (fleet, other_fleet)
