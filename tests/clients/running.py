"""A client that runs as a process next to the test, which does the work of the units' workers."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Q

from jobs.models import Configuration, InstallationTest
from telematics.models import Command
from telematics.tasks import run_command


@contextmanager
def started(*command: object, **options: Any) -> Iterator[subprocess.Popen]:
    """The process, which has to end well."""
    words = [str(word) for word in command]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    client = subprocess.Popen(words, **pipes, **options)
    try:
        yield client
        said, _nothing = client.communicate()
        assert client.returncode == 0, said
    finally:
        client.kill()


def work_at_units(client: subprocess.Popen) -> None:
    """What the workers do, until the client has ended."""
    resumable = Q(status=InstallationTest.Status.QUEUED) | Q(resumable=True)
    while client.poll() is None:
        for configuration in Configuration.objects.pending():
            configuration.push()
        for command in Command.objects.filter(status="QUEUED").values_list("pk", flat=True):
            run_command(command)
        test = InstallationTest.objects.open().filter(resumable).order_by("id").first()
        if test:
            test.run()
        else:
            wait(client)


def wait(client: subprocess.Popen) -> None:
    try:
        client.wait(0.05)
    except subprocess.TimeoutExpired:
        return
