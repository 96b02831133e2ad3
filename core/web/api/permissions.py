"""A view that names no permission denies everyone."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    # The view is not typed: DRF reads its defaults, this among them, while it still makes its own views.
    def has_permission(self, request: Request, view: Any) -> bool:
        return False
