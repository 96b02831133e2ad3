"""On servers that run: the same code on Redis, on RabbitMQ and on PostgreSQL with its pool."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from django.db.utils import ConnectionHandler
from kombu import Connection
from psycopg.pq import TransactionStatus

from config import broker, data
from core import queues
from core.postgresql import guard, limits
from core.postgresql.pool import Pool, PoolTimeout

broker.install()


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.servers(name))
        for name in ("REDIS_URL", "RABBITMQ_URL")
    ]
)
def connection(request):
    url = os.environ[request.param]
    with Connection(url, transport_options=data.broker_options(url)) as connection:
        yield connection


@pytest.fixture
def queue(connection):
    queue = connection.SimpleQueue(f"installer-jobs-tests-{os.getpid()}")
    yield queue
    queue.clear()
    queue.queue.delete()
    queue.close()


def test_a_queue_is_counted_before_and_after_it_exists(connection, queue):
    queue.put({"test": 1})
    queue.put({"test": 2})

    assert queues.messages(connection, queue.queue.name) == 2
    assert queues.messages(connection, "installer-jobs-tests-never-used") == 0


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
def test_the_pool_of_a_process_is_bounded():
    with ThreadPoolExecutor(10) as threads, closing(Pool(connect, size=3, timeout=30)) as pool:

        def ask(_n: int) -> int:
            connection = pool.getconn()
            try:
                return connection.execute("SELECT pg_backend_pid()").fetchone()[0]
            finally:
                pool.putconn(connection)

        assert len(set(threads.map(ask, range(50)))) <= 3


@pytest.mark.servers("POSTGRES_URL")
def test_who_finds_every_connection_in_use_is_refused_after_a_while():
    with closing(Pool(connect, size=1, timeout=0.1)) as pool:
        used = pool.getconn()
        with pytest.raises(PoolTimeout):
            pool.getconn()
        pool.putconn(used)

        assert pool.getconn() is used
        pool.putconn(used)


@pytest.mark.servers("POSTGRES_URL")
def test_a_connection_comes_back_without_its_transaction():
    with closing(Pool(connect, size=1, timeout=1)) as pool:
        used = pool.getconn()
        used.autocommit = False
        used.execute("SELECT 1")
        pool.putconn(used)

        assert pool.getconn().info.transaction_status == TransactionStatus.IDLE
        assert used.autocommit
        pool.putconn(used)


def connect():
    return guard.connect({"conninfo": os.environ["POSTGRES_URL"], "autocommit": True})


@pytest.mark.servers("POSTGRES_URL")
@pytest.mark.django_db
def test_a_process_that_serves_limits_its_statements_and_a_command_does_not(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", os.environ["POSTGRES_URL"])
    monkeypatch.setenv("DATABASE_POOL", "2")

    assert statement_timeout(tmp_path) == "0"

    monkeypatch.setattr(limits, "_seconds", 7)
    assert statement_timeout(tmp_path) == "7s"


def statement_timeout(var) -> str:
    database = ConnectionHandler({"default": data.database(var)})["default"]
    try:
        with database.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]
    finally:
        database.close()
        database.close_pool()
