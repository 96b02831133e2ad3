"""The Chromium of this machine, and how it is started for tests."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
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


def executable() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)
