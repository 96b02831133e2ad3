"""What a request with an Idempotency-Key was answered, so that its repeat is answered alike."""

from datetime import timedelta

from django.db import IntegrityError, models
from django.utils import timezone

KEPT = timedelta(days=90)


class AnsweredBefore(Exception):
    """Somebody with this key was here before; the transaction that found out has to end."""


class AnsweredRequestQuerySet(models.QuerySet):
    def claim(self, principal: str, key: str, body_hash: str) -> "AnsweredRequest":
        """Take the key: the first statement of a move's transaction. A rival with the same key waits here for our commit."""
        try:
            return self.create(principal=principal, key=key, body_hash=body_hash)
        except IntegrityError as error:
            raise AnsweredBefore from error

    def forget(self) -> int:
        """Drop what nobody will repeat any more."""
        return self.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


class AnsweredRequest(models.Model):
    """The principal is text (`user:<id>`, `client:<id>`): the ground floor knows nobody."""

    principal = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=200)
    code = models.CharField(max_length=64, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = AnsweredRequestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="answered_once")]

    def __str__(self):
        return f"{self.principal} {self.key}"

    def settle(self, status: int, object_id: str, code: str = "") -> None:
        self.status, self.object_id, self.code = status, object_id, code
        self.save(update_fields=["status", "object_id", "code"])
