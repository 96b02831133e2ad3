"""Accounts are created, and closed when nothing else needs them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models.user import User

# Models whose rows belong to one person. They are deleted with the account.
OWN = ("TablePreference", "SavedView")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account with a verified address: an invitation proved it, or an operator vouches for it."""
        return self.enter(self.prepare(email, password, **fields))

    def prepare(self, email: str, password: str | None, **fields: Any) -> "User":
        """An account that is not stored yet. Hashing the password is slow, so do it before the transaction."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        return user

    @transaction.atomic
    def enter(self, user: "User") -> "User":
        """Store a prepared account with its address verified."""
        from allauth.account.models import EmailAddress

        user.save(using=self._db)
        EmailAddress.objects.create(
            user=user,
            email=user.email,
            verified=True,
            primary=True,
        )
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        fields.setdefault("is_staff", True)
        fields.setdefault("is_superuser", True)
        if password is not None:
            validate_password(password, self.model(email=email))
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        return self.get(email=email or "")

    @transaction.atomic
    def leave(self, users: "Iterable[User]") -> None:
        """End every session and app token of `users`, and close the accounts that nothing else needs.

        Call it after the memberships have ended. A closed account stays as a tombstone: it keeps the name for the
        history, nobody can sign in with it, and its address is free for a new account.
        """
        users = list(users)
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator

        self.end_sessions(users)
        left = self.filter(
            pk__in=[user.pk for user in users], is_staff=False, fleet_memberships=None
        )
        working = left.filter(company_memberships__ended_at=None, company_memberships__isnull=False)
        gone = list(left.exclude(pk__in=working.values("pk")).values_list("pk", flat=True))
        address = Concat(Value("closed-"), Cast("pk", models.CharField()), Value("@closed.invalid"))
        self.filter(pk__in=gone).update(
            closed_at=timezone.now(), email=address, password=make_password(None)
        )
        own = [self.model._meta.apps.get_model("accounts", name) for name in OWN]
        for model in (EmailAddress, Authenticator, *own):
            model._default_manager.filter(user__in=gone).delete()

    def end_sessions(self, users: "Iterable[User]") -> None:
        """End the sessions and app tokens of `users`."""
        from allauth.usersessions.models import UserSession

        for session in UserSession.objects.filter(user__in=users):
            session.end()
