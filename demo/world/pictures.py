"""Small pictures for the photos of the demo world: drawn, and so nobody's."""

from io import BytesIO
from random import Random

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFilter

SIZE = (480, 360)


def draw(dice: Random, title: str) -> ContentFile:
    """A blurred patch of colours with a label."""
    image = Image.new("RGB", SIZE, _colour(dice))
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        left, top = dice.randint(-80, SIZE[0]), dice.randint(-80, SIZE[1])
        pen.ellipse((left, top, left + 200, top + 160), fill=_colour(dice))
    image = image.filter(ImageFilter.GaussianBlur(14))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((130, 150, 350, 210), radius=10, fill="white", outline="black", width=2)
    pen.text((150, 172), title, fill="black")
    content = BytesIO()
    image.save(content, "JPEG", quality=80)
    return ContentFile(content.getvalue())


def _colour(dice: Random) -> tuple[int, int, int]:
    return dice.randint(40, 110), dice.randint(50, 120), dice.randint(60, 140)
