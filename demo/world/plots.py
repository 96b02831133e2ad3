"""How jobs of the demo world went. Each plot is one of them, from its creation to its state today."""

from datetime import timedelta
from typing import Any

from core.context import acting
from demo.world import words
from demo.world.chronicle import Chronicle, Kind
from demo.world.proof import Proof
from jobs.models import Job
from telematics.simulator.wiring import Fault

Reason = Job.FailureReason
Task = Job.Task
# What a repeated attempt showed to be only a loose end.
SLIPS = (
    Fault.LOOSE_CONNECTOR,
    Fault.NO_ANTENNA,
    Fault.LOCK_MISWIRED,
    Fault.IMMOBILIZER_MISWIRED,
    Fault.FOB_LOOSE,
)
UNFINISHED = (
    Reason.PARTS_MISSING,
    Reason.WRONG_JOB_DATA,
    Reason.MODEL_UNSUPPORTED,
    Reason.ASKED_BY_CLIENT,
)
WORK = (Task.INSPECTION, Task.SERVICE, Task.REPAIR)


# --- installation -----------------------------------------------------------------------------------------------------
def pending(c: Chronicle) -> None:
    """Some with everything, some planned with a unit, some changed since."""
    unit = {"planned_unit": c.shelf.to_plan()} if c.place % 6 == 4 else {}
    c.write_installation(much=c.place % 2 == 0, **unit)
    if c.place % 3 == 1:
        c.later(hours=(1, 5)).do(
            "edit", by=c.writer, contact=words.CONTACTS[0], transmission="AUTOMATIC"
        )


def pending_again(c: Chronicle) -> None:
    """Another try for the car of a job that failed."""
    c.stage.diary.step(c.at)
    with acting(channel="fleetcontrol"):
        c.job = c.stage.failed[-1].create_again(by=c.writer)


def handed_back(c: Chronicle) -> None:
    c.write_installation(much=True)
    c.later(hours=(2, 5)).assign()
    c.later(hours=(3, 6)).do(
        "request_handback", by=c.writer, reason="The car is sold, please give the job back."
    )
    c.later(hours=(1, 4)).do("hand_back", by=c.crew.office, reason="As you asked.")


def assigned(c: Chronicle) -> None:
    """The first and the last ones leave the unit to the installer; in between some are planned, kept or asked back.

    The first one is also the one that is due first, so that it is the first of every list.
    """
    more: dict[str, Any] = {}
    if c.place in (8, 13):
        more["planned_unit"] = c.shelf.to_plan()
    if c.place == 0:
        more["planned_service_date"] = (c.at + timedelta(days=3)).date()
    c.write_installation(much=4 <= c.place < c.of - 4 and c.place % 2 == 0, **more)
    c.later(hours=(1, 20)).assign()
    if c.place == 6:
        c.later(hours=(1, 3)).do("reserve", c.crew.installers[0], by=c.crew.office)
    if c.place == 10:
        c.later(hours=(2, 4)).do(
            "request_handback", by=c.writer, reason="We want to plan another day."
        )


def write_and_assign(c: Chronicle, **fields: Any) -> None:
    c.write_installation(much=c.place % 3 == 0, **fields)
    c.later(hours=(3, 30)).assign()


def running_fresh(c: Chronicle) -> None:
    write_and_assign(c)
    c.today(minutes=(15, 70)).take()


def running_in_tests(c: Chronicle) -> None:
    """One test has failed and waits to be repeated."""
    write_and_assign(c)
    c.today(minutes=(70, 90)).take()
    c.later(minutes=(3, 6)).mount()
    c.later(minutes=(2, 4)).fill_in()
    proof = Proof(c, fault=Fault.NO_ANTENNA)
    c.later(minutes=(5, 9))
    proof.run()
    proof.keep()


def running_idle(c: Chronicle) -> None:
    """Left lying: the lease is over."""
    write_and_assign(c)
    c.later(days=(1, 2)).take()
    c.later(minutes=(3, 9)).mount()
    c.later(minutes=(2, 8)).fill_in()


def installed(c: Chronicle) -> None:
    write_and_assign(c)
    c.later(days=(2, 6)).take()
    if c.place % 5 == 3 and len(c.crew.installers) > 1:
        c.later(hours=(1, 2)).do("withdraw", by=c.crew.office, reason="Off sick.")
        c.place += 1
        c.later(hours=(1, 3)).take()
    c.later(minutes=(4, 15)).mount()
    c.later(minutes=(2, 9)).fill_in()
    prove_and_succeed(c, fault=SLIPS[c.place % len(SLIPS)] if c.place % 2 else "")


