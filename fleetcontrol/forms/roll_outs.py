"""The form of a roll-out."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, User
from fleetcontrol.forms.saved_settings import NamedInFleet
from jobs.models import RollOut


class RollOutForm(NamedInFleet):
    taken = _("The fleet already has a roll-out with this name.")

    class Meta:
        model = RollOut
        fields = RollOut.EDITED
        help_texts = {
            "target_date": _("When all its jobs are to be done."),
            "owner": _("Who answers for it: a person of the fleet."),
        }

    def __init__(self, data: Any = None, *, fleet: Fleet, **kwargs: Any):
        kwargs["instance"] = kwargs.get("instance") or RollOut(fleet=fleet)
        super().__init__(data, **kwargs)
        self.fleet = fleet
        owner: Any = self.fields["owner"]
        people = User.objects.filter(pk__in=fleet.memberships.values("user"))
        owner.queryset = people | User.objects.filter(pk=self.instance.owner_id)
        owner.label_from_instance = lambda person: person.name

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RollOut.EDITED}
