"""Nothing else of the product calls other servers by HTTP. Linting keeps it so."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

pytestmark = pytest.mark.once
RUFF = Path(sys.executable).with_name("ruff")
CLIENTS = [
    "import httpx",
    "import requests",
    "from urllib import request",
    "from urllib3 import PoolManager",
]


@pytest.mark.parametrize(
    "line", [*CLIENTS, "import httpcore", "from http.client import HTTPSConnection"]
)
@pytest.mark.parametrize("file", ["core/tasks.py", "jobs/messages.py", "accounts/hooks.py"])
def test_no_other_module_may_import_a_client_of_http(line, file):
    assert "TID251" in linted(line, file)


def test_the_door_may():
    assert "TID251" not in linted("import httpcore", "core/outbound/door.py")


def linted(source, file):
    command = [RUFF, "check", "--stdin-filename", file, "--output-format", "concise", "-"]
    done = subprocess.run(
        command, input=f"{source}\n", cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    return done.stdout


def test_no_process_loads_the_libraries_of_the_door_at_its_start():
    source = (
        "import django, sys; django.setup(); print(*sorted({'httpcore', 'dns'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings_test"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
