"""Rows of a fleet that are deleted while nothing uses them, and archived afterwards: their users go on showing them."""

from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.fleet import Fleet
from accounts.models.membership import MANAGING


class ArchivableQuerySet(models.QuerySet[Any]):
    def visible_to(self, principal: Any) -> Self:
        return self.filter(fleet__in=Fleet.objects.visible_to(principal).values("pk"))

    def live(self) -> Self:
        return self.filter(archived_at=None)

    def archived(self) -> Self:
        return self.filter(archived_at__isnull=False)

    def by_id(self, text: str) -> Any:
        """The row with this id; None where there is none or the text is not an id."""
        try:
            return self.filter(pk=text).first()
        except ValidationError:
            return None


class Archivable(models.Model):
    fleet: Any
    fleet_id: str
    name: str

    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    objects: ClassVar[Any] = ArchivableQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_used(self) -> bool:
        """Whether a row of the fleet refers to it."""
        for relation in self._meta.related_objects:
            model = relation.related_model
            if any(field.name == "fleet" for field in model._meta.fields):
                rows = model._base_manager.filter(fleet=self.fleet_id)
                if rows.filter(**{relation.field.name: self.pk}).exists():
                    return True
        return False

    @transaction.atomic
    def remove_by(self, by: Any) -> bool:
        """Delete it, or archive it if it is used. Return whether it is deleted. Raises NotAllowed."""
        by.lock_membership(of=self.fleet, roles=MANAGING)
        # A row that refers to it from now on waits for this lock.
        type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if self.is_used:
            self._archive(timezone.now(), by)
            return False
        self._delete()
        return True

    @transaction.atomic
    def restore_by(self, by: Any) -> None:
        """Offer it again. Raises NotAllowed."""
        by.lock_membership(of=self.fleet, roles=MANAGING)
        self._archive(None, by)

    def _archive(self, at: Any, by: Any) -> None:
        self.archived_at = at
        self.save(update_fields=["archived_at", "updated_at"])

    def _delete(self) -> None:
        self.delete()
