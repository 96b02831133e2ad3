"""Pictures as phones and as strangers send them."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

# Where the run's own photos say that they were taken, so that a test can search for it.
PLACE = b"52.5200N 13.4050E"
ORIENTATION = 0x0112
DESCRIPTION = 0x010E


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **save: Any):
    """The bytes of a picture: red to the left, blue to the right."""
    image = Image.new("RGB", size, "blue")
    image.paste((255, 0, 0), (0, 0, size[0] // 2, size[1]))
    content = BytesIO()
    image.convert(mode).save(content, kind, **save)
    return content.getvalue()


def exif(orientation: int = 1) -> Any:
    """With the place in the description, and how the phone was held."""
    found = Image.Exif()
    found[ORIENTATION] = orientation
    found[DESCRIPTION] = PLACE.decode()
    found.get_ifd(0x8825)[1] = "N"
    return found


def file(content: bytes | None = None, name: str = "photo.jpg", type: str = "image/jpeg"):
    """An upload; by default one that differs from every other."""
    return SimpleUploadedFile(name, picture() if content is None else content, type)
