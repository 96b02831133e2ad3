"""What managers have saved: their places, and AppDrive's roll-out, two templates and two presets."""

from datetime import timedelta

from django.utils import timezone

from demo.world import words
from demo.world.people import Cast
from jobs.models import ConfigurationPreset, JobTemplate, RollOut
from telematics.models import Place, VehicleModel

ROLL_OUT_LEFT = timedelta(days=45)
EVERY_FEATURE = dict.fromkeys(ConfigurationPreset.FEATURES, True)


def furnish(cast: Cast) -> None:
    open_places(cast)
    plan_roll_out(cast)
    by = cast["manager@appdrive.example"]
    for name, brand, model, wanted in (
        (
            "Renault Zoe, sharing",
            "Renault",
            "Zoe",
            {
                "transmission": "AUTOMATIC",
                "tracking": True,
                "driving_events": True,
            },
        ),
        (
            "Sprinter, delivery",
            "Mercedes-Benz",
            "Sprinter",
            {"installation_variant": "WIRED", "damage_detection": True},
        ),
    ):
        known = VehicleModel.objects.filter(brand=brand, model=model).first()
        data = (
            {"brand": brand, "model": model, "vehicle_model": known}
            if known
            else {"brand": brand, "model": model}
        )
        JobTemplate.objects.create(
            fleet=cast.berlin,
            name=name,
            created_by=by,
            **data,
            **wanted,
        )
    ConfigurationPreset.objects.create(
        fleet=cast.berlin,
        name="Car sharing",
        **EVERY_FEATURE,
    )
    ConfigurationPreset.objects.create(
        fleet=cast.berlin,
        name="Delivery",
        tracking=True,
        damage_detection=True,
        smoke_detection=False,
    )


def plan_roll_out(cast: Cast) -> None:
    """Of Berlin: what its history has done, and what is still to do."""
    manager = cast["manager@appdrive.example"]
    RollOut.objects.create_by(
        manager,
        fleet=cast.berlin,
        name="CloudBoxx for all of Berlin",
        target_date=timezone.localdate() + ROLL_OUT_LEFT,
        owner=manager,
    )


def open_places(cast: Cast) -> None:
    for fleet in cast.fleets:
        for name, address in words.GARAGES[fleet.name].items():
            Place.objects.create(
                fleet=fleet,
                name=name,
                address=address,
                contact=words.CONTACTS[0],
                opening_hours=words.HOURS,
            )
