"""Jobs in every status, brought there by their own moves."""

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from jobs.models import ConfigurationPreset, Job, JobTemplate
from tests.factories.accounts import FleetFactory


class JobFactory(DjangoModelFactory):
    """A PENDING job: `JobFactory(by=manager, fleet=fleet, …)`."""

    class Meta:
        model = Job

    custom_name = Sequence("Car {}".format)

    @classmethod
    def _create(cls, model_class, *args, by, **kwargs):
        return Job.objects.create_by(by, **kwargs)


class JobTemplateFactory(DjangoModelFactory):
    class Meta:
        model = JobTemplate

    fleet = SubFactory(FleetFactory)
    name = Sequence("Template {}".format)


class ConfigurationPresetFactory(DjangoModelFactory):
    class Meta:
        model = ConfigurationPreset

    fleet = SubFactory(FleetFactory)
    name = Sequence("Preset {}".format)
    tracking = True
