"""Who sends a command for a fleet, and whether they still may."""

from accounts.models import ApiClient, Fleet, User
from accounts.models.membership import MANAGING
from core.errors import NotAllowed

# The right of an API client to send commands.
RIGHT = "commands:write"


def lock_sender(by: User | ApiClient, of: Fleet) -> None:
    """Lock the membership of the person, or the client, and check that they may send commands for this fleet.

    A revocation, a removal and a suspension wait for us, or we for them. Raises NotAllowed.
    """
    held = by.lock_membership(of=of, roles=MANAGING)
    if isinstance(held, ApiClient) and RIGHT not in held.rights:
        raise NotAllowed("missing_permissions")
