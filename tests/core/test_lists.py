import pytest
from django.test import RequestFactory

from core.web.lists.columns import LinkColumn, StatusColumn
from core.web.lists.tables import Table
from core.web.lists.views import SHOWN, ListView
from jobs.models import Job


class Cars(Table):
    name = LinkColumn("car", names=("custom_name",), sort="custom_name")
    status = StatusColumn("status", choices=Job.Status, sort="status", indexed=False)
    initial = ("name", "status")


class CarList(ListView):
    table_class = Cars
    template_name = "components/table.html"

    def get_queryset(self):
        return Job.objects.filter(fleet=self.kwargs["fleet"])

    def get_tab_querysets(self):
        return {status: self.rows.filter(status=status) for status in ("PENDING", "FAILED")}

    def get_tabs(self, counts):
        return [
            {"url": "?", "label": name, "count": number, "current": name == SHOWN}
            for name, number in counts.items()
        ]


@pytest.fixture
def look(jobs, fleet):
    """Opens the list at an address."""

    def get(query=""):
        return CarList.as_view()(RequestFactory().get(f"/cars/{query}"), fleet=fleet)

    return get


def poll_of(response):
    return f"?live={response.context_data['here']}&digest={response.context_data['digest']}"


def test_a_list_shows_its_first_page_with_counts(look):
    response = look("?page_size=10&sort=name")
    context = response.context_data
    assert len(context["table"].lines) == 10
    assert str(context["total"]) == "25"
    assert [str(tab["count"]) for tab in context["tabs"]] == ["25", "25", "0"]
    assert 'aria-sort="ascending"' in response.rendered_content


@pytest.mark.parametrize("size", [10, 50])
def test_a_list_costs_two_statements_whatever_its_length(look, size, django_assert_num_queries):
    with django_assert_num_queries(2):
        look(f"?page_size={size}").render()


def test_looking_again_while_nothing_changed_answers_204(look, django_assert_num_queries):
    query = poll_of(look("?page_size=10")) + "&page_size=10"
    with django_assert_num_queries(2):
        assert look(query).status_code == 204


def test_looking_again_after_a_change_brings_the_rows_as_they_are(look, jobs):
    query = poll_of(look())
    changed = jobs.latest("pk")
    Job.objects.filter(pk=changed.pk).update(status="DELETED", version=7)
    response = look(query)
    assert response.status_code == 200
    assert f'<tr id="{changed.pk}" data-v="7">' in response.rendered_content
    assert look(poll_of(response)).status_code == 204


def test_new_rows_are_announced_and_do_not_push_the_others_away(look, jobs, fleet):
    first = look("?page_size=10")
    Job.objects.create(fleet=fleet, custom_name="Newcomer")
    response = look(poll_of(first) + "&page_size=10")
    assert "1 new" in response.rendered_content
    assert "Newcomer" not in response.rendered_content
    assert [line.id for line in response.context_data["table"].lines] == [
        line.id for line in first.context_data["table"].lines
    ]
    assert look(poll_of(response) + "&page_size=10").status_code == 204


def test_a_row_that_moved_away_comes_as_it_is_and_is_not_new(look, jobs):
    page = look("?page_size=10&sort=-name")
    last, first = page.context_data["page"].rows[-1]["pk"], page.context_data["page"].rows[0]["pk"]
    Job.objects.filter(pk=last).update(custom_name="ZZZ", version=7)
    Job.objects.filter(pk=first).update(custom_name="", version=8)
    query = f"{poll_of(page)}&page_size=10&sort=-name&moved={last},{first},nonsense"
    response = look(query)
    assert f'<tr id="{last}" data-v="7">' in response.rendered_content
    assert f'<tr id="{first}" data-v="8">' in response.rendered_content
    assert "new</a>" not in response.rendered_content
    known = f"{poll_of(response)}&page_size=10&sort=-name&moved={last},{first}"
    assert look(known).status_code == 204
    Job.objects.filter(pk=last).update(status="DELETED", version=9)
    assert look(known).status_code == 200


def test_the_first_row_of_an_empty_list_is_news_too(look, jobs, fleet):
    jobs.delete()
    query = poll_of(look())
    assert look(query).status_code == 204
    Job.objects.create(fleet=fleet, custom_name="Newcomer")
    assert "1 new" in look(query).rendered_content


def test_an_address_with_nonsense_shows_the_first_page(look):
    context = look("?cursor=zz&page_size=7&sort=-nothing&columns=,x,&live_=1").context_data
    assert (context["page"].first, len(context["table"].lines)) == (1, 25)


def test_a_poll_with_nonsense_brings_the_rows(look):
    assert look("?live=zz&digest=zz").status_code == 200
