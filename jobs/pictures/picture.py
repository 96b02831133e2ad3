"""Reading a picture that somebody sent, and writing it anew: upright, as JPEG, without anything but its pixels."""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

log = logging.getLogger(__name__)
MEGABYTE = 1024 * 1024
MAX_BYTES = 8 * MEGABYTE
MAX_PIXELS = 40_000_000
# By the content, whatever name and type it came with.
FORMATS = ("JPEG", "PNG", "WEBP")
# A JPEG with further pictures inside (a preview, a second lens), as many phones write it: the first one is the photo.
WITH_MORE_INSIDE = "MPO"
QUALITY = 88
# A picture of 40 megapixels takes up to 400 MB while it is written anew.
AT_ONCE = 2
WAIT = 20
_turns = BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """Others are being read, for longer than a client should wait."""


class Picture(NamedTuple):
    content: bytes
    width: int
    height: int
    # Of what was sent.
    sha256: str


def read(upload: File) -> Picture:
    """Return the picture in an upload. Raises ValidationError with what is wrong, or Busy."""
    upload.seek(0)
    sent = upload.read(MAX_BYTES + 1)
    if len(sent) > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(bound)s MB.") % {"bound": MAX_BYTES // MEGABYTE}
        )
    with _turn():
        content, size = _rewritten(sent)
    return Picture(content, *size, hashlib.sha256(sent).hexdigest())


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=WAIT):
        raise Busy
    try:
        yield
    finally:
        _turns.release()


def _rewritten(sent: bytes) -> tuple[bytes, tuple[int, int]]:
    try:
        with Image.open(BytesIO(sent), formats=FORMATS) as image:
            _check(image)
            image.load()
            plain = _plain(_upright(image))
    except ValidationError:
        raise
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except Exception as error:  # a broken file breaks its reader in more ways than it documents
        log.info("a picture could not be read: %r", error)
        raise ValidationError(
            _("This is not a picture that can be read. Send a JPEG, PNG or WebP file.")
        ) from None
    content = BytesIO()
    plain.save(content, "JPEG", quality=QUALITY)
    return content.getvalue(), plain.size


def _check(image: Any) -> None:
    """Before a pixel is read: the header alone says how large it will be."""
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if image.format != WITH_MORE_INSIDE and getattr(image, "n_frames", 1) > 1:
        raise ValidationError(_("This picture moves. Send a photo."))


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("The picture has more than %(bound)s megapixels.") % {"bound": MAX_PIXELS // 1_000_000}
    )


def _upright(image: Any) -> Any:
    """Turned as its EXIF says. An EXIF that cannot be read turns nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:
        return image


def _plain(image: Any) -> Any:
    """Its pixels alone, in RGB; what is transparent becomes white."""
    if image.mode.startswith("I;16"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        plain = Image.new("RGB", image.size, "white")
        plain.paste(image, mask=image.getchannel("A"))
        return plain
    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain
