"""A PostgreSQL that answers others, and is slow to read what one connection sends."""

import os
import signal
from threading import Timer

import pytest
from django.db import connection

from tests.postgres import BINARIES

pytestmark = [
    pytest.mark.pg,
    pytest.mark.django_db,
    pytest.mark.skipif(BINARIES not in os.environ, reason="stops a process of its own server"),
]
SLOW = 1.3  # seconds; longer than two silences
LARGE = 20_000_000  # more than any buffer on the way


def test_a_large_statement_is_sent_to_the_end():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = cursor.fetchone()[0]
        os.kill(process, signal.SIGSTOP)
        Timer(SLOW, os.kill, (process, signal.SIGCONT)).start()

        cursor.execute("SELECT length(%s)", ["x" * LARGE])

        assert cursor.fetchone() == (LARGE,)
