"""A status changes only by a move of its model: lock, check, move, record, enqueue, in one transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple, TypeVar

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core import context
from core.errors import MoveRefused
from core.sql import update_returning
from core.ulid import ULIDField
from core.values.text_fields import LinesField


class Move(NamedTuple):
    """From any of `sources` to `target`; without a target the status stays."""

    sources: Collection[str]
    target: str | None = None


class StatusModel(models.Model):
    """A row with a status. `MOVES` is the whole diagram; the verb is the name of the method and of the event."""

    MOVES: ClassVar[Mapping[str, Move]] = {}

    status = models.CharField(_("status"), max_length=24, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def can(self, verb: str) -> bool:
        return self.status in self.MOVES[verb].sources

    def check_move(self, verb: str) -> None:
        if not self.can(verb):
            raise self._refusal()

    def _move(
        self,
        verb: str,
        *,
        by: Any,
        where: Mapping[str, Any] | None = None,
        data: dict | None = None,
        reason: str = "",
        **changes: Any,
    ) -> None:
        """One conditional UPDATE and its record. `where` repeats every own column that a guard read.

        Raises MoveRefused when no row was touched, because another caller was faster. Call it inside a transaction
        and after every check: an error afterwards would roll the row back, and this instance would differ from it.
        """
        move = self.MOVES[verb]
        mine = type(self)._base_manager.filter(
            pk=self.pk,
            status__in=move.sources,
            **(where or {}),
        )
        values = {"version": F("version") + 1, **changes} | (
            {"status": move.target} if move.target else {}
        )
        touched = update_returning(mine, *values, **values)
        if not touched:
            self.refresh_from_db()
            raise self._refusal()
        for name, value in zip(values, touched[0], strict=True):
            setattr(self, self._meta.get_field(name).attname, value)
        self._record(
            verb,
            by=by,
            data=data or {},
            reason=reason,
        )

    @classmethod
    def _move_all(
        cls,
        verb: str,
        rows: models.QuerySet,
        *,
        by: Any,
        data: dict | Callable[[Any], dict] | None = None,
        reason: str = "",
        record: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> list[tuple]:
        """The same for many rows in one statement, locked in the order of their keys; (pk, version) of the moved.

        `record` is what else the model's own `_record_all` takes.
        """
        move = cls.MOVES[verb]
        locked = (
            rows.filter(status__in=move.sources)
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
            .values("pk")
        )
        values = {"version": F("version") + 1, **changes} | (
            {"status": move.target} if move.target else {}
        )
        with transaction.atomic():
            moved = update_returning(
                cls._base_manager.filter(pk__in=locked), "pk", "version", **values
            )
            cls._record_all(
                verb,
                moved,
                by=by,
                data=data or {},
                reason=reason,
                **(record or {}),
            )
        return moved

    def _record(self, verb: str, *, by: Any, data: dict, reason: str) -> None:
        """Append the event of this move. Models without a history of their own keep who and when in columns."""

    @classmethod
    def _record_all(
        cls,
        verb: str,
        moved: Iterable[tuple],
        *,
        by: Any,
        data: dict | Callable[[Any], dict],
        reason: str,
    ) -> None:
        """The same for many."""

    def _refusal(self) -> MoveRefused:
        return MoveRefused("wrong_status", status=self.status)


def by_flow(name: str) -> models.Index:
    """The index by which the operators' search finds what one request has done."""
    return models.Index(fields=["request_id"], condition=~models.Q(request_id=""), name=name)


class Event(models.Model):
    """One line of a row's history: appended, never changed. `seq` is the row's version, so a gap would show."""

    id = ULIDField(primary_key=True, verbose_name=_("ID"))
    verb = models.CharField(_("verb"), max_length=32)
    seq = models.PositiveIntegerField(_("sequence"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("actor"),
    )
    channel = models.CharField(_("channel"), max_length=16)
    request_id = models.CharField(_("request ID"), max_length=64, blank=True)
    at = models.DateTimeField(_("at"), db_default=models.functions.Now())
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)
    reason = LinesField(_("reason"), blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def circumstances() -> dict[str, str]:
        return {"channel": context.channel(), "request_id": context.request_id()}


Row = TypeVar("Row", bound="Versioned")


class VersionedQuerySet(models.QuerySet[Row]):
    def update(self, **changes: Any) -> int:
        return super().update(**self.model.raised(changes))


class Versioned(models.Model):
    """A row whose `version` rises with every write that a client can see, so that a sum of versions shows a change."""

    # Columns that no client sees: a write of these alone leaves the version as it is.
    UNSEEN: ClassVar[frozenset[str]] = frozenset()

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True

    @classmethod
    def raised(cls, changes: dict[str, Any]) -> dict[str, Any]:
        """Return the changes of an UPDATE, with the next version where a client can see one of them."""
        if cls.UNSEEN.issuperset(changes):
            return changes
        return {**changes, "version": F("version") + 1}
