"""REMOVAL: the vehicle works without the unit. A person confirms it; no unit and no gateway is needed."""

from django.utils.translation import gettext_lazy as _

from jobs.procedures.base import Procedure
from jobs.procedures.closing import prompt

REMOVAL = Procedure(
    (
        prompt(_("The vehicle locks with its own key.")),
        prompt(_("The vehicle unlocks with its own key.")),
        prompt(_("The vehicle starts with its own key.")),
    )
)