def reconfigured(c: Chronicle) -> None:
    """Another setup for a unit that is mounted already."""
    vehicle = c.stage.vehicle_of(c.fleet, c.at)
    assert vehicle.vehicle_model, "every vehicle of the demo world has one"
    wanted: dict[str, Any] = {}
    for name in vehicle.vehicle_model.features:
        wanted[name] = c.dice.random() < 0.7
    c.write(
        vehicle=vehicle,
        vehicle_model=vehicle.vehicle_model,
        custom_name=vehicle.custom_name,
        **wanted,
    )
    c.later(hours=(2, 20)).assign()
    c.later(days=(1, 4)).take()
    prove_and_succeed(c)


def prove_and_succeed(c: Chronicle, fault: str = "") -> None:
    c.later(minutes=(2, 5))
    proof = Proof(c, fault)
    if failed := proof.run():
        c.later(minutes=(6, 20))
        proof.mended().run(failed)
    proof.keep()
    if c.place == 0:
        c.photograph("SERIAL", "MOUNTING", "DASHBOARD")
    c.later(minutes=(2, 10)).succeed(c.dice.choice(words.DONE))


def failed_absent(c: Chronicle) -> None:
    write_and_assign(c)
    c.later(days=(2, 5)).take()
    c.later(hours=(1, 2)).fail(Reason.VEHICLE_ABSENT)


def failed_in_tests(c: Chronicle) -> None:
    """What was mounted is undone."""
    write_and_assign(c)
    c.later(days=(2, 6)).take()
    c.later(minutes=(4, 15)).mount()
    c.later(minutes=(2, 9)).fill_in()
    fault, reason = (
        (Fault.LOOSE_CONNECTOR, Reason.UNIT_DEFECT),
        (Fault.NO_COVERAGE, Reason.NO_COVERAGE),
        (Fault.LOCK_MISWIRED, Reason.TEST_FAILED),
    )[c.place % 3]
    c.later(minutes=(2, 5))
    proof = Proof(c, fault)
    if failed := proof.run():
        c.later(minutes=(9, 25))
        proof.run(failed)
    c.later(minutes=(5, 15)).fail(reason)


def failed_otherwise(c: Chronicle) -> None:
    write_and_assign(c)
    c.later(days=(1, 4)).take()
    c.later(minutes=(20, 90)).fail(UNFINISHED[c.place % len(UNFINISHED)])


# --- maintenance ------------------------------------------------------------------------------------------------------
def service_pending(c: Chronicle) -> None:
    c.write_for_vehicle(Kind.MAINTENANCE, task=(*WORK, Task.REMOVE_UNIT)[c.place % 4])


def service_assigned(c: Chronicle) -> None:
    service_pending(c)
    c.later(hours=(1, 20)).assign()


def service_running(c: Chronicle) -> None:
    c.write_for_vehicle(Kind.MAINTENANCE, task=WORK[c.place % 3])
    assert c.job.vehicle_id
    c.stage.busy.add(c.job.vehicle_id)
    c.later(hours=(2, 20)).assign()
    c.today(minutes=(20, 90)).take()


def serviced(c: Chronicle) -> None:
    c.write_for_vehicle(Kind.MAINTENANCE, task=WORK[c.place % 3])
    c.later(hours=(2, 20)).assign()
    c.later(days=(1, 5)).take()
    c.later(minutes=(20, 90))
    Proof(c).run()
    c.later(minutes=(5, 20)).succeed(c.dice.choice(words.DONE))


def unit_replaced(c: Chronicle) -> None:
    """The old unit goes back to stock."""
    c.write_for_vehicle(Kind.MAINTENANCE, task=Task.REPLACE_UNIT)
    vehicle = c.job.vehicle
    assert vehicle
    old = vehicle.unit
    assert old, "written for a vehicle with a unit"
    c.later(hours=(2, 20)).assign()
    c.later(days=(1, 3)).take()
    c.later(minutes=(20, 40)).mount()
    c.shelf.give_back(old)
    prove_and_succeed(c)


def service_failed(c: Chronicle) -> None:
    c.write_for_vehicle(Kind.MAINTENANCE, task=WORK[c.place % 3])
    c.later(hours=(2, 20)).assign()
    c.later(days=(1, 4)).take()
    c.later(minutes=(20, 90)).fail(
        (Reason.VEHICLE_ABSENT, Reason.PARTS_MISSING, Reason.ASKED_BY_CLIENT)[c.place % 3]
    )
