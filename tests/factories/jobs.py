"""Jobs in every status, brought there by their own moves."""

from datetime import date

from factory import Sequence, SubFactory
from factory.django import DjangoModelFactory

from core.context import Occurrence
from jobs.models import ConfigurationPreset, Job, JobPhoto, JobTemplate, RollOut
from jobs.pictures import picture, storage
from tests.factories.accounts import FleetFactory
from tests.pictures import file


class JobFactory(DjangoModelFactory):
    """A PENDING job: `JobFactory(by=manager, fleet=fleet, …)`."""

    class Meta:
        model = Job

    custom_name = Sequence("Car {}".format)

    @classmethod
    def _create(cls, model_class, *args, by, **kwargs):
        return Job.objects.create_by(by, **kwargs)


class JobPhotoFactory(DjangoModelFactory):
    """A photo with its file, added by the holder of a job: `JobPhotoFactory(job=job)`."""

    class Meta:
        model = JobPhoto

    kind = "MOUNTING"

    @classmethod
    def _create(cls, model_class, *args, job, kind, by=None, taken=None):
        stored = storage.store(picture.read(file()))
        photo = JobPhoto.objects.add_to(
            job, stored, kind=kind, taken=taken or Occurrence(), by=by or job.assignee
        )
        return JobPhoto.objects.get(pk=photo.pk)


class RollOutFactory(DjangoModelFactory):
    """`RollOutFactory(by=manager, fleet=fleet)`: its owner is who creates it."""

    class Meta:
        model = RollOut

    name = Sequence("Roll-out {}".format)

    @classmethod
    def _create(cls, model_class, *args, by, owner=None, target_date=None, **kwargs):
        target = target_date or date(2030, 3, 31)
        return RollOut.objects.create_by(by, owner=owner or by, target_date=target, **kwargs)


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
