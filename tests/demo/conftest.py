"""The whole product with its demo world, started once for the tests that meet it from outside."""

from collections.abc import Iterator

import pytest

from tests.product import Product


@pytest.fixture(scope="package")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("story") / "var"


@pytest.fixture(scope="package")
def product(var) -> Iterator[Product]:
    with Product(var, TELEMATICS_TIME_SCALE="0.02") as product:
        product.wait_until_ready(300)  # it builds the demo world first
        yield product
