"""On servers that run: the same code on Redis, on RabbitMQ and on PostgreSQL with its pool."""

import os
from concurrent.futures import ThreadPoolExecutor

import psycopg_pool
import pytest
from kombu import Connection

from config import broker, data
from core.metrics import _waiting

broker.install()


@pytest.fixture(params=[pytest.param(name, marks=pytest.mark.servers(name)) for name in ("REDIS_URL", "RABBITMQ_URL")])
def connection(request):
    url = os.environ[request.param]
    with Connection(url, transport_options=data.broker_options(url)) as connection:
        yield connection


@pytest.fixture
def queue(connection):
    queue = connection.SimpleQueue(f"appdrive-tests-{os.getpid()}")
    yield queue
    queue.clear()
    queue.queue.delete()
    queue.close()


def test_a_queue_is_counted_before_and_after_it_exists(connection, queue):
    queue.put({"test": 1})
    queue.put({"test": 2})

    assert _waiting(connection, queue.queue.name) == 2
    assert _waiting(connection, "appdrive-tests-never-used") == 0


@pytest.mark.servers("REDIS_URL")
def test_more_threads_than_connections_wait_instead_of_failing():
    url = os.environ["REDIS_URL"]
    with Connection(url, transport_options=data.broker_options(url)) as connection:
        client = connection.default_channel.client
        with ThreadPoolExecutor(100) as threads:
            answers = list(threads.map(lambda _n: client.ping(), range(500)))

    assert answers == [True] * 500
    assert isinstance(connection.default_channel, broker.PatientChannel)


@pytest.mark.servers("POSTGRES_URL")
def test_the_pool_of_a_process_is_bounded(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", os.environ["POSTGRES_URL"])
    monkeypatch.setenv("DATABASE_POOL", "3")
    limits = data.database(tmp_path)["OPTIONS"]["pool"]

    with psycopg_pool.ConnectionPool(os.environ["POSTGRES_URL"], **limits) as pool, ThreadPoolExecutor(10) as threads:

        def ask(_n: int) -> int:
            with pool.connection() as connection:
                return connection.execute("SELECT 1").fetchone()[0]

        assert list(threads.map(ask, range(50))) == [1] * 50
        assert pool.get_stats()["pool_size"] <= 3
