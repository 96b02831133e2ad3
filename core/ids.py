"""Short public ids: five characters A-Z0-9, longer once the space is dense."""

import secrets
import string
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

ALPHABET = string.ascii_uppercase + string.digits
LENGTH = 5
LONGEST = 12
# If this many draws of one length all exist already, the space is dense: add a character.
DRAWS = 4


class ShortIdField(models.CharField):
    """A primary key that `ShortIdModel.save` allocates."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs = {
            "max_length": LONGEST,
            "editable": False,
            "primary_key": True,
        } | kwargs
        super().__init__(*args, **kwargs)


class ShortIdModel(models.Model):
    """A row with a short public id: `its_id = ShortIdField()`. Rows are never deleted, so ids are never reused."""

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if self.pk:
            super().save(**kwargs)
            return
        for _attempt in range(DRAWS):
            self.pk = allocate(type(self))[0]
            try:
                with transaction.atomic():
                    super().save(**{**kwargs, "force_insert": True})
                    return
            except IntegrityError:
                # Another process may have drawn the same id just now. Any other collision is the caller's.
                if not type(self)._base_manager.filter(pk=self.pk).exists():
                    self.pk = None
                    raise
        raise RuntimeError(_("No free id was found."))


def allocate(model: type[models.Model], count: int = 1) -> list[str]:
    """`count` ids that no row of `model` has. They are not reserved: the insert decides."""
    free: set[str] = set()
    length = LENGTH
    while len(free) < count:
        for _draw in range(DRAWS):
            drawn = {draw(length) for _ in range(count - len(free))} - free
            free |= drawn - set(
                model._base_manager.filter(pk__in=drawn).values_list("pk", flat=True)
            )
            if len(free) >= count:
                return sorted(free)[:count]
        length += 1
    return []


def draw(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
