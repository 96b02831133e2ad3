"""All icons in one drawing, so that pages name them instead of carrying them.

After a change in static/icons: `python -m core.web.icons`.
"""

import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
ICONS = STATIC / "icons"
SHEET = STATIC / "icons.svg"


def names() -> set[str]:
    return {path.stem for path in ICONS.glob("*.svg")}


def draw() -> str:
    """Each icon as a symbol of its name."""
    symbols = "\n".join(_symbol(name) for name in sorted(names()))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str) -> str:
    drawing = re.search(
        r'<svg [^>]*?(viewBox="[^"]+")[^>]*>(.*)</svg>', (ICONS / f"{name}.svg").read_text(), re.S
    )
    assert drawing, name
    shapes = re.sub(r"\s*\n\s*", "", drawing[2])
    return f'<symbol id="{name}" {drawing[1]}>{shapes}</symbol>'


if __name__ == "__main__":
    SHEET.write_text(draw())
