from django.db import models, transaction
from django.utils import timezone

from accounts.models.telling import tell


class Suspendable(models.Model):
    """A provider, a fleet or a company that operators shut out at once, each request looks at it, and whose people are told."""

    class Meta:
        abstract = True

    @transaction.atomic
    def suspend(self) -> None:
        self._switch("team_suspended", timezone.now(), suspended_at=None)

    @transaction.atomic
    def reinstate(self) -> None:
        self._switch("team_reinstated", None, suspended_at__isnull=False)

    def _switch(self, what: str, at, **before) -> None:
        if type(self)._base_manager.filter(pk=self.pk, **before).update(suspended_at=at):
            tell(self.users, what, team=self.known_as, path="/")

    @property
    def known_as(self) -> str:
        return self.name

    @property
    def users(self):
        """Its people, as far as they can sign in."""
        raise NotImplementedError
