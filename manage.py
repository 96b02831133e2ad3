#!/usr/bin/env python
"""Django's commands. Without variables they use the same `var/` as `bin/run`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as nonsense:
        sys.exit(f"Settings: {nonsense}")


if __name__ == "__main__":
    main()
