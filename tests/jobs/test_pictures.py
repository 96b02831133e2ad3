"""What somebody sends as a photo is read as a picture, or refused with a sentence; only its pixels are kept."""

import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageCms

from jobs.pictures import picture as pictures
from tests.pictures import PLACE, exif, picture


def read(content: bytes) -> pictures.Picture:
    return pictures.read(ContentFile(content))


def seen(content: bytes):
    """The picture as it is kept, opened again."""
    image = Image.open(BytesIO(read(content).content))
    image.load()
    return image


def png_of(width: int, height: int) -> bytes:
    """A file of a few bytes that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_each_kind_is_kept_as_jpeg(kind):
    image = seen(picture(kind))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (64, 48))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "1"), ("PNG", "LA"), ("PNG", "I;16")],
)
def test_each_way_to_write_colours_is_kept_in_plain_colours(kind, mode):
    content = BytesIO()
    plain = Image.new("L", (64, 48), 200 if mode != "1" else 255)
    image = Image.new("I;16", (64, 48), 200 * 256) if mode == "I;16" else plain.convert(mode)
    image.save(content, kind)
    kept = seen(content.getvalue())
    assert kept.mode == "RGB"
    assert all(150 < value <= 255 for value in kept.getpixel((5, 5)))


def test_what_is_transparent_becomes_white():
    content = BytesIO()
    Image.new("RGBA", (64, 48), (0, 0, 0, 0)).save(content, "PNG")
    assert min(seen(content.getvalue()).getpixel((5, 5))) > 250


@pytest.mark.parametrize(("orientation", "size"), [(1, (64, 48)), (3, (64, 48)), (6, (48, 64))])
def test_a_photo_is_turned_as_the_phone_was_held(orientation, size):
    assert seen(picture(exif=exif(orientation))).size == size


def test_nothing_but_the_pixels_is_kept():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    sent = picture(exif=exif(), icc_profile=profile, comment=PLACE, xmp=b"<x:xmpmeta/>" + PLACE)
    assert sent.count(PLACE) == 3
    kept = read(sent).content
    assert PLACE not in kept
    image = Image.open(BytesIO(kept))
    assert not image.getexif()
    assert not {"icc_profile", "comment", "xmp", "exif"}.intersection(image.info)


def test_a_photo_with_a_preview_inside_is_its_first_picture():
    content = BytesIO()
    preview = Image.new("RGB", (16, 12), "green")
    Image.new("RGB", (64, 48), "red").save(content, "MPO", save_all=True, append_images=[preview])
    assert seen(content.getvalue()).size == (64, 48)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_that_moves_is_refused(kind):
    content = BytesIO()
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue")]
    frames[0].save(content, kind, save_all=True, append_images=frames[1:])
    with pytest.raises(ValidationError, match="moves"):
        read(content.getvalue())


HOSTILE = {
    "nothing": b"",
    "a text": b"This is not a picture.",
    "a page": b"<html><script>alert(1)</script></html>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a GIF": picture("GIF"),
    "a TIFF": picture("TIFF"),
    "a BMP": picture("BMP"),
    "a PDF": picture("PDF"),
    "half a JPEG": picture(size=(640, 480))[:2000],
    "half a PNG": picture("PNG", size=(640, 480))[:200],
    "half a WebP": picture("WEBP", size=(640, 480))[:60],
    "the head of a JPEG": picture()[:30],
    "a PNG without pixels": png_of(100, 100),
    "a PNG of no size": png_of(0, 0),
    "a JPEG with rubbish inside": picture()[:300] + b"\xff" * 400,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused(name):
    with pytest.raises(ValidationError, match="can be read"):
        read(HOSTILE[name])


@pytest.mark.parametrize("size", [(8000, 5001), (40_000_001, 1), (65_500, 65_500)])
def test_a_few_bytes_that_become_a_huge_picture_are_refused(size):
    with pytest.raises(ValidationError, match="40 megapixels"):
        read(png_of(*size))


def test_a_file_beyond_eight_megabytes_is_refused():
    with pytest.raises(ValidationError, match="8 MB"):
        read(picture() + b"\0" * pictures.MAX_BYTES)


def test_broken_exif_turns_nothing():
    sent = picture(exif=exif(6))
    broken = sent.replace(b"Exif\0\0MM\0*", b"Exif\0\0MM\0?").replace(
        b"Exif\0\0II*\0", b"Exif\0\0II?\0"
    )
    assert broken != sent
    assert seen(broken).size == (64, 48)


def test_two_are_read_at_once_and_a_third_waits(monkeypatch):
    monkeypatch.setattr(pictures, "WAIT", 0.05)
    with pictures._turn(), pictures._turn(), pytest.raises(pictures.Busy):
        read(picture())
    assert read(picture())


def test_one_that_is_refused_leaves_its_turn_to_others():
    for _ in range(pictures.AT_ONCE + 1):
        with pytest.raises(ValidationError):
            read(b"rubbish")
    assert read(picture())
