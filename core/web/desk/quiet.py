"""The messages of one row of a file, which are no messages of the page."""

from typing import Any

from django.contrib.messages import constants


class Messages:
    """Takes the place of a request's messages: keeps the errors, and drops that a row was saved."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def add(self, level: int, message: Any, extra_tags: str = "") -> None:
        if level >= constants.ERROR:
            self.errors.append(str(message))
