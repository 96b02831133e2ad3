"""A request that is sent twice is carried out once: claim the key, judge, act, settle.

A repeat is authorised like a first request, then gets the same answer.

Both APIs (core/web/api/idempotency.py) and forms (core/web/once.py) go this way.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from django.db import IntegrityError, models, transaction
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT = timedelta(days=90)


class Answer(NamedTuple):
    """What is kept of a response. Its body is rendered from the object afterwards, outside the transaction."""

    status: int
    object_id: str
    code: str = ""
    # Of a call that creates many objects, in the order of the request.
    object_ids: Sequence[str] = ()


class AnsweredBefore(Exception):
    """The key is taken. The transaction that found out has to end."""


class KeyReused(Exception):
    """The key was used for another request."""


class AnsweredRequestQuerySet(models.QuerySet["AnsweredRequest"]):
    def claim(
        self, principal: str, key: str, body_hash: str, *, on_behalf_of: str, kept: timedelta
    ) -> "AnsweredRequest":
        """Insert the key. A rival with the same key waits here until this transaction ends."""
        try:
            return self.create(
                principal=principal,
                key=key,
                body_hash=body_hash,
                on_behalf_of=on_behalf_of,
                expires_at=timezone.now() + kept,
            )
        except IntegrityError as error:
            raise AnsweredBefore from error

    def expired(self) -> "AnsweredRequestQuerySet":
        now = timezone.now()
        unlimited = Q(expires_at=None, created_at__lt=now - KEPT)  # rows from before the column
        return self.filter(Q(expires_at__lt=now) | unlimited)

    def given_before(self, principal: str, key: str) -> "AnsweredRequest | None":
        return self.filter(principal=principal, key=key).first()


class AnsweredRequest(models.Model):
    """A request and its answer. The principal is text (`user:<id>`), so this model refers to no user."""

    principal = models.CharField(_("principal"), max_length=64)
    key = models.CharField(_("key"), max_length=255)
    body_hash = models.CharField(_("body hash"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=200)
    code = models.CharField(_("code"), max_length=64, blank=True)
    object_id = models.CharField(_("ID of the object"), max_length=64, blank=True)
    object_ids = models.JSONField(
        default=list, db_default=Value([], models.JSONField()), blank=True, editable=False
    )
    on_behalf_of = models.CharField(
        _("on behalf of"), max_length=64, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False, db_index=True
    )
    expires_at = models.DateTimeField(
        _("kept until"), null=True, blank=True, editable=False, db_index=True
    )

    objects = AnsweredRequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"

    def settle(self, answer: Answer) -> None:
        self.status = answer.status
        self.object_id = answer.object_id
        self.code = answer.code
        self.object_ids = list(answer.object_ids)
        self.save(update_fields=["status", "object_id", "code", "object_ids"])

    @property
    def answer(self) -> Answer:
        return Answer(self.status, self.object_id, self.code, self.object_ids)

    def recall(self, body_hash: str) -> Answer:
        """The kept answer. Raises KeyReused if another request has used the key."""
        if self.body_hash != body_hash:
            raise KeyReused
        return self.answer


def once(
    principal: str,
    key: str,
    body_hash: str,
    action: Callable[[], Answer],
    *,
    judge: Callable[[], None] = lambda: None,
    authorise: Callable[[], None] = lambda: None,
    on_behalf_of: str = "",
    kept: timedelta = KEPT,
) -> Answer:
    """Run `action`, a move, and keep its answer in the same transaction. A repeat returns the kept answer.

    The caller is authorised before. `judge` checks what may have changed since (status, holder): a repeat skips it, and
    so gets its answer and not a refusal. A repeat may have waited for its twin, so `authorise` checks its caller again.
    A refused request leaves no row and may be sent again. `on_behalf_of` is the party of the caller, as text.
    """
    mine = AnsweredRequest.objects.filter(principal=principal, key=key)
    claim = partial(
        AnsweredRequest.objects.claim,
        principal,
        key,
        body_hash,
        on_behalf_of=on_behalf_of,
        kept=kept,
    )
    while True:
        try:
            return _carry_out(claim, judge, action)
        except AnsweredBefore:
            if not mine.expired().delete()[0]:
                break
    authorise()
    return mine.get().recall(body_hash)


@transaction.atomic
def _carry_out(
    claim: Callable[[], AnsweredRequest],
    judge: Callable[[], None],
    action: Callable[[], Answer],
) -> Answer:
    row = claim()
    judge()
    answer = action()
    row.settle(answer)
    return answer
