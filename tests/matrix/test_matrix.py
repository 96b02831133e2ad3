"""The authorisation matrix: routes × methods × principals × things, generated (docs/authorisation.md).

Here runs a share of the cells; `./bin/matrix` runs all of them.
"""

import json
import os

import pytest

from tests.matrix import campaign
from tests.matrix.__main__ import PARTS, RESULTS
from tests.matrix.parameters import unknown_parameters
from tests.matrix.routes import (
    operations_of_documents,
    operations_of_resolver,
    unknown_routes,
)

pytestmark = [pytest.mark.once, pytest.mark.django_db]

# Besides the pages of one's own, every 48th cell: so that all of this takes a minute and a half.
SHARE = int(os.environ.get("MATRIX_SHARE", "48"))
IS_CAMPAIGN = "MATRIX_SHARE" in os.environ
# Two requests of the demo alone, and what only a unit's own prompt opens.
REACHED_BY_NOBODY = {("simulator:unit", "get"), ("simulator:unit", "post")}


def test_every_route_is_known():
    assert unknown_routes() == []


def test_every_parameter_is_known():
    assert unknown_parameters() == []


def test_the_documents_and_the_resolver_have_the_same_operations():
    assert operations_of_documents() == operations_of_resolver()


@pytest.mark.timeout(7200 if IS_CAMPAIGN else 600)
@pytest.mark.parametrize("part", range(PARTS if IS_CAMPAIGN else 3))
def test_nobody_reads_or_writes_what_is_not_theirs(part):
    if IS_CAMPAIGN and (RESULTS / f"{part}.json").exists():
        pytest.skip("has run before the campaign was interrupted")

    outcome = campaign.run(share=SHARE, part=part, parts=PARTS if IS_CAMPAIGN else 3)
    if IS_CAMPAIGN:
        keep(outcome, part)

    assert outcome.number > 100
    assert not outcome.leaks, "\n".join(outcome.leaks)
    assert not outcome.faults, "\n".join(outcome.faults)
    if (
        SHARE == 1
    ):  # no page refuses everybody, for a reason that has nothing to do with what is named
        assert outcome.tried - outcome.reached == REACHED_BY_NOBODY & outcome.tried


def keep(outcome, part: int) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    found = {
        "cells": [[*key, number] for key, number in sorted(outcome.table.items())],
        "share": SHARE,
        "routes": outcome.routes,
        "leaks": len(outcome.leaks),
        "faults": len(outcome.faults),
        "unknown": (len(unknown_routes()) + len(unknown_parameters())) if part == 0 else 0,
    }
    # As soon as a part has run, and not after an hour with all of them.
    (RESULTS / f"{part}.txt").write_text("\n".join([*outcome.leaks, *outcome.faults]))
    (RESULTS / f"{part}.json").write_text(json.dumps(found))
