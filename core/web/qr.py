"""QR codes as paths of an SVG, which a page holds without an image or a style of its own."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

import qrcode


class Code(NamedTuple):
    size: int  # modules along an edge, with the quiet zone around them
    path: str


def code_of(text: str) -> Code:
    """The QR code of a text. A quarter of it may be unreadable: labels get dirty."""
    drawing = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=4)
    drawing.add_data(text)
    rows = drawing.get_matrix()
    return Code(len(rows), "".join(_runs(rows)))


def _runs(rows: list[list[bool]]) -> Iterator[str]:
    """A rectangle for each run of dark modules."""
    for y, row in enumerate(rows):
        x = 0
        for is_dark, run in groupby(row):
            width = len(list(run))
            if is_dark:
                yield f"M{x} {y}h{width}v1h-{width}z"
            x += width
