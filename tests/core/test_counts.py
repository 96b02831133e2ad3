from django.db.models import Q
from django.utils import translation

from core.web.lists.counts import Count, Split, count, count_all, count_by
from jobs.models import Job

STATUSES = {"all": ["PENDING", "FAILED"], "PENDING": ["PENDING"], "FAILED": ["FAILED"]}


def test_counts_of_many_tabs_are_one_statement(jobs, django_assert_num_queries):
    with django_assert_num_queries(1):
        counts = count_all(
            {"all": jobs, "planned": jobs.exclude(planned_service_date=None), "none": jobs.none()}
        )
    assert {name: int(number) for name, number in counts.items()} == {
        "all": 25,
        "planned": 18,
        "none": 0,
    }


def test_a_count_stops_at_the_cap(jobs):
    assert count(jobs, cap=25) == Count(25)
    assert count(jobs, cap=24) == Count(24, more=True)


def test_parts_are_counted_in_one_statement_with_the_rest(jobs, django_assert_num_queries):
    pending = Job.objects.filter(status="PENDING")
    with django_assert_num_queries(1):
        split = Split(jobs, "status", STATUSES, most=25)
        counts = count_all({"pending": pending}, split=split)
    assert counts == {
        "pending": Count(25),
        "all": Count(25),
        "PENDING": Count(25),
        "FAILED": Count(0),
    }


def test_parts_of_more_than_is_read_are_the_least_that_there_is(jobs):
    counts = count_all({}, split=Split(jobs, "status", STATUSES, most=24))
    assert {name: str(number) for name, number in counts.items()} == {
        "all": "24+",
        "PENDING": "24+",
        "FAILED": "…",
    }


def test_a_part_stops_at_the_cap_although_all_are_read(jobs):
    counts = count_all({}, cap=20, split=Split(jobs, "status", STATUSES, most=30))
    assert {name: str(number) for name, number in counts.items()} == {
        "all": "20+",
        "PENDING": "20+",
        "FAILED": "0",
    }


def test_parts_of_nothing_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        counts = count_all(
            {}, split=Split(Job.objects.none(), "status", {"PENDING": ["PENDING"]}, most=9)
        )
    assert counts == {"PENDING": Count(0)}


def test_each_combination_is_counted_in_one_statement_and_none_further_than_the_cap(
    jobs, django_assert_num_queries
):
    wanted = {"kind": ["INSTALLATION", "MAINTENANCE"], "status": ["PENDING", "FAILED"]}
    with django_assert_num_queries(1):
        counts = count_by(jobs, wanted, cap=24)
    assert counts.pop(("INSTALLATION", "PENDING")) == Count(24, more=True)
    assert set(counts.values()) == {Count(0)}
    assert len(counts) == 3


def test_a_count_minds_no_order_and_no_percent_sign(jobs):
    assert count(jobs.order_by("company__name").filter(~Q(custom_name__contains="50%"))) == Count(
        25
    )


def test_counts_of_nothing_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert count(Job.objects.none()) == Count(0)


def test_a_count_reads_as_people_write_it():
    assert str(Count(9999)) == "9,999"
    assert str(Count(10_000, more=True)) == "10,000+"
    with translation.override("de"):
        assert str(Count(10_000, more=True)) == "10.000+"
