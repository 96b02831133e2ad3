"""Mails in a folder: those to an erased person, and those that name them, are deleted."""

import email
import email.policy
from pathlib import Path

from django.conf import settings

from core.erasing import Words, erases
from core.mail.letter import WORD_JOINER


@erases
def mails(words: Words) -> None:
    for path in Path(settings.MAIL_DIR).glob("*.eml"):
        if words.are_in(text_of(path)):
            path.unlink(missing_ok=True)


def text_of(path: Path) -> str:
    """The headers and the texts of a mail, decoded."""
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    parts = [f"{name}: {value}" for name, value in mail.items()]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            parts.append(part.get_content())
    return "\n".join(parts).replace(WORD_JOINER, "")
