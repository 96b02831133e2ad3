"""The photos of an installation: taken with the phone, and known by the checksum of what the phone sends."""

import hashlib
import random
import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import Page

# Each kind that the jobs require, with its name on the screen.
KINDS = {"SERIAL": "Serial number", "MOUNTING": "Mounting"}
SIZE = (1600, 1200)
FILE = re.compile(rb'name="file"[^\r]*\r\n(?:[^\r]+\r\n)*\r\n(.*)\r\n--', re.DOTALL)


def taken(job: str, kind: str) -> bytes:
    """A picture that no other photo has: large, as it comes from a camera."""
    dice = random.Random(f"{job} {kind}")
    grain = Image.frombytes("RGB", (160, 120), dice.randbytes(160 * 120 * 3))
    content = BytesIO()
    grain.resize(SIZE).save(content, "JPEG", quality=90)
    return content.getvalue()


def take(page: Page, job: str, kind: str) -> None:
    """Take a photo of this kind, unless it is on the phone already."""
    part = page.get_by_role("region", name=re.compile(KINDS[kind]))
    part.wait_for()
    if not part.get_by_role("img").count():
        with page.expect_file_chooser() as chosen:
            part.get_by_role("button", name=re.compile("^Take photo")).click()
        file = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": taken(job, kind)}
        chosen.value.set_files(file)
        part.get_by_role("img").first.wait_for(timeout=60_000)


def checksum_of(body: bytes) -> str:
    """That of the file in a form, or nothing."""
    found = FILE.search(body)
    return hashlib.sha256(found[1]).hexdigest() if found else ""
