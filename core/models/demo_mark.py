from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DemoMarkQuerySet(models.QuerySet):
    def claim(self) -> bool:
        """Mark this database in the caller's transaction; False if it is marked already.

        Of two that claim at once, the second waits for the first one's commit.
        """
        return self.get_or_create(pk=DemoMark.ONLY)[1]


class DemoMark(models.Model):
    """The one row of a database that holds the demo world and no real data."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(
        _("ID"),
        primary_key=True,
        default=ONLY,
        editable=False,
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    objects = DemoMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark of the demo world")
        verbose_name_plural = _("marks of the demo world")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_demo_mark")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
