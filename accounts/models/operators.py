"""What operators may not do to each other: no superuser is lost, and only superusers change superusers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from accounts.models.suspension import lock_in_order
from core.errors import MoveRefused, NotAllowed

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.user import User


def check_authority(user: "User", *, by: "User") -> None:
    """Only a superuser acts on the account of a superuser."""
    if user.is_superuser and not by.is_superuser:
        raise NotAllowed("superuser_only")


def check_suspension(user: "User", *, by: "Actor") -> None:
    if by == user:
        raise MoveRefused("own_account")
    if is_in_charge(user):
        keep_another(user)


def check_rights(before: "User", after: "User", *, by: "User") -> None:
    """Refuse to take away the last rights of an operator. `before` is stored, `after` is not yet."""
    is_lost = (before.is_staff and not after.is_staff) or (
        before.is_superuser and not after.is_superuser
    )
    if is_lost and by == before:
        raise MoveRefused("own_account")
    if is_lost and is_in_charge(before):
        keep_another(before)


def is_in_charge(user: "User") -> bool:
    return user.is_superuser and user.is_staff and user.is_active


def keep_another(user: "User") -> None:
    """Another superuser must be left. The lock lets two who suspend each other wait for one another."""
    everyone = superusers()
    lock_in_order(everyone)
    if not everyone.exclude(pk=user.pk).exists():
        raise MoveRefused("last_superuser")


def superusers() -> "models.QuerySet[User]":
    """Those who can sign in and give rights."""
    from accounts.models.user import User

    found = User.objects.filter(is_superuser=True, is_staff=True, is_active=True)
    if settings.DEMO:
        return found
    return found.filter(is_demo=False)
