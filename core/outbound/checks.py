"""A check of the settings: what is meant for tests and the demo is named where it is not one of them."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def nothing_internal_is_allowed(**_: Any) -> list[CheckMessage]:
    if not settings.OUTBOUND_ALLOWED or settings.DEMO:
        return []
    return [
        Warning(
            "OUTBOUND_ALLOWED lets users have addresses called that are not on the public internet.",
            hint="It is for tests and the demo. Unset it, unless everybody who enters a URL may reach these networks.",
            id="core.W001",
        )
    ]
