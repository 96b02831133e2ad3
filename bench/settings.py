"""The tests' settings without the checks for mistakes."""

from config.settings_test import *  # noqa: F403
from config.settings_test import INSTALLED_APPS, MIDDLEWARE

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "zeal"]
MIDDLEWARE = [path for path in MIDDLEWARE if not path.startswith("zeal.")]
