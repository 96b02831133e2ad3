"""The unit is scanned: the browser's camera is a film of its code."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.smartcontrol.phone import heading, screen, tap

ROOT = Path(__file__).resolve().parents[3]
WIDTH = 640
HEIGHT = 480
SCALE = 10
BLACK = b"\x10"
WHITE = b"\xeb"
GREY = b"\x80"
CODE = """
import encodeQR from "./static/vendor/qr/index.js";
console.log(JSON.stringify(encodeQR(process.argv[1], "raw", { border: 4 })));
"""


def film_of(text: str, place: Path) -> Path:
    """A film of one picture, uncompressed (Y4M): the code in the middle of a white page."""
    node = Path(sys.executable).with_name("node")
    command = [node, "--input-type=module", "-e", CODE, text]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=30)
    code = json.loads(done.stdout)
    lines = [picture_line(row) for row in code for _ in range(SCALE)]
    blank = WHITE * WIDTH
    above = (HEIGHT - len(lines)) // 2
    picture = [blank] * above + lines + [blank] * (HEIGHT - above - len(lines))
    colours = GREY * (WIDTH * HEIGHT // 2)
    frame = b"FRAME\n" + b"".join(picture) + colours
    place.write_bytes(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 2)
    return place


def picture_line(row: list[bool]) -> bytes:
    dots = b"".join((BLACK if is_dark else WHITE) * SCALE for is_dark in row)
    left = (WIDTH - len(dots)) // 2
    return WHITE * left + dots + WHITE * (WIDTH - left - len(dots))


@pytest.fixture
def browser(
    playwright: Playwright, browser_type_launch_args: dict, unit, tmp_path
) -> Iterator[Browser]:
    """A browser of its own: its camera is set when it starts."""
    film = film_of(f"https://units.example/q/{unit.pk}", tmp_path / "camera.y4m")
    flags = [
        *browser_type_launch_args["args"],
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    browser = playwright.chromium.launch(**{**browser_type_launch_args, "args": flags})
    yield browser
    browser.close()


def test_a_unit_is_scanned_from_its_code_and_linked(
    page: Page, sign_in, running_job, unit, installer
):
    sign_in(installer)
    page.goto(screen(running_job, "work/UNIT"))
    tap(page, "Scan")
    expect(page.get_by_label("QNR of the unit")).to_have_value("-".join(groups(unit.pk)))
    tap(page, "Link unit")
    expect(heading(page, "Vehicle data")).to_be_visible()
    running_job.refresh_from_db()
    assert running_job.unit == unit


def groups(qnr: str) -> list[str]:
    return [qnr[at : at + 4] for at in range(0, len(qnr), 4)]
