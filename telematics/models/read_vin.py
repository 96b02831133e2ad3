"""The VIN that the unit reads on the vehicle's bus, next to the one that is known."""

from typing import NamedTuple, Self

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce

from telematics.models.vehicle_model import VehicleModel
from telematics.values import VIN
from telematics.vocabulary import READ_VIN


def sent_vin(vehicle: str = "") -> Case:
    """Annotate vehicles with the VIN as their unit sent it; "" where this unit has sent none.

    `vehicle` is the path to the vehicle, `vehicle__` of a job.
    """
    signal = KeyTransform(READ_VIN, f"{vehicle}state__signals")
    sent = Coalesce(KeyTextTransform("value", signal), Value(""))
    heard_since = Q(**{f"{vehicle}state__received_at__gte": F(f"{vehicle}unit_attached_at")})
    # Units that were mounted before that time was kept.
    never_attached = Q(
        **{f"{vehicle}unit__isnull": False, f"{vehicle}unit_attached_at__isnull": True}
    )
    is_of_this_unit = When(heard_since | never_attached, then=sent)
    return Case(is_of_this_unit, default=Value(""), output_field=TextField())


class ReadVin(NamedTuple):
    """`value` is "" where the unit has read none, `known` is "" where none is known."""

    value: str
    known: str

    @classmethod
    def of(cls, sent: str, *, model: VehicleModel | None, known: str) -> Self:
        """Of what the unit sent. A model without the capability has none, nor has a text that is no VIN."""
        value = VIN.canonical(str(sent))
        if model is None or not model.supports(READ_VIN) or not VIN.takes(value):
            value = ""
        return cls(value, known)

    @property
    def differs(self) -> bool:
        """Whether both are there and not the same."""
        return bool(self.value and self.known) and self.value != self.known
