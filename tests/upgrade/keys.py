"""Run by test_upgrade.py with `manage.py shell`: what old keys have become, and what is opened beside them."""

import json
import sys
from datetime import timedelta

from django.db.models.functions import Now

from core.errors import MoveRefused
from telematics.models import Key, Unit
from telematics.simulator.models import SimulatedUnit
from telematics.tasks import name_kind_of_old_keys
from tests.factories.accounts import UserFactory

HOUR = timedelta(hours=1)
old = Key.objects.filter(opened_at__year=2020).order_by("pk")
vehicle = old[0].vehicle


def kinds() -> list[str]:
    return list(old.values_list("kind", flat=True))


def refusal_of_a_second_person() -> str:
    try:
        Key.open(vehicle, UserFactory(), Now() + HOUR)
    except MoveRefused as refused:
        return refused.code
    return ""


def try_keys() -> None:
    found = {"migrated": kinds(), "refused": refusal_of_a_second_person()}
    Key.open(vehicle, None, Now() + HOUR, kind=Key.Kind.SYSTEM)
    name_kind_of_old_keys()
    found["named"] = kinds()
    new = Unit.objects.create(qnr="0" * 16, fleet=vehicle.fleet)
    found["simulated"] = SimulatedUnit.objects.create(unit=new).pk
    sys.stdout.write(f"{json.dumps(found)}\n")


try_keys()
