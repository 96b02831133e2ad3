"""What the desk shows of jobs and tests."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Fleet, MobilityProvider
from core.ulid import first_ulid
from core.web.desk.belongings import Part, belongings, part
from core.web.desk.numbers import midnight, today
from jobs.models import ConfigurationPreset, InstallationTest, Job, JobImport, JobTemplate
from jobs.models.choices import JobStatus, Kind


@today("succeeded-today", _("jobs finished"), Job)
def succeeded_today() -> QuerySet[Job]:
    return Job.objects.filter(finished_at__gte=midnight(), status=JobStatus.SUCCEEDED)


@today("failed-today", _("jobs failed"), Job)
def failed_today() -> QuerySet[Job]:
    return Job.objects.filter(finished_at__gte=midnight(), status=JobStatus.FAILED)


@today("tests-today", _("tests run"), InstallationTest)
def tests_today() -> QuerySet[InstallationTest]:
    """Requested today and begun: the time is in the primary key."""
    requested = InstallationTest.objects.filter(pk__gte=first_ulid(midnight()))
    return requested.filter(started_at__isnull=False)


def by_status(**owner: Any) -> Iterator[Part]:
    for status in JobStatus.shown():
        label = format_lazy("{rows}: {status}", rows=_("jobs"), status=status.label)
        yield part(Job, label, **owner, status=status.value)


# The index of a fleet's jobs by status begins with fleet and kind.
OF_ANY_KIND = {"kind__in": Kind.values}


@belongings(MobilityProvider)
def of_provider(provider: MobilityProvider) -> Iterator[Part]:
    yield from by_status(fleet__provider=provider.pk, **OF_ANY_KIND)


@belongings(Fleet)
def of_fleet(fleet: Fleet) -> Iterator[Part]:
    yield from by_status(fleet=fleet.pk, **OF_ANY_KIND)
    yield part(JobTemplate, fleet=fleet.pk)
    yield part(ConfigurationPreset, fleet=fleet.pk)
    yield part(JobImport, fleet=fleet.pk)


@belongings(Company)
def of_company(company: Company) -> Iterator[Part]:
    yield from by_status(company=company.pk)
