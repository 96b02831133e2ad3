"""Whose texts from before are brought to the canonical form. Plans and history stay as they were written."""

from django.apps import apps

from core.values.old_rows import OldRows

# In the order in which they are cleaned: what others are found by comes before them.
LABELS = (
    "telematics.Vehicle",
    "telematics.Place",
    "jobs.Job",
    "jobs.JobTemplate",
    "jobs.ConfigurationPreset",
    "jobs.RollOut",
    "telematics.VehicleModel",
    "accounts.MobilityProvider",
    "accounts.Fleet",
    "accounts.Company",
    "accounts.User",
    "accounts.ApiClient",
    "accounts.SavedView",
    "accounts.Invitation",
    "jobs.HandbackRequest",
)


RELATED = {"jobs.Job": ("vehicle",)}


def old_rows(label: str) -> OldRows:
    return OldRows(apps.get_model(label), *RELATED.get(label, ()))


def label_after(label: str) -> str:
    """The model to clean next; "" after the last."""
    place = LABELS.index(label) + 1
    if place < len(LABELS):
        return LABELS[place]
    return ""
