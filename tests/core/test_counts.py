from django.db.models import Q
from django.utils import translation

from core.web.counts import Count, count, count_all
from jobs.models import Job


def test_counts_of_many_tabs_are_one_statement(jobs, django_assert_num_queries):
    with django_assert_num_queries(1):
        counts = count_all({"all": jobs, "planned": jobs.exclude(planned_service_date=None), "none": jobs.none()})
    assert {name: int(number) for name, number in counts.items()} == {"all": 25, "planned": 18, "none": 0}


def test_a_count_stops_at_the_cap(jobs):
    assert count(jobs, cap=25) == Count(25)
    assert count(jobs, cap=24) == Count(24, more=True)


def test_a_count_minds_no_order_and_no_percent_sign(jobs):
    assert count(jobs.order_by("company__name").filter(~Q(custom_name__contains="50%"))) == Count(25)


def test_counts_of_nothing_ask_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert count(Job.objects.none()) == Count(0)


def test_a_count_reads_as_people_write_it():
    assert str(Count(9999)) == "9,999"
    assert str(Count(10_000, more=True)) == "10,000+"
    with translation.override("de"):
        assert str(Count(10_000, more=True)) == "10.000+"
