"""A query whose SQL is compiled once returns the same rows as one that is compiled on each call."""

import hashlib
import inspect
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, models, transaction
from django.db.models.query import ModelIterable
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from accounts.models import Fleet
from core.prepared import Given, Prepared
from tests.factories.accounts import FleetFactory

GIVEN_FLEET = Given("fleet", models.CharField())


@pytest.fixture
def question():
    return Prepared(lambda: Fleet.objects.filter(pk=GIVEN_FLEET).select_related("provider"))


@pytest.mark.django_db
def test_each_call_is_answered_for_its_own_value(question):
    first, second = FleetFactory(), FleetFactory()
    for fleet in (first, second, first):
        found = question.first(fleet=fleet.pk)
        assert (found, found.provider) == (fleet, fleet.provider)
    assert question.all(fleet=first.pk) == [first]
    assert question.first(fleet="none") is None


@pytest.mark.django_db
def test_nothing_is_kept_of_the_rows(question):
    fleet = FleetFactory(name="Before")
    before = question.first(fleet=fleet.pk)
    Fleet.objects.filter(pk=fleet.pk).update(name="After")
    assert (before.name, question.first(fleet=fleet.pk).name) == ("Before", "After")


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction():
    fleet, locking = (
        FleetFactory(),
        Prepared(lambda: Fleet.objects.filter(pk=GIVEN_FLEET).select_for_update()),
    )
    with transaction.atomic():
        assert locking.first(fleet=fleet.pk) == fleet
    with pytest.raises(TransactionManagementError):
        locking.first(fleet=fleet.pk)


@pytest.mark.django_db(transaction=True)
def test_threads_share_it_and_each_asks_by_its_own_connection(question):
    fleets = [FleetFactory() for _n in range(8)]

    def ask(fleet):
        try:
            return question.first(fleet=fleet.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, fleets)) == fleets


@pytest.mark.pg
@pytest.mark.django_db
def test_the_database_keeps_its_plan(question):
    for _n in range(3):
        question.first(fleet=FleetFactory().pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%accounts_fleet%provider%'"
        )
        assert cursor.fetchone()[0] >= 1


@pytest.mark.pg
@pytest.mark.django_db
def test_a_time_is_given_and_never_kept():
    frozen = Prepared(lambda: Fleet.objects.filter(pk=GIVEN_FLEET, suspended_at__lt=timezone.now()))
    with pytest.raises(TypeError, match=r"Now\(\)"):
        frozen.first(fleet="ABCDE")


# What core/prepared.py relies on in Django, none of it a public API.
RELIED_ON = [
    Query.get_compiler,
    SQLCompiler.execute_sql,
    SQLCompiler.results_iter,
    SQLCompiler.get_converters,
    SQLCompiler.apply_converters,
    ModelIterable.__iter__,
]


def test_django_still_compiles_and_reads_rows_as_prepared_querysets_expect():
    """When a new version fails here, read what it changed, check core/prepared.py, then write the new digest."""
    source = "".join(inspect.getsource(function) for function in RELIED_ON)
    assert hashlib.sha256(source.encode()).hexdigest()[:16] == "f002dd82930d68f0"
