import pytest
from django.core.signing import Signer

from core.web.lists.pages import LAST, CursorPage, chosen_size, with_query
from jobs.models import Job

ORDERS = [
    "-pk",
    "pk",
    "planned_service_date",
    "-planned_service_date",
    "license_plate",
    "-license_plate",
    "created_at",
]
JUNK = [
    "",
    "x",
    "last:",
    "eyJhIjoxfQ",
    ":" * 500,
    "W10:abc",
    "\x00",
    Signer().sign_object(["after", 9, ["1"], 0]),
]


def in_order(jobs, order):
    """The same order by Python: rows without the column last, ids breaking ties."""
    name, descending = order.removeprefix("-"), order.startswith("-")
    filled = [job for job in jobs if getattr(job, name) not in (None, "")]
    empty = [job for job in jobs if getattr(job, name) in (None, "")]
    filled.sort(key=lambda job: (getattr(job, name), job.pk), reverse=descending)
    empty.sort(key=lambda job: job.pk, reverse=descending)
    return [job.pk for job in filled + empty]


def walk(jobs, order, size, way, cursor=""):
    pages = []
    while True:
        page = CursorPage(jobs, order, cursor=cursor, size=size)
        pages.append([row.pk for row in page.rows])
        cursor = getattr(page, way)
        if not cursor:
            return pages


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 5, 25, 30])
def test_walking_forward_meets_every_row_once_in_order(jobs, order, size):
    pages = walk(jobs, order, size, "next")
    assert [pk for page in pages for pk in page] == in_order(jobs, order)
    assert all(len(page) == size for page in pages[:-1])


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("size", [1, 4, 5, 25, 30])
def test_walking_back_from_the_end_meets_every_row_in_order(jobs, order, size):
    wanted = in_order(jobs, order)
    pages = walk(jobs, order, size, "previous", cursor=LAST)
    assert pages[0] == wanted[-size:]
    assert pages[-1] == wanted[:size]
    assert list(dict.fromkeys(pk for page in reversed(pages) for pk in page)) == wanted


@pytest.mark.parametrize("order", ORDERS)
def test_back_and_forth_comes_back_to_the_same_page(jobs, order):
    first = CursorPage(jobs, order, size=6)
    second = CursorPage(jobs, order, cursor=first.next, size=6)
    third = CursorPage(jobs, order, cursor=second.next, size=6)
    back = CursorPage(jobs, order, cursor=third.previous, size=6)
    assert back.rows == second.rows
    assert CursorPage(jobs, order, cursor=back.previous, size=6).rows == first.rows


def test_rows_are_numbered_as_far_as_somebody_counted(jobs):
    first = CursorPage(jobs, "-pk", size=10)
    second = CursorPage(jobs, "-pk", cursor=first.next, size=10)
    third = CursorPage(jobs, "-pk", cursor=second.next, size=10)
    last = CursorPage(jobs, "-pk", cursor=LAST, size=10)
    assert [(page.first, page.last) for page in (first, second, third)] == [
        (1, 10),
        (11, 20),
        (21, 25),
    ]
    assert (last.first, last.last) == (None, None)
    assert CursorPage(jobs, "-pk", cursor=third.previous, size=10).first == 11


@pytest.mark.parametrize("cursor", JUNK, ids=range(len(JUNK)))
def test_a_cursor_that_is_not_ours_gives_the_first_page(jobs, cursor):
    page = CursorPage(jobs, "planned_service_date", cursor=cursor, size=5)
    assert [row.pk for row in page.rows] == in_order(jobs, "planned_service_date")[:5]


def test_a_cursor_of_another_order_gives_the_first_page(jobs):
    by_plate = CursorPage(jobs, "license_plate", size=5)
    by_date = CursorPage(jobs, "planned_service_date", cursor=by_plate.next, size=5)
    assert by_date.first == 1


def test_a_cursor_survives_that_its_row_is_gone(jobs):
    first = CursorPage(jobs, "planned_service_date", size=5)
    wanted = in_order(jobs, "planned_service_date")[5:10]
    Job.objects.filter(pk=first.rows[-1].pk).delete()
    assert [
        row.pk for row in CursorPage(jobs, "planned_service_date", cursor=first.next, size=5).rows
    ] == wanted


@pytest.mark.parametrize("order", ORDERS)
def test_a_page_reads_at_most_two_statements(jobs, order, django_assert_max_num_queries):
    page = CursorPage(jobs, order, size=5)
    with django_assert_max_num_queries(2):
        CursorPage(jobs, order, cursor=page.next, size=5)


def test_rows_may_be_dicts(jobs):
    page = CursorPage(jobs.values("pk", "license_plate"), "license_plate", size=3)
    again = CursorPage(
        jobs.values("pk", "license_plate"), "license_plate", cursor=page.next, size=3
    )
    assert [row["pk"] for row in page.rows + again.rows] == in_order(jobs, "license_plate")[:6]


def test_nothing_there_is_a_page_without_neighbours(fleet):
    page = CursorPage(Job.objects.none(), "-pk")
    assert (page.rows, page.next, page.previous, page.here) == ([], "", "", "")


@pytest.mark.parametrize("order", ORDERS)
def test_looking_again_from_the_first_row_tells_what_came_before_it(jobs, order):
    *others, newest = in_order(jobs, order)[::-1]
    page = CursorPage(jobs.exclude(pk=newest), order, size=5)
    again = CursorPage(jobs, order, cursor=page.here, size=5)
    assert [row.pk for row in again.rows] == others[::-1][:5]
    assert [job.pk for job in again.ahead] == [newest]


def test_a_later_page_has_nothing_to_tell_of_rows_before_it(jobs):
    second = CursorPage(jobs, "-pk", cursor=CursorPage(jobs, "-pk", size=5).next, size=5)
    assert CursorPage(jobs, "-pk", cursor=second.here, size=5).ahead is None


@pytest.mark.parametrize(
    ("asked", "size"), [("10", 10), ("100", 100), ("11", 50), ("-10", 50), ("x", 50), ("", 50)]
)
def test_only_the_offered_page_sizes_are_taken(asked, size):
    assert chosen_size({"page_size": asked}) == size


def test_an_address_keeps_its_other_parameters():
    assert (
        with_query("/jobs/?status=A&status=B&cursor=x", cursor="y&z")
        == "/jobs/?status=A&status=B&cursor=y%26z"
    )
    assert with_query("/jobs/?cursor=x", cursor=None) == "/jobs/"
