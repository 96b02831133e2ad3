"""Who may change a company or a fleet."""

from typing import TYPE_CHECKING, TypeAlias

from core.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models.api_client import ApiClient
    from accounts.models.team import Team
    from accounts.models.user import User

    Principal: TypeAlias = User | ApiClient
    # Who makes a move: a person, an API client, or None for the system itself.
    Actor: TypeAlias = Principal | None


def authorise(by: "Actor", of: "Team", *roles: str) -> None:
    """Raise NotAllowed unless `by` has rights for the company or fleet `of`.

    Allowed are operators, the system itself (None), and members in one of `roles` (any role if none is given).
    The membership stays locked until the transaction ends.
    """
    if by is None or by.is_operator:
        return
    if not by.is_person:
        raise NotAllowed
    by.lock_membership(of=of, roles=roles)
