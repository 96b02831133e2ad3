"""A run makes each kind of cut often enough, in an order that its seed repeats."""

import pytest

from tests.offline.plan import BEFORE_COMMIT, KINDS, MOST, Plan, drawn, least

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("cuts", "times"), [(200, 15), (10, 1)])
def test_each_of_nine_kinds_is_drawn_often_enough(cuts, times):
    assert len(KINDS) == 9
    assert least(cuts) == times
    for seed in range(20):
        kinds = [cut.kind for cut in drawn(cuts, seed)]
        assert len(kinds) == cuts
        assert min(kinds.count(kind) for kind in KINDS) >= times


def test_a_seed_repeats_the_choice_and_another_one_does_not():
    assert drawn(200, 3) == drawn(200, 3)
    assert drawn(200, 3) != drawn(200, 4)


def test_a_request_is_cut_once_or_twice_and_passes_then():
    plan = Plan(200, 1)
    cuts = [plan.take("POST /a", is_committed=False) for _ in range(MOST + 1)]
    assert cuts[0] is not None
    assert cuts[-1] is None


def test_what_is_committed_is_not_cut_before_its_commit():
    plan = Plan(200, 1)
    cuts = [plan.take(f"POST /{number}", is_committed=True) for number in range(200)]
    points = [cut.point for cut in cuts if cut]
    assert points
    assert BEFORE_COMMIT not in points


def test_a_cut_that_did_not_fit_is_made_elsewhere():
    plan = Plan(10, 1)
    cut = plan.take("POST /a", is_committed=False)
    plan.give_back("POST /a", cut)
    assert len(plan.left) == 10
    assert plan.take("POST /a", is_committed=False) is None


def test_a_kind_that_did_not_occur_is_missing():
    plan = Plan(10, 1)
    for cut in drawn(10, 1):
        plan.count(cut)
    assert plan.missing == []
    plan.made[KINDS[0]] = 0
    assert plan.missing == [KINDS[0].name]
