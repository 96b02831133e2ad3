"""Why something about a vehicle, its unit or a command is refused."""

from django.utils.translation import gettext_lazy as _

from core.refusals import Refusal, register

# Of `unit_not_available`, to the fleet that owns the unit.
UNIT_RESERVED = _("This unit is reserved by an open job.")
UNIT_NOT_IN_STOCK = _("This unit is not in stock of the fleet.")
# The same where the fleet retires it.
UNIT_IN_VEHICLE = _("This unit is mounted in a vehicle. Take it out first.")
# Why a fleet cannot enter a unit. Where it is instead stays unknown.
UNIT_ENTERED = _("This unit is in the fleet already.")
UNIT_IS_RETIRED = _("This unit of the fleet is retired. Bring it back on its page.")
UNIT_NOT_ENTERED = _("This unit cannot be entered. Ask support.")
# Of `vehicle_in_use`, where the fleet changes the unit.
VEHICLE_HAS_OPEN_JOB = _("An open job is about this vehicle. Its unit changes by that job.")
# Of `vehicle_archived`, where the fleet changes it.
ALREADY_ARCHIVED = _("This vehicle is archived.")
# Of `wrong_status`, where the fleet restores one that it has.
NOT_ARCHIVED = _("This vehicle is not archived.")
# Of `vehicle_in_use`, where the fleet archives the vehicle.
VEHICLE_IS_HELD = _(
    "An assigned or running job is about this vehicle, or somebody has access to it."
)

# The error of a command → the code with which its sender is refused. Other errors are codes themselves.
OF_COMMANDS = {
    "busy": "vehicle_state_conflict",
    "conflict": "vehicle_state_conflict",
    "refused": "vehicle_state_conflict",
    "expired": "unit_unreachable",
    "lapsed": "unit_unreachable",
    "no_answer": "unit_unreachable",
    "timeout": "unit_unreachable",
    "unreachable": "unit_unreachable",
}

register(
    {
        "no_key": Refusal(409, _("There is no key to this vehicle.")),
        "no_unit": Refusal(409, _("No unit is mounted in this vehicle.")),
        "not_supported": Refusal(409, _("This vehicle does not support the command.")),
        "overtaken": Refusal(409, _("Somebody else is using the vehicle now.")),
        "restore_over": Refusal(
            409, _("The vehicle was archived more than 90 days ago and cannot be restored.")
        ),
        "unit_held": Refusal(409, _("A company holds this unit already.")),
        "unit_unreachable": Refusal(504, _("The unit does not answer.")),
        "unit_not_available": Refusal(409, _("This unit is not available.")),
        "unit_not_held": Refusal(409, _("No company holds this unit.")),
        "vehicle_archived": Refusal(409, ALREADY_ARCHIVED),
        "vehicle_state_conflict": Refusal(409, _("The vehicle cannot do this now.")),
        "vehicle_has_unit": Refusal(409, _("Another unit is mounted in this vehicle.")),
        "vehicle_in_use": Refusal(409, _("Somebody else has access to this vehicle.")),
        "vin_in_fleet": Refusal(409, _("Another vehicle of the fleet has this VIN.")),
    },
    members={
        "command_id": {
            "example": "01JDG4M4Q2W8Z3V5T7Y9R1N6KM",
            "type": "string",
            "description": "Where a command was not carried out: its id.",
        },
    },
)
