"""The mail folder, as the people of the story read their mails."""

import email
import email.policy
import re
from pathlib import Path

from demo.story.line import wait_for

LINK = re.compile(r"https?://\S+/invitations/\S+")


class Mailbox:
    def __init__(self, folder: Path):
        self.folder = folder

    def invitation(self, address: str) -> str:
        """The link of the newest invitation to `address`, as soon as it is there."""
        return wait_for(
            lambda: self._newest(address), f"an invitation to {address} in {self.folder}"
        )

    def _newest(self, address: str) -> str | None:
        for path in sorted(self.folder.glob("[!.]*.eml"), reverse=True):
            text = path.read_bytes()
            if address.encode() not in text:
                continue
            mail = email.message_from_bytes(text, policy=email.policy.default)
            body = mail.get_body(preferencelist=("plain",))
            if mail["To"] == address and body and (link := LINK.search(body.get_content())):
                return link[0]
        return None
