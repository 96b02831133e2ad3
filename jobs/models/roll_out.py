"""A roll-out: jobs that belong together, with a target date and a person who answers for it."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Fleet, FleetMembership, User
from accounts.models.archivable import Archivable, ArchivableQuerySet
from accounts.models.membership import MANAGING
from core.errors import MoveRefused
from core.moves import Event
from core.ulid import ULIDField
from core.values.days import DayField
from core.values.text_fields import LineField

OTHER_FLEET = _("This roll-out is not in the fleet.")
NOT_OF_FLEET = _("Choose a person of the fleet.")


class RollOutQuerySet(ArchivableQuerySet):
    @transaction.atomic
    def create_by(self, by: User, *, fleet: Fleet, **values: Any) -> "RollOut":
        """Raises NotAllowed, ValidationError with every error at its field."""
        by.lock_membership(of=fleet, roles=MANAGING)
        roll_out = RollOut(fleet=fleet, created_by=by, **values)
        roll_out.full_clean()
        roll_out.save(force_insert=True)
        roll_out.record("create", by=by)
        return roll_out

    def lock(self, pk: str, fleet: Fleet) -> "RollOut":
        """Lock a roll-out of the fleet. Raises MoveRefused `gone`."""
        found = self.filter(pk=pk, fleet=fleet).select_for_update(of=("self",), no_key=True).first()
        if found is None:
            raise MoveRefused("gone")
        return found


class RollOut(Archivable):
    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    # Without an index of its own: that of its name begins with the fleet.
    fleet = models.ForeignKey(
        "accounts.Fleet",
        models.PROTECT,
        related_name="roll_outs",
        db_index=False,
        verbose_name=_("fleet"),
    )
    name = LineField(_("name"), max_length=100)
    target_date = DayField(_("target date"))
    owner = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    created_by = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("created by"),
    )

    EDITED = ("name", "target_date", "owner")
    objects: ClassVar[Any] = RollOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll-out")
        verbose_name_plural = _("roll-outs")
        ordering = ["target_date", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["fleet", "name"],
                name="roll_out_name_once",
                violation_error_message=_("The fleet already has a roll-out with this name."),
            ),
        ]
        indexes = [models.Index(fields=["fleet", "target_date", "id"], name="roll_out_by_target")]

    def clean(self) -> None:
        """Raise ValidationError if the owner is not of the fleet. Who was and has left may stay."""
        if not self.owner_id or not self.fleet_id or self._is_owner_kept():
            return
        if not FleetMembership.objects.filter(fleet=self.fleet_id, user=self.owner_id).exists():
            raise ValidationError({"owner": NOT_OF_FLEET})

    def _is_owner_kept(self) -> bool:
        if self._state.adding:
            return False
        return RollOut.objects.filter(pk=self.pk, owner=self.owner_id).exists()

    @transaction.atomic
    def edit_by(self, by: User, **values: Any) -> None:
        """Write and record what differs. Raises NotAllowed, ValidationError at the fields."""
        by.lock_membership(of=self.fleet, roles=MANAGING)
        before = RollOut.objects.lock(self.pk, self.fleet)
        changed = {name: value for name, value in values.items() if getattr(before, name) != value}
        for name, value in values.items():
            setattr(self, name, value)
        self.full_clean()
        if not changed:
            return
        data = {name: {"from": before.plain(name), "to": self.plain(name)} for name in changed}
        self.version = before.version + 1
        self.save(update_fields=[*changed, "version", "updated_at"])
        self.record("edit", by=by, changed=data)

    def note_jobs(self, number: int, *, by: Any) -> None:
        """Record that jobs were added at once. The row is locked."""
        self.version += 1
        self.save(update_fields=["version", "updated_at"])
        self.record("add_jobs", by=by, number=number)

    def record(self, verb: str, *, by: Any, **data: Any) -> None:
        RollOutEvent.objects.create(
            roll_out=self,
            verb=verb,
            seq=self.version,
            actor=by,
            data=data,
            **Event.circumstances(),
        )

    def plain(self, name: str) -> Any:
        """A field's value as the history keeps it."""
        value = getattr(self, name)
        if isinstance(value, models.Model):
            return value.pk
        return value

    def _archive(self, at: Any, by: Any) -> None:
        self.refresh_from_db(fields=["version"])
        self.version += 1
        self.archived_at = at
        self.save(update_fields=["archived_at", "version", "updated_at"])
        self.record("archive" if at else "restore", by=by)

    def _delete(self) -> None:
        self.events.all().delete()
        self.delete()


class RollOutEvent(Event):
    roll_out = models.ForeignKey(
        RollOut, models.PROTECT, related_name="events", verbose_name=_("roll-out")
    )

    class Meta:
        verbose_name = _("roll-out event")
        verbose_name_plural = _("roll-out events")
        ordering = ["roll_out", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["roll_out", "seq"], name="rolloutevent_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.roll_out_id} {self.seq} {self.verb}"
