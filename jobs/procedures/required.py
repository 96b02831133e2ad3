"""Which tests a job has to pass."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from jobs.procedures.kinds import KINDS, TestKind

ALWAYS = frozenset((TestKind.CONNECTIVITY, TestKind.SUPPLY_VOLTAGE, TestKind.GNSS))
BY_CAPABILITY = {
    TestKind.CENTRAL_LOCK: "central_lock",
    TestKind.IMMOBILIZER: "immobilizer",
    TestKind.IGNITION: "ignition",
    TestKind.ODOMETER: "mileage_in_kilometers",
    TestKind.ENERGY_LEVEL: "state_of_charge_or_fuel_level_in_percent",
    TestKind.KEY_FOB: "key_holder",
}
BY_FEATURE = {
    TestKind.DRIVING_EVENTS: "driving_events",
    TestKind.DAMAGE_DETECTION: "damage_detection",
    TestKind.SMOKE_DETECTION: "smoke_detection",
}


NEEDS = BY_CAPABILITY | BY_FEATURE


def beyond(model, kinds: Iterable[str]) -> list[str]:
    """Those that no car of this model can pass: it lacks what they try."""
    return [kind for kind in kinds if kind in NEEDS and not model.supports(NEEDS[kind])]


def demand_errors(model, kinds: Iterable[str]) -> dict[str, str]:
    """By field name: why these cannot be asked for beside the usual ones. Without a model everything can."""
    lacking = beyond(model, kinds or ()) if model else []
    if not lacking:
        return {}
    tests = ", ".join(str(TestKind(kind).label) for kind in lacking)
    return {"further_tests": _("%(model)s cannot pass: %(tests)s.") % {"model": model.name, "tests": tests}}


def required_kinds(job) -> list[str]:
    """Always, by what the model can do, by feature, and what the manager asked for; in the order in which they run."""
    if job.kind == job.Kind.INSTALLATION or job.task == "REPLACE_UNIT":
        wanted = whole_set(job)
    elif job.current_qnr is not None and job.task != "REMOVE_UNIT":
        wanted = {str(TestKind.CONNECTIVITY)}
    else:
        return []
    wanted |= set(job.further_tests or ())
    return [kind for kind in KINDS if kind in wanted]


def whole_set(job) -> set[str]:
    model, source = job.known_model, job if job.kind == job.Kind.INSTALLATION else job.vehicle
    by_capability = {kind for kind, name in BY_CAPABILITY.items() if model and model.supports(name)}
    by_feature = {kind for kind, name in BY_FEATURE.items() if getattr(source, name, None)}
    return {*ALWAYS, *by_capability, *by_feature}
