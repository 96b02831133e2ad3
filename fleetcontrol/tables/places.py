"""The table of the fleet's places."""

from django.utils.translation import gettext_lazy as _

from core.web.lists.columns import Column, LinkColumn, TimeColumn
from core.web.lists.tables import Table


class PlaceTable(Table):
    version = "updated_at"
    initial_sort = "name"
    initial = ("name", "address", "contact", "opening_hours", "partner", "updated_at")

    name = LinkColumn(_("Name"), names=("name",), sort="name")
    address = Column(_("Address"), sort="address", indexed=False)
    contact = Column(_("Contact"), sort="contact", indexed=False, label_on_phone=True)
    opening_hours = Column(
        _("Opening hours"), sort="opening_hours", indexed=False, label_on_phone=True
    )
    partner = Column(
        _("Partner"),
        accessor="partner__name",
        sort="partner__name",
        indexed=False,
        label_on_phone=True,
    )
    created_at = TimeColumn(_("Created"), sort="created_at", indexed=False, label_on_phone=True)
    updated_at = TimeColumn(_("Changed"), sort="updated_at", indexed=False, label_on_phone=True)
