"""Why a vehicle changes, and which of its columns may change for that reason."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from telematics.models.specification import Specification

IDENTITY = ("vin", "license_plate", "custom_name")
# What describes the vehicle itself. Its model has the other values of a specification.
MASTER_DATA = (*IDENTITY, *Specification.MASTER_DATA)


# Written besides when the identity of an archived vehicle is blanked.
BLANKED = ("operation_status_remark", "blanked_at")


class ChangeReason(models.TextChoices):
    CREATED = "CREATED", _("Created")
    MASTER_DATA_CHANGED = "MASTER_DATA_CHANGED", _("Master data changed")
    CUSTOM_FIELDS_CHANGED = "CUSTOM_FIELDS_CHANGED", _("Custom fields changed")
    OPERATION_STATUS_CHANGED = "OPERATION_STATUS_CHANGED", _("Operation status changed")
    TAGS_CHANGED = "TAGS_CHANGED", _("Tags changed")
    UNIT_CHANGED = "UNIT_CHANGED", _("Unit changed")
    ARCHIVED = "ARCHIVED", _("Archived")
    RESTORED = "RESTORED", _("Restored")


COLUMNS = {
    ChangeReason.CREATED: frozenset(),
    ChangeReason.MASTER_DATA_CHANGED: frozenset(
        (*IDENTITY, *Specification.SPECIFICATION_FIELDS, "place", *BLANKED)
    ),
    ChangeReason.CUSTOM_FIELDS_CHANGED: frozenset(("custom_fields",)),
    ChangeReason.OPERATION_STATUS_CHANGED: frozenset(
        ("operation_status", "operation_status_changed_at", "operation_status_remark")
    ),
    ChangeReason.TAGS_CHANGED: frozenset(("tags",)),
    ChangeReason.UNIT_CHANGED: frozenset(("unit", "unit_attached_at")),
    ChangeReason.ARCHIVED: frozenset(("unit", "unit_attached_at", "archived_at")),
    ChangeReason.RESTORED: frozenset(("archived_at",)),
}
