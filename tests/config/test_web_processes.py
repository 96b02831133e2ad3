"""What several web processes count is one sum, whichever of them is scraped."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from config.supervisor.process import die_with_parent
from tests.product import HOME, SIMULATED, environment, free_port, wait_for

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]
TIMES = 40
SAMPLE = r'^installer_jobs_http_requests_total\{route="healthz",status="2xx"\} ([\d.]+)$'


class Web:
    """gunicorn with two processes on an empty database."""

    def __init__(self, var: Path, shared: Path):
        self.port = free_port()
        self.log = shared / "web.log"
        usual = {"BROKER_URL": "memory://", "CACHE_URL": "locmem://", "TMPDIR": str(shared)}
        usual["BIND"] = f"127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "-w", "2"],
            cwd=HOME,
            env=environment(var, **SIMULATED | usual),
            stderr=self.log.open("w"),
            preexec_fn=die_with_parent(signal.SIGKILL),
        )
        wait_for(self.answers, 60, "the web answers")

    def answers(self) -> bool:
        try:
            return self.get("/healthz") == "ok\n"
        except OSError:
            return False

    def get(self, path: str) -> str:
        browser = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        browser.request("GET", path)
        text = browser.getresponse().read().decode()
        browser.close()
        return text

    def counted(self) -> float:
        found = re.search(SAMPLE, self.get("/metrics"), re.MULTILINE)
        return float(found.group(1)) if found else 0.0

    def children(self) -> list[int]:
        pid = self.process.pid
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def directories(self) -> list[Path]:
        memory = Path("/dev/shm")
        parent = memory if memory.is_dir() else Path(tempfile.gettempdir())
        return list(parent.glob(f"installer-jobs-*-{self.process.pid}"))


def test_requests_of_all_processes_are_one_sum_that_outlives_each(tmp_path):
    web = Web(tmp_path / "var", tmp_path)
    try:
        before = web.counted()
        for _time in range(TIMES):
            assert web.get("/healthz") == "ok\n"
        assert web.counted() == before + TIMES
        assert len(web.children()) == 2

        killed = web.children()
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: len(set(web.children()) - set(killed)) == 2, 60, "two others")
        wait_for(web.answers, 60, "the web answers again")
        assert web.counted() >= before + TIMES
        assert len(web.directories()) == 1
    finally:
        web.process.terminate()
        web.process.wait(30)
    assert web.directories() == []
    lines = [json.loads(line) for line in web.log.read_text().splitlines()]
    begun = {" ".join(line["event"].split()[:2]) for line in lines}
    assert {"request_finished", "Starting gunicorn"} <= begun
