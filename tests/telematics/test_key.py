"""Keys: one open per vehicle, ended by a column, learnt and forgotten by the unit afterwards.

The unit's log is judge.
"""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import MoveRefused
from telematics.gateway import GatewayError, get_gateway
from telematics.models import Key
from telematics.simulator.models import SimulatorLog
from telematics.simulator.wiring import Fault
from telematics.tasks import deliver_key, drop_key, name_kind_of_old_keys, sweep_keys
from tests.factories.accounts import UserFactory
from tests.factories.telematics import UnitFactory, VehicleFactory

HOUR = timedelta(hours=1)


def log_of(key):
    return list(
        SimulatorLog.objects.filter(key_id=key.pk).order_by("at").values_list("action", flat=True)
    )


@pytest.fixture
def vehicle(db):
    return VehicleFactory()


@pytest.fixture
def key(vehicle):
    return Key.open(vehicle, UserFactory(), Now() + HOUR)


def test_a_second_key_is_refused_while_one_is_open(vehicle, key):
    with pytest.raises(MoveRefused) as refused:
        Key.open(vehicle, UserFactory(), Now() + HOUR)
    assert refused.value.code == "vehicle_in_use"


def test_whoever_opens_a_key_ends_an_expired_one(vehicle, key):
    Key.objects.filter(pk=key.pk).update(ends_at=timezone.now() - HOUR)
    Key.open(vehicle, UserFactory(), Now() + HOUR)
    key.refresh_from_db()
    assert key.ended_at is not None


@pytest.mark.parametrize("kind", [Key.Kind.STAFF, Key.Kind.CLIENT, Key.Kind.SYSTEM])
def test_a_key_of_another_kind_is_open_beside_a_persons(vehicle, key, kind):
    assert Key.open(vehicle, None, Now() + HOUR, kind=kind).is_live()
    assert key.is_live()


def test_a_unit_that_leaves_its_vehicle_takes_every_key_but_the_systems_own(vehicle, key):
    staff, system = (
        Key.open(vehicle, None, Now() + HOUR, kind=kind)
        for kind in (Key.Kind.STAFF, Key.Kind.SYSTEM)
    )
    vehicle.unmount()
    assert not key.is_live()
    assert not staff.is_live()
    assert system.is_live()


def test_an_open_key_reaches_the_unit_once(key, django_capture_on_commit_callbacks):
    deliver_key(key.pk)
    deliver_key(key.pk)
    key.refresh_from_db()
    assert key.added_at is not None
    assert log_of(key) == ["add-key"]


def test_an_ended_key_is_dropped_at_the_unit_once_and_stamped(key):
    deliver_key(key.pk)
    assert key.end()
    assert not key.end()
    drop_key(key.pk)
    drop_key(key.pk)
    key.refresh_from_db()
    assert key.dropped_at >= key.ended_at
    assert log_of(key) == ["add-key", "drop-key"]


def test_a_live_key_is_not_dropped(key):
    drop_key(key.pk)
    key.refresh_from_db()
    assert key.dropped_at is None


def test_a_delivery_that_comes_after_the_drop_opens_nothing(bench):
    bench.key.end()
    bench.key.drop()
    get_gateway().add_key(bench.qnr, bench.key.pk, timezone.now() + HOUR)
    with pytest.raises(GatewayError) as refused:
        get_gateway().execute(
            bench.qnr, "unlock-central-lock", key_id=bench.key.pk, expires_at=timezone.now() + HOUR
        )
    assert refused.value.code == "no_key"


def test_extending_moves_only_forward_and_only_while_live(key):
    until = key.ends_at
    assert key.extend(timezone.now())
    assert key.ends_at == until
    assert key.extend(Now() + 2 * HOUR)
    assert key.ends_at > until
    key.end()
    assert not key.extend(Now() + 3 * HOUR)


def test_the_unit_is_told_of_a_later_end_only_when_its_own_copy_runs_out_soon(key):
    key.extend(Now() + 3 * HOUR)
    deliver_key(key.pk)
    key.extend(Now() + 8 * HOUR)
    deliver_key(key.pk)
    assert log_of(key) == ["add-key"]
    Key.objects.filter(pk=key.pk).update(delivered_until=timezone.now() + HOUR / 2)
    deliver_key(key.pk)
    assert log_of(key) == ["add-key", "add-key"]


def test_what_a_silent_unit_did_not_hear_is_tried_again_later_and_ever_more_rarely(bench):
    bench.break_it(Fault.NO_POWER)
    bench.key.end()
    waits = []
    for _try in range(6):
        drop_key(bench.key.pk)
        bench.key.refresh_from_db()
        waits.append(round((bench.key.due_at - timezone.now()).total_seconds()))
    assert bench.key.dropped_at is None
    assert waits == [30, 60, 120, 240, 300, 300]


def test_the_sweep_drops_what_was_not_announced(key, monkeypatch):
    """As if the worker had died between the end of the access and the task."""
    done = []
    monkeypatch.setattr("core.tasks.nudge_now", lambda task, pk, **_: done.append((task.name, pk)))
    key.end()
    Key.objects.filter(pk=key.pk).update(due_at=timezone.now() - HOUR)
    sweep_keys()
    sweep_keys()
    assert done == [("telematics.tasks.drop_key", key.pk)]


def test_the_sweep_delivers_what_was_not_announced(key, monkeypatch):
    done = []
    monkeypatch.setattr("core.tasks.nudge_now", lambda task, pk, **_: done.append((task.name, pk)))
    Key.objects.filter(pk=key.pk).update(due_at=timezone.now() - HOUR)
    sweep_keys()
    assert done == [("telematics.tasks.deliver_key", key.pk)]


def test_a_key_opened_before_the_unit_was_mounted_moves_in_with_it(db):
    vehicle = VehicleFactory(unit=None)
    key = Key.open(vehicle, UserFactory(), Now() + HOUR)
    unit = UnitFactory(fleet=vehicle.fleet)
    vehicle.mount(unit)
    deliver_key(key.pk)
    assert SimulatorLog.objects.get(key_id=key.pk).unit_id == unit.pk


def test_unmounting_ends_the_key_and_the_unit_that_knew_it_forgets_it(vehicle, key):
    deliver_key(key.pk)
    unit = vehicle.unmount()
    key.refresh_from_db()
    assert key.ended_at is not None
    drop_key(key.pk)
    assert SimulatorLog.objects.get(key_id=key.pk, action="drop-key").unit_id == unit.pk


def test_a_key_without_a_unit_needs_no_visit_to_be_dropped(db):
    key = Key.open(VehicleFactory(unit=None), UserFactory(), Now() + HOUR)
    key.end()
    drop_key(key.pk)
    key.refresh_from_db()
    assert key.dropped_at is not None


# --- keys from before they had a kind ---------------------------------------------------------------------------------


def test_old_keys_get_their_kind_a_batch_at_a_time(
    vehicle, key, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr("telematics.tasks.BATCH", 2)
    old = [Key.open(vehicle, None, Now() + HOUR, kind=Key.Kind.SYSTEM) for _ in range(3)]
    Key.objects.filter(pk__in=[one.pk for one in old]).end_all()
    Key.objects.filter(pk__in=[one.pk for one in old]).update(kind=Key.Kind.PERSON)

    name_kind_of_old_keys()
    assert Key.objects.of_unnamed_kind().count() == 1
    name_kind_of_old_keys()
    assert set(Key.objects.values_list("pk", "kind")) == {(one.pk, "SYSTEM") for one in old} | {
        (key.pk, "PERSON")
    }
