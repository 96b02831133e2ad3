"""What AppDrive's managers have saved: two templates, two presets."""

from demo.world.people import Cast
from jobs.models import ConfigurationPreset, JobTemplate
from telematics.models import VehicleModel

EVERY_FEATURE = dict.fromkeys(ConfigurationPreset.FEATURES, True)


def furnish(cast: Cast) -> None:
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
