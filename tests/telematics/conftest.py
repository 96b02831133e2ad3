import pytest

from tests.bench import Bench


@pytest.fixture
def bench(db):
    return Bench()
