"""What the desk shows of providers, fleets, companies, people, programs and their messages."""

from collections.abc import Iterator

from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin.mail_filters import CausedByProvider, ToPeopleOfProvider
from accounts.models import (
    ApiClient,
    Company,
    CompanyMembership,
    EventConsumer,
    Fleet,
    FleetMembership,
    Invitation,
    MobilityProvider,
    Partnership,
    User,
    WebhookDelivery,
)
from accounts.models.api_call import ApiCall, ApiClientUse
from accounts.models.consumer_choices import Status
from core.backlog import MOST
from core.models import Mail
from core.web.desk.belongings import Part, belongings, part
from core.web.desk.numbers import care, midnight, today


# --- what needs care --------------------------------------------------------------------------------------------------
@care("suspended-providers", _("suspended providers"), MobilityProvider)
def suspended_providers() -> QuerySet[MobilityProvider]:
    return MobilityProvider.objects.filter(suspended_at__isnull=False)


@care("suspended-fleets", _("suspended fleets"), Fleet)
def suspended_fleets() -> QuerySet[Fleet]:
    return Fleet.objects.filter(suspended_at__isnull=False)


@care("suspended-companies", _("suspended companies"), Company)
def suspended_companies() -> QuerySet[Company]:
    return Company.objects.filter(suspended_at__isnull=False, closed_at__isnull=True)


@care("suspended-people", _("suspended people"), User)
def suspended_people() -> QuerySet[User]:
    return User.objects.filter(suspended_at__isnull=False, closed_at__isnull=True)


@care("suspended-clients", _("suspended API clients"), ApiClient)
def suspended_clients() -> QuerySet[ApiClient]:
    return ApiClient.objects.filter(suspended_at__isnull=False, revoked_at__isnull=True)


@care("suspended-consumers", _("suspended event consumers"), EventConsumer)
def suspended_consumers() -> QuerySet[EventConsumer]:
    return EventConsumer.objects.filter(status=Status.SUSPENDED)


# --- today ------------------------------------------------------------------------------------------------------------
@today("signed-in-today", _("people who signed in"), User)
def signed_in_today() -> QuerySet[User]:
    return User.objects.filter(last_login__gte=midnight())


def calls_of_today() -> int:
    """Each client counts its calls in a row of its own, for the day in the time zone of its fleet."""
    rows = ApiClientUse.objects.filter(day=timezone.localdate())[:MOST]
    return rows.aggregate(total=Sum("calls"))["total"] or 0


@today("calls-today", _("API calls"), ApiCall, measure=calls_of_today)
def kept_calls_of_today() -> QuerySet[ApiCall]:
    """The last ones of each client, which are kept."""
    return ApiCall.objects.filter(at__gte=midnight())


@today("delivered-today", _("messages delivered to webhooks"), WebhookDelivery)
def delivered_today() -> QuerySet[WebhookDelivery]:
    """The index of what is settled begins with the consumer."""
    consumers = EventConsumer.objects.values("pk")
    settled = WebhookDelivery.objects.filter(settled_at__gte=midnight(), consumer__in=consumers)
    return settled.filter(status=WebhookDelivery.Status.DELIVERED)


# --- what belongs to whom ---------------------------------------------------------------------------------------------
@belongings(MobilityProvider)
def of_provider(provider: MobilityProvider) -> Iterator[Part]:
    yield part(Fleet, provider=provider.pk)
    yield part(FleetMembership, _("members of its fleets"), fleet__provider=provider.pk)
    yield part(Partnership, fleet__provider=provider.pk, ended_at__isnull=True)
    yield part(ApiClient, fleet__provider=provider.pk, revoked_at__isnull=True)
    yield part(EventConsumer, fleet__provider=provider.pk)
    for mails in (CausedByProvider, ToPeopleOfProvider):
        rows = mails.rows(provider.pk)
        yield part(Mail, mails.title, rows=rows, **{mails.parameter_name: provider.pk})


@belongings(Fleet)
def of_fleet(fleet: Fleet) -> Iterator[Part]:
    yield part(FleetMembership, _("members"), fleet=fleet.pk)
    yield part(Invitation, fleet=fleet.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    yield part(Partnership, fleet=fleet.pk, ended_at__isnull=True)
    yield part(ApiClient, fleet=fleet.pk, revoked_at__isnull=True)
    yield part(EventConsumer, fleet=fleet.pk)
    yield part(
        Mail, _("mails that it has caused"), on_behalf_of__in=[fleet.invitation_mails.sender]
    )


@belongings(Company)
def of_company(company: Company) -> Iterator[Part]:
    senders = [company.invitation_mails.sender, company.address_mails.sender]
    yield part(CompanyMembership, _("members"), company=company.pk, ended_at__isnull=True)
    yield part(Invitation, company=company.pk, used_at__isnull=True, withdrawn_at__isnull=True)
    yield part(Partnership, company=company.pk, ended_at__isnull=True)
    yield part(Mail, _("mails that it has caused"), on_behalf_of__in=senders)
    yield part(Mail, _("mails to its address"), to=company.email)


@belongings(User)
def of_person(user: User) -> Iterator[Part]:
    yield part(Mail, _("mails to this address"), to=user.email)
