"""Mail into a folder, one `.eml` file each, where no mail server is given: for trying out, and for `story` to read."""

import os
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

from core.ulid import new_ulid


class MailFolder(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            self._write(folder, message)
        return len(email_messages)

    def _write(self, folder: Path, message: EmailMessage) -> None:
        """Whole or not at all: a reader never finds half a mail. Names sort by time."""
        name = f"{new_ulid()}.eml"
        draft = folder / f".{name}"
        draft.write_bytes(message.message().as_bytes())
        os.replace(draft, folder / name)
