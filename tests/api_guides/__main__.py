"""Write what the guides in docs/api/ have from elsewhere: `python -m tests.api_guides`."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings_test")
django.setup()

from tests.api_guides import pages  # noqa: E402 - the documents need Django

for path in pages.guides():
    path.write_text(pages.written(path))
