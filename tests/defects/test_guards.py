"""The table of guards fits the source, and the run tells a guard that nothing holds from one that a test holds."""

import ast

import pytest

from tests.defects.guards import GUARDS, IN_CI, Guard, Moved
from tests.defects.run import HOME, PAGE, Fallen, judge, name_in, rows_of

ROOMS = {"accounts", "config", "core", "demo", "fleetcontrol", "installers", "jobs", "telematics"}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_is_where_the_table_says_and_its_test_is_there(guard):
    without = guard.taken_from((HOME / guard.file).read_text())
    ast.parse(without)

    file, *names = guard.test.partition("[")[0].split("::")
    inner = ast.parse((HOME / file).read_text()).body
    for name in names:
        (found,) = [node for node in inner if getattr(node, "name", "") == name]
        inner = found.body


def test_guards_of_every_room_are_taken_away_and_ten_each_time():
    assert len(GUARDS) == len({guard.name for guard in GUARDS}) >= 40
    assert {guard.room for guard in GUARDS} == ROOMS
    each_time = [guard for guard in GUARDS if guard.name in IN_CI]
    assert len(each_time) == len(IN_CI) == 10
    assert len({guard.kind for guard in each_time}) == 10


def test_the_page_has_a_row_for_each_guard():
    assert [name_in(row) for row in rows_of(PAGE.read_text())] == [guard.name for guard in GUARDS]


@pytest.mark.parametrize("source", ["", "allow()\n", "refuse()\nrefuse()\n"])
def test_a_guard_that_has_moved_is_not_taken_away(source):
    guard = Guard("scope", "a row of others", "core/x.py", "refuse()", "", "tests/test_x.py")
    with pytest.raises(Moved):
        guard.taken_from(source)


REPORT = '<testsuites><testsuite><testcase name="test_x"><{tag} message="{said}"/></testcase></testsuite></testsuites>'


@pytest.mark.parametrize(
    ("code", "tag", "said", "fell"),
    [
        (0, "", "", ""),
        (1, "failure", "assert 200 == 404", "test_x"),
        (1, "failure", "Failed: DID NOT RAISE MoveRefused", "test_x"),
        (1, "failure", "NameError: name 'x' is not defined", ""),
        (1, "failure", "Failed: Timeout (>60.0s) from pytest-timeout.", ""),
        (1, "error", "failed on setup with assert 0", ""),
        (2, "error", "collection failure", ""),
        (4, "", "", ""),
        (1, "skipped", "needs PostgreSQL", ""),
    ],
)
def test_only_a_test_that_fails_by_what_the_product_does_counts(tmp_path, code, tag, said, fell):
    report = tmp_path / "report.xml"
    report.write_text(REPORT.format(tag=tag or "skipped", said=said))
    verdict = judge(code, report)
    assert isinstance(verdict, Fallen)
    assert verdict.test == fell
