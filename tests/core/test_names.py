"""Which spellings name the same thing: case and the kind of a separator do not matter, its place does."""

import re

import pytest

from core.normal import search_column
from core.values.names import identity, letters, pattern_of


@pytest.mark.parametrize(
    "spelling",
    [
        "B-NO 1234",
        "b no 1234",
        "B.NO.1234",
        "B–NO‑1234",
        " B - NO  1234 ",
        "B·NO−1234",
        "b\u00a0no\u202f1234",
    ],
)
def test_case_and_kind_of_separator_do_not_matter(spelling):
    assert identity(spelling) == identity("B-NO 1234")


@pytest.mark.parametrize(
    "other", ["BN-O 1234", "BNO 1234", "BNO1234", "B-NO1234", "B-N-O 1234", "B-NO 12-34"]
)
def test_the_place_of_a_separator_matters(other):
    assert identity(other) != identity("B-NO 1234")
    assert letters(other) == letters("B-NO 1234")


@pytest.mark.parametrize("stored", ["B-NO 1234", "B.NO.1234", ".B-NO 1234", "BN·O1234"])
def test_a_name_is_found_in_its_search_column_whatever_its_separators(stored):
    column = search_column("WVWZZZ1KZAW000001", stored, "Pool (7)")
    assert re.search(pattern_of("b-no.1234"), column)
    assert re.search(pattern_of("pool (7)"), column)


def test_a_part_of_a_name_is_not_the_name():
    column = search_column("", "B-NO 1234", "")
    assert not re.search(pattern_of("NO 1234"), column)
    assert not re.search(pattern_of("B-NO 123"), column)
