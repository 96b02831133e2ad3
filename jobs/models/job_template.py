"""Saved settings for jobs. A later change of the template does not change jobs that were created from it."""

from itertools import count
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiClient, Fleet, User
from core.ulid import ULIDField
from core.values.text_fields import LineField
from core.vocabulary import ClosedVocabulary, OnlyWords, WordsField
from jobs.models.choices import PhotoKind
from jobs.models.roll_out import OTHER_FLEET, RollOut
from jobs.procedures.kinds import FURTHER, FURTHER_KINDS
from jobs.procedures.required import required_tests_errors
from telematics.models.specification import Specification


class OfFleetQuerySet(models.QuerySet[Any]):
    def visible_to(self, principal: User | ApiClient) -> Self:
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def by_id(self, text: str) -> Any:
        """The row with this id; None where there is none or the text is not an id."""
        try:
            return self.filter(pk=text).first()
        except ValidationError:
            return None


class Duplicable:
    """A row whose name is unique in its fleet. A duplicate gets a free name."""

    objects: Any
    _meta: ClassVar[Any]
    fleet_id: Any
    name: Any

    def duplicate(self) -> Self:
        """Return an unsaved copy."""
        taken = set(type(self).objects.filter(fleet=self.fleet_id).values_list("name", flat=True))
        values = {
            f.attname: getattr(self, f.attname)
            for f in self._meta.concrete_fields
            if f.name not in ("id", "created_at", "updated_at")
        }
        values["name"] = self._free_name(taken)
        return type(self)(**values)

    def _free_name(self, taken: set[str]) -> str:
        longest = self._meta.get_field("name").max_length
        copy = _("copy")
        for number in count(1):
            ending = f" ({copy} {number})"
            if number == 1:
                ending = f" ({copy})"
            name = self.name[: longest - len(ending)] + ending
            if name not in taken:
                return name
        raise AssertionError("numbers do not end")


class JobTemplate(Duplicable, Specification):
    """A specification and further tests, without anything that identifies a vehicle."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    fleet = models.ForeignKey(
        "accounts.Fleet", models.PROTECT, related_name="job_templates", verbose_name=_("fleet")
    )
    name = LineField(_("name"), max_length=100)
    further_tests = WordsField(_("further required tests"), words=FURTHER, default=list, blank=True)
    required_photos = WordsField(
        _("required photos"), words=PhotoKind.choices, default=list, db_default=[], blank=True
    )
    roll_out = models.ForeignKey(
        "jobs.RollOut",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="templates",
        db_index=False,  # a fleet has few
        verbose_name=_("roll-out"),
    )
    created_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OfFleetQuerySet.as_manager()

    class Meta:
        verbose_name = _("template")
        verbose_name_plural = _("templates")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                name="template_name_once",
                violation_error_message=_("The fleet already has a template with this name."),
            ),
            ClosedVocabulary(
                condition=models.Q(OnlyWords("further_tests", FURTHER_KINDS)),
                name="template_further_tests_known",
            ),
            ClosedVocabulary(
                condition=models.Q(OnlyWords("required_photos", PhotoKind.values)),
                name="template_required_photos_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        errors = self.setup_errors() | required_tests_errors(self.vehicle_model, self.further_tests)
        if self.roll_out and self.roll_out.fleet_id != self.fleet_id:
            errors["roll_out"] = OTHER_FLEET
        if errors:
            raise ValidationError(errors)

    @property
    def offered_roll_out(self) -> RollOut | None:
        """The roll-out of new jobs; none once it is archived."""
        if self.roll_out is None or self.roll_out.archived_at:
            return None
        return self.roll_out

    def for_job(self) -> dict[str, Any]:
        """The values for a new job."""
        return {
            **self.specification(),
            "further_tests": self.further_tests,
            "required_photos": self.required_photos,
            "roll_out": self.offered_roll_out,
            "template": self,
        }
