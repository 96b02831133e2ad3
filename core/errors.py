"""The two exceptions that refuse a move. The web layer turns them into a page's message or an API's problem."""

from typing import Any

from django.utils.functional import Promise

from core import refusals


class MoveRefused(Exception):
    """The move is not allowed now (409). Clients branch on `code`; `extra` is added to the response.

    Without a message of its own it carries the sentence of its code in the catalogue.
    """

    def __init__(self, code: str = "wrong_status", message: str | Promise = "", **extra: Any):
        super().__init__(code, message)
        self.code = code
        self.message = message or refusals.sentence(code)
        self.extra = extra

    def __str__(self) -> str:
        return str(self.message or self.code)


class NotAllowed(Exception):
    """The caller may see the row but lacks the role (403)."""

    def __init__(self, code: str = "not_allowed", message: str | Promise = ""):
        super().__init__(code, message)
        self.code = code
        self.message = message or refusals.sentence(code)

    def __str__(self) -> str:
        return str(self.message)
