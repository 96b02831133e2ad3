"""The Chromium of this machine, and how it is started for tests."""

import shutil

FULL = ("chromium", "chromium-browser", "google-chrome")
# The same engine without windows, tabs and menus: a test of a page costs half as much.
SHELL = "chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-gpu",
)
# In milliseconds: a busy machine is slow, and what is wrong stays wrong.
PATIENCE = 120_000
# The phone's app, and the phone: a thumb, 390 by 844 pixels.
APP = "/smartcontrol/"
HAND = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def executable(*names: str) -> str | None:
    """The first of these that this machine has; without names any, best the one that costs least."""
    return next((path for name in names or (SHELL, *FULL) if (path := shutil.which(name))), None)
