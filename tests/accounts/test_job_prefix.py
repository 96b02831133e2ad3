"""The prefix of a fleet's job numbers comes from its name, and no other fleet of the provider has it."""

import pytest
from django.db import IntegrityError

from accounts.models import Fleet
from jobs.tasks import number_jobs
from tests.factories.accounts import FleetFactory, MobilityProviderFactory


@pytest.mark.parametrize(
    ("name", "prefix"),
    [
        ("Berlin", "BER"),
        ("berlin 2", "BER"),
        ("Köln", "KOL"),
        ("Gießen", "GIE"),
        ("Öl", "OL"),
        ("42", "JOB"),
        ("東京", "JOB"),
        ("X", "JOB"),
    ],
)
@pytest.mark.django_db
def test_the_prefix_is_the_start_of_the_name(name, prefix):
    assert FleetFactory(name=name).job_prefix == prefix


@pytest.mark.django_db
def test_no_two_fleets_of_a_provider_have_the_same():
    provider = MobilityProviderFactory()
    prefixes = [FleetFactory(provider=provider, name="Berlin").job_prefix for _n in range(40)]
    assert prefixes[:4] == ["BER", "BERL", "BE", "BEL"]
    assert len(set(prefixes)) == 40
    assert FleetFactory(name="Berlin").job_prefix == "BER"


@pytest.mark.django_db
def test_a_former_prefix_stays_with_its_fleet():
    fleet = FleetFactory(name="Berlin")
    Fleet.objects.filter(pk=fleet.pk).update(job_prefix="BLN", former_job_prefixes=" BER ")
    assert FleetFactory(provider=fleet.provider, name="Berlin").job_prefix == "BERL"


@pytest.mark.django_db
def test_fleets_from_before_get_theirs_by_the_sweep():
    provider = MobilityProviderFactory()
    fleets = [FleetFactory(provider=provider, name="Berlin") for _n in range(2)]
    Fleet.objects.update(job_prefix="")
    number_jobs()
    found = Fleet.objects.in_bulk()
    assert sorted(found[fleet.pk].job_prefix for fleet in fleets) == ["BER", "BERL"]


@pytest.mark.django_db(transaction=True)
def test_the_database_takes_no_prefix_twice_in_a_provider():
    fleet = FleetFactory(name="Berlin")
    other = FleetFactory(provider=fleet.provider, name="Hamburg")
    with pytest.raises(IntegrityError):
        Fleet.objects.filter(pk=other.pk).update(job_prefix="BER")
