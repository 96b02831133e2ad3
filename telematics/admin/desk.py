"""What the desk shows of vehicles and units."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet, MobilityProvider
from core.web.desk.belongings import Part, belongings, part
from telematics.models import Custody, Unit, Vehicle


@belongings(MobilityProvider)
def of_provider(provider: MobilityProvider) -> Iterator[Part]:
    yield part(Vehicle, fleet__provider=provider.pk, archived_at__isnull=True)
    yield part(Unit, fleet__provider=provider.pk, retired_at__isnull=True)


@belongings(Fleet)
def of_fleet(fleet: Fleet) -> Iterator[Part]:
    yield part(Vehicle, fleet=fleet.pk, archived_at__isnull=True)
    yield part(Unit, fleet=fleet.pk, retired_at__isnull=True)


@belongings(Company)
def of_company(company: Company) -> Iterator[Part]:
    yield part(Custody, _("units that it holds"), company=company.pk, ended_at__isnull=True)
