"""People, fleets and companies, as they are once everything is settled: verified, signed, accepted."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import (
    Agreement,
    AgreementSignature,
    Company,
    CompanyMembership,
    Fleet,
    FleetMembership,
    MobilityProvider,
    Partnership,
    User,
)

PASSWORD = "a-password-of-the-tests"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence("person{}@example.com".format)
    password = PASSWORD
    first_name = factory.Sequence("Person{}".format)
    last_name = "Example"

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class MobilityProviderFactory(DjangoModelFactory):
    class Meta:
        model = MobilityProvider

    name = "AppDrive"


class FleetFactory(DjangoModelFactory):
    class Meta:
        model = Fleet

    provider = factory.SubFactory(MobilityProviderFactory)
    name = "Berlin"


class FleetMembershipFactory(DjangoModelFactory):
    class Meta:
        model = FleetMembership

    user = factory.SubFactory(UserFactory)
    fleet = factory.SubFactory(FleetFactory)
    role = FleetMembership.Role.MANAGER


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = Agreement
        django_get_or_create = ["version"]

    version = 1
    text = "Keep it to yourself."
    published_at = factory.LazyFunction(timezone.now)


class CompanyFactory(DjangoModelFactory):
    class Meta:
        model = Company
        skip_postgeneration_save = True

    name = "QuickInstall"
    email = factory.Sequence("office{}@example.com".format)
    email_verified_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def signed(company, create, wanted, **kwargs):
        """`signed=False` makes one that has not accepted the agreement yet."""
        if wanted is not False:
            AgreementSignatureFactory(company=company)


class AgreementSignatureFactory(DjangoModelFactory):
    class Meta:
        model = AgreementSignature

    company = factory.SubFactory(CompanyFactory, signed=False)
    agreement = factory.SubFactory(AgreementFactory)
    signed_by = factory.SubFactory(UserFactory)
    name = "Anna Admin"
    address = "127.0.0.1"


class CompanyMembershipFactory(DjangoModelFactory):
    class Meta:
        model = CompanyMembership

    user = factory.SubFactory(UserFactory)
    company = factory.SubFactory(CompanyFactory)
    role = CompanyMembership.Role.INSTALLER


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = Partnership

    fleet = factory.SubFactory(FleetFactory)
    company = factory.SubFactory(CompanyFactory)
    email = factory.LazyAttribute(
        lambda link: link.company.email if link.company else "somebody@example.com"
    )
    status = Partnership.Status.ACCEPTED
