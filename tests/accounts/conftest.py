import re

import pytest

from accounts.models import Invitation, Partnership
from core.models import Mail


@pytest.fixture
def token_of():
    """The link's token in the newest mail to an address, read as its receiver would."""

    def find(email: str) -> str:
        path = Mail.objects.filter(to=email).first().context["path"]
        return re.fullmatch(r"/invitations/([\w-]{43})/", path)[1]

    return find


@pytest.fixture
def invited(fleet, manager, token_of):
    """Invite an address as a partner: (partnership, token)."""

    def invite(email: str = "new@partner.example", **kwargs) -> tuple[Partnership, str]:
        return Partnership.invite(
            fleet=kwargs.pop("fleet", fleet), email=email, by=kwargs.pop("by", manager), **kwargs
        ), token_of(email)

    return invite


@pytest.fixture
def open_invitation():
    return lambda token: Invitation.objects.by_token(token)
