"""A suspension shuts out at once: each request checks it, and the same transaction ends the accesses to vehicles."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import signals
from accounts.models.message_broker import match_broker_soon
from accounts.models.notification import notify

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.membership import CompanyMembershipQuerySet
    from accounts.models.user import User


def suspended(name: str) -> models.Index:
    """The index of the few rows that are suspended."""
    return models.Index(
        fields=["suspended_at"], condition=models.Q(suspended_at__isnull=False), name=name
    )


class Suspendable(models.Model):
    """A row that operators suspend and reinstate.

    By default it is a team or a provider, whose people are notified.
    """

    # Written by `suspend` and `reinstate` only. No form has this field.
    suspended_at = models.DateTimeField(
        _("suspended"),
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        abstract = True

    @transaction.atomic
    def suspend(self, *, by: "Actor" = None) -> None:
        """Shut out, and end what is open. Idempotent.

        The memberships of the installers stay locked until the transaction ends. A take waits for the suspension, or
        the suspension waits for the take, so it misses no access.
        """
        self._lock_with_installers()
        if not self._switch(timezone.now(), suspended_at=None):
            return
        self._end_client_tokens()
        self._notify("suspended")
        match_broker_soon()
        signals.suspended.send(sender=type(self), row=self, by=by)

    @transaction.atomic
    def reinstate(self) -> None:
        """Let in again. What the suspension ended stays ended. Idempotent."""
        if self._switch(None, suspended_at__isnull=False):
            self._notify("reinstated")
            match_broker_soon()

    def _lock_with_installers(self) -> None:
        """In the lock order, a company or fleet comes before its memberships."""
        lock_in_order(type(self)._base_manager.filter(pk=self.pk))
        lock_in_order(self.installers)

    def _switch(self, at: datetime | None, **before: Any) -> bool:
        return bool(type(self)._base_manager.filter(pk=self.pk, **before).update(suspended_at=at))

    def _notify(self, what: str) -> None:
        notify(self.users, f"team_{what}", team=self.known_as, path="/")

    @property
    def known_as(self) -> str:
        """The name in mails."""
        raise NotImplementedError

    @property
    def users(self) -> "models.QuerySet[User]":
        """Its people who can sign in."""
        raise NotImplementedError

    @property
    def installers(self) -> "CompanyMembershipQuerySet":
        """The company memberships of everyone whose work the suspension stops."""
        raise NotImplementedError

    def _end_client_tokens(self) -> None:
        """End the tokens of the API clients that the suspension shuts out. By default there are none."""


def lock_in_order(rows: models.QuerySet[Any]) -> None:
    """Hold these rows until the transaction ends, locked in the order of their primary keys."""
    list(rows.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk"))
