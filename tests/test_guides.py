"""Each sentence of the guides has a test in tests/guides or a reason, and docs/guides.md says which."""

from collections import Counter

from tests.guides import table
from tests.guides.sentences import State


def numbers_of_tests() -> set[int]:
    return {test.number for test in table.kept()}


def test_the_sentences_are_numbered_without_a_gap():
    numbers = [sentence.number for sentence in table.sentences()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_each_sentence_has_a_test_or_a_reason():
    missing = {one.number for one in table.sentences() if one.state == State.MISSING and one.note}
    assert {one.number for one in table.sentences()} - numbers_of_tests() - missing == set()


def test_no_sentence_that_is_tested_is_said_to_be_missing():
    missing = {one.number for one in table.sentences() if one.state == State.MISSING}
    assert missing & numbers_of_tests() == set()


def test_what_does_not_simply_work_says_what_is_otherwise():
    assert [
        one.number for one in table.sentences() if one.state != State.WORKS and not one.note
    ] == []


def test_each_test_keeps_one_sentence_and_each_sentence_has_one_test():
    assert numbers_of_tests() - {one.number for one in table.sentences()} == set()
    counted = Counter(test.number for test in table.kept())
    assert [number for number, tests in counted.items() if tests > 1] == []


def test_the_page_is_up_to_date():
    assert table.PAGE.read_text() == table.page(), "run python -m tests.guides"
