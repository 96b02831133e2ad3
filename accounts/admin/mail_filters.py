"""The mails of a provider: to the people of its fleets, and those that its fleets have caused.

A mail names no fleet, so these are filters of the list. The provider's page leads to them.
"""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, FleetMembership, MobilityProvider
from core.models import Mail


class OfProvider(admin.SimpleListFilter):
    """Offers the provider that it filters by, and no other: there may be thousands."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        chosen = self.value()
        if not chosen:
            return []
        provider = MobilityProvider.objects.filter(pk=chosen).first()
        return [(chosen, str(provider or chosen))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        provider = self.value()
        return queryset & self.rows(provider) if provider else queryset

    @staticmethod
    def rows(provider: str) -> QuerySet[Mail]:
        raise NotImplementedError


class CausedByProvider(OfProvider):
    title = _("mails that its fleets have caused")
    parameter_name = "caused_by"

    @staticmethod
    def rows(provider: str) -> QuerySet[Mail]:
        """Of the senders, each of which an index finds."""
        fleets = Fleet.objects.filter(provider=provider)
        senders = [fleet.invitation_mails.sender for fleet in fleets.only("pk")]
        return Mail.objects.filter(on_behalf_of__in=senders)


class ToPeopleOfProvider(OfProvider):
    title = _("mails to the people of its fleets")
    parameter_name = "people_of"

    @staticmethod
    def rows(provider: str) -> QuerySet[Mail]:
        people = FleetMembership.objects.filter(fleet__provider=provider)
        return Mail.objects.filter(to__in=people.values("user__email"))
