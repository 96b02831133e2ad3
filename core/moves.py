"""A status changes only by a move of its model: lock, check, move, record, enqueue, in one transaction."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import context
from core.sql import update_returning
from core.ulid import ULIDField


class MoveRefused(Exception):
    """The move is not allowed now (409). `code` is the word clients branch on; `extra` goes into the answer."""

    def __init__(self, code: str = "wrong_status", message: str | Promise = "", **extra: Any):
        super().__init__(code, message)
        self.code, self.message, self.extra = code, message, extra

    def __str__(self) -> str:
        return str(self.message or self.code)


class NotAllowed(Exception):
    """Who asks may see the row, but has not the role for this (403)."""

    def __init__(self, code: str = "not_allowed", message: str | Promise = ""):
        super().__init__(code, message)
        self.code, self.message = code, message or _("Your role does not allow this.")

    def __str__(self) -> str:
        return str(self.message)


class Move(NamedTuple):
    """From any of `sources` to `target`; without a target the status stays."""

    sources: Collection[str]
    target: str | None = None


class StatusModel(models.Model):
    """A row with a status. `MOVES` is the whole diagram: the verb is the method, the event and the word in the error."""

    MOVES: ClassVar[Mapping[str, Move]] = {}

    status = models.CharField(_("status"), max_length=24, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

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
        by,
        where: Mapping[str, Any] | None = None,
        data: dict | None = None,
        reason: str = "",
        **changes,
    ) -> None:
        """One conditional UPDATE and its record. `where` repeats every own column that a guard read.

        Raises MoveRefused when no row was touched: somebody was faster. Call it inside a transaction and after every
        check, because a raise afterwards would roll the row back and leave this instance lying.
        """
        move = self.MOVES[verb]
        mine = type(self)._base_manager.filter(pk=self.pk, status__in=move.sources, **(where or {}))
        values = {"version": F("version") + 1, **changes} | ({"status": move.target} if move.target else {})
        touched = update_returning(mine, *values, **values)
        if not touched:
            self.refresh_from_db()
            raise self._refusal()
        for name, value in zip(values, touched[0], strict=True):
            setattr(self, self._meta.get_field(name).attname, value)
        self._record(verb, by=by, data=data or {}, reason=reason)

    @classmethod
    def _move_all(
        cls, verb: str, rows: models.QuerySet, *, by, data: dict | None = None, reason: str = "", **changes
    ) -> list[tuple]:
        """The same for many rows in one statement, locked in the order of their keys; (pk, version) of the moved."""
        move = cls.MOVES[verb]
        locked = (
            rows.filter(status__in=move.sources)
            .order_by("pk")
            .select_for_update(of=("self",), no_key=True)
            .values("pk")
        )
        values = {"version": F("version") + 1, **changes} | ({"status": move.target} if move.target else {})
        with transaction.atomic():
            moved = update_returning(cls._base_manager.filter(pk__in=locked), "pk", "version", **values)
            cls._record_all(verb, moved, by=by, data=data or {}, reason=reason)
        return moved

    def _record(self, verb: str, *, by, data: dict, reason: str) -> None:
        """Append the event of this move. Models without a history of their own keep who and when in columns."""

    @classmethod
    def _record_all(cls, verb: str, moved: Iterable[tuple], *, by, data: dict, reason: str) -> None:
        """The same for many."""

    def _refusal(self) -> MoveRefused:
        return MoveRefused(
            "wrong_status", _("This is not possible now, because the status has changed."), status=self.status
        )


class Event(models.Model):
    """One line of a row's history: appended, never changed. `seq` is the row's version, so a gap would show."""

    id = ULIDField(primary_key=True)
    verb = models.CharField(max_length=32)
    seq = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    channel = models.CharField(max_length=16)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(db_default=models.functions.Now())
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def circumstances() -> dict[str, str]:
        return {"channel": context.channel(), "request_id": context.request_id()}
