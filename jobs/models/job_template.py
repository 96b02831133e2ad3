"""Saved settings for jobs. Jobs that were made from a template never change with it."""

from itertools import count

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet
from core.ulid import ULIDField
from jobs.procedures.required import demand_errors
from telematics.models.specification import Specification


class OfFleetQuerySet(models.QuerySet):
    def visible_to(self, principal):
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def by_id(self, text: str):
        """The one with this id, None where there is none or the text is no id."""
        try:
            return self.filter(pk=text).first()
        except ValidationError:
            return None


class Duplicable:
    """Saved under a name that is the only one in its fleet; a duplicate gets a free one."""

    def duplicate(self):
        taken = set(type(self).objects.filter(fleet=self.fleet_id).values_list("name", flat=True))
        kept = {f.attname: getattr(self, f.attname) for f in self._meta.concrete_fields if not f.primary_key}
        return type(self).objects.create(**kept | {"name": self._free_name(taken)})

    def _free_name(self, taken: set[str]) -> str:
        longest = self._meta.get_field("name").max_length
        copy = _("copy")
        for number in count(1):
            ending = f" ({copy})" if number == 1 else f" ({copy} {number})"
            name = self.name[: longest - len(ending)] + ending
            if name not in taken:
                return name
        raise AssertionError("numbers do not end")


class JobTemplate(Duplicable, Specification):
    """The specification and further tests; nothing that identifies a vehicle."""

    id = ULIDField(primary_key=True)
    fleet = models.ForeignKey("accounts.Fleet", models.PROTECT, related_name="job_templates")
    name = models.CharField(_("name"), max_length=100)
    further_tests = models.JSONField(_("further required tests"), default=list, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = OfFleetQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("template"), _("templates")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                name="template_name_once",
                violation_error_message=_("The fleet has a template of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self):
        if errors := self.setup_errors() | demand_errors(self.vehicle_model, self.further_tests):
            raise ValidationError(errors)

    def for_job(self) -> dict:
        """What a new job takes over."""
        return {**self.specification(), "further_tests": self.further_tests, "template": self}
