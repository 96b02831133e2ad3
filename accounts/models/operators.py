"""What operators may not do to each other: somebody in charge is left, and nobody acts on those above them.

In charge are those who give rights: superusers, and operators with the role Security.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models.operator_role import OperatorRole
from accounts.models.suspension import lock_in_order
from core.errors import MoveRefused, NotAllowed

if TYPE_CHECKING:
    from accounts.models.authority import Actor
    from accounts.models.user import User


def check_authority(user: "User", *, by: "User") -> None:
    """Only a superuser acts on the account of a superuser, and nobody on an operator's who may not change people."""
    if user.is_superuser and not by.is_superuser:
        raise NotAllowed("superuser_only")
    if user.is_staff and not by.has_perm("accounts.change_user"):
        raise NotAllowed("security_only")


def check_suspension(user: "User", *, by: "Actor") -> None:
    if by == user:
        raise MoveRefused("own_account")
    keep_another(user)


def check_rights(
    before: "User", after: "User", *, by: "User", groups: Collection[str] | None = None
) -> None:
    """Refuse rights that `by` may not give, and to take away the last ones.

    `before` is stored, `after` is not yet. `groups` are the names of its groups then; without them they stay.
    """
    held = groups_of(before)
    kept = held if groups is None else frozenset(groups)
    check_given(held ^ kept, by=by)
    is_lost = bool(held - kept)
    is_lost |= before.is_staff and not after.is_staff
    is_lost |= before.is_superuser and not after.is_superuser
    if by == before and is_lost:
        raise MoveRefused("own_account")
    if by == before and kept - held and not by.is_superuser:
        raise MoveRefused("own_rights")
    if is_lost and not _stays_in_charge(before, after, kept):
        keep_another(before)


def check_given(groups: Collection[str], *, by: "User") -> None:
    """Who is no superuser gives the roles of the product. Another group might permit more than they may."""
    if set(groups) - set(OperatorRole.values) and not by.is_superuser:
        raise NotAllowed("own_groups_by_superuser")


def _stays_in_charge(before: "User", after: "User", groups: Collection[str]) -> bool:
    """A superuser stays in charge as a superuser only."""
    is_above = after.is_superuser if before.is_superuser else OperatorRole.SECURITY in groups
    return after.is_staff and is_above


def groups_of(user: "User") -> frozenset[str]:
    if user.pk is None:
        return frozenset()
    return frozenset(user.groups.values_list("name", flat=True))


def keep_another(user: "User") -> None:
    """Where `user` is in charge, another must be left. The lock lets two who act on each other wait for one another."""
    if not user.is_staff:
        return
    lock_in_order(in_charge())
    if is_last(user):
        raise MoveRefused(last_of(user))


def is_last(user: "User") -> bool:
    """Whether without `user` nobody would be left in charge. A superuser is not replaced by a role, which does less."""
    left = superusers() if user.is_superuser else in_charge()
    is_one = in_charge().filter(pk=user.pk).exists()
    return is_one and not left.exclude(pk=user.pk).exists()


def last_of(user: "User") -> str:
    """The code of the refusal where `is_last`."""
    return "last_superuser" if user.is_superuser else "last_security"


def keep_last(instance: "User", **_signal: object) -> None:
    """Django's signal `pre_delete`: an account without a history can be deleted from a shell."""
    keep_another(instance)


def in_charge() -> "models.QuerySet[User]":
    """Those who can sign in and give rights."""
    return holders_of(OperatorRole.SECURITY)


def superusers() -> "models.QuerySet[User]":
    return in_charge().filter(is_superuser=True)


def holders_of(role: OperatorRole) -> "models.QuerySet[User]":
    """Those who can sign in and have the role, or all roles as superusers."""
    from accounts.models.user import User

    members = User.groups.through.objects.filter(group__name=role)
    found = User.objects.filter(
        Q(is_superuser=True) | Q(pk__in=members.values("user")), is_staff=True, is_active=True
    )
    if settings.DEMO:
        return found
    return found.filter(is_demo=False)
