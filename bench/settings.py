"""The tests' settings without the checks for mistakes, and a server with the memory that docs/operation gives one."""

import os

from tests import postgres

if os.environ.get("TEST_ON") == "postgresql" and "TEST_DATABASE_URL" not in os.environ:
    os.environ["TEST_DATABASE_URL"] = postgres.start(shared_buffers="1GB")

from config.settings_test import *  # noqa: F403
from config.settings_test import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "zeal"]
MIDDLEWARE = [path for path in MIDDLEWARE if not path.startswith("zeal.")]
