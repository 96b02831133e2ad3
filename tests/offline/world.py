"""Whom the cuts meet: `python -m tests.offline.world <jobs>` writes them and prints who they are as JSON."""

import json
import os
import sys
from typing import Any

import django

from tests.offline.photos import KINDS
from tests.torture.world import FAULTS, PASSWORD, build

# What the installer types into the phone, in two portions.
FIRST = {"license_plate": "B QX {number:04}", "vin": "WVWZZZ1KZAW{number:06}"}
SECOND = {"custom_name": "Yellow {number}", "year_of_production": "2021"}


def build_jobs(number: int) -> dict[str, Any]:
    """One installer, and installations of which the vehicle's data is left open."""
    from accounts.models import Company, Fleet, User
    from telematics.models import VehicleModel
    from tests.factories.jobs import JobFactory

    people = build(1)
    desk = people["desks"][0]
    manager = User.objects.get(email=desk["email"])
    fleet = Fleet.objects.get(pk=desk["fleet"])
    company = Company.objects.get(pk=people["crew"][0]["company"])
    complete = ["central_lock", "immobilizer"]
    model = VehicleModel.objects.filter(capabilities__contains=complete).order_by("pk").first()
    sound = [place for place in range(number * 2) if place % 10 not in FAULTS]
    jobs = []
    for count in range(number):
        reference = f"Installation {count + 1}"
        job = JobFactory(
            by=manager,
            fleet=fleet,
            vehicle_model=model,
            custom_name="",
            tracking=True,
            required_photos=list(KINDS),
            external_reference=reference,
        )
        job.assign(company, by=manager)
        jobs.append({"id": job.pk, "qnr": f"7A00{sound[count]:012X}", **typed(count)})
    return {"email": people["crew"][0]["email"], "password": PASSWORD, "jobs": jobs}


def typed(count: int) -> dict[str, dict[str, str]]:
    return {
        "first": {name: text.format(number=count) for name, text in FIRST.items()},
        "second": {name: text.format(number=count) for name, text in SECOND.items()},
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    sys.stdout.write(json.dumps(build_jobs(int(sys.argv[1]))))
