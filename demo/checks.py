"""A check of the settings: the demo mode is named where a product is put into service."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security, deploy=True)
def nobody_signs_in_with_a_click(**_: Any) -> list[CheckMessage]:
    if not settings.DEMO:
        return []
    return [
        Warning(
            "DEMO is true: everybody who opens this server signs in as a demo login, also as an operator.",
            hint="Unset DEMO, and use a database without the demo world.",
            id="demo.W001",
        )
    ]
