"""Every point of a kill is a call of the product, and a relay ends at the one that was drawn."""

import pytest

from core.outbox import numbering
from tests.messages.plan import ANYWHERE, Plan, drawn
from tests.messages.points import AFTER, BEFORE, NUMBERER, POINTS, Point, arm, owner_of


class Killed(BaseException):
    """In place of the end of the process."""


def die(_of: object) -> None:
    raise Killed


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_point_is_a_call_of_the_product(point):
    assert callable(getattr(owner_of(point), point.call))


def test_the_points_have_different_names():
    assert len(set(map(str, POINTS))) == len(POINTS)


@pytest.fixture
def calls(monkeypatch):
    """What `numbering.number` was called with; it finds nothing to do for 0."""
    calls = []
    monkeypatch.setattr(numbering, "number", lambda number: calls.append(number) or number)
    return calls


@pytest.mark.parametrize(("when", "seen"), [(BEFORE, [1]), (AFTER, [1, 2])])
def test_a_relay_ends_before_or_after_the_call_that_was_drawn(calls, when, seen):
    arm(Point("numbering", "here", NUMBERER, "number", when), 2, die)
    assert numbering.number(1) == 1
    with pytest.raises(Killed):
        numbering.number(2)
    assert calls == seen


def test_a_call_that_has_nothing_to_do_is_not_the_point(calls):
    arm(Point("numbering", "here", NUMBERER, "number", AFTER), 1, die)
    assert numbering.number(0) == 0
    with pytest.raises(Killed):
        numbering.number(1)


def test_a_seed_draws_each_kill_equally_often_and_in_the_same_order():
    kills = drawn(POINTS, 2, 7)
    assert kills == drawn(POINTS, 2, 7) != drawn(POINTS, 2, 8)
    names = [kill.name for kill in kills]
    assert sorted(names) == sorted([*map(str, POINTS), ANYWHERE] * 2)


def test_a_kill_that_was_not_made_is_missing():
    plan = Plan(POINTS, 1, 7)
    while kill := plan.take():
        if kill.point != POINTS[0]:
            plan.count(kill)
    assert plan.missing == [str(POINTS[0])]
    assert not plan.is_over
