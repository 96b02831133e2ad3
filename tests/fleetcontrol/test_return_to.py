"""After an act, and after none, one is back where one was: same list, filter, order, page, and
details open if they were.
"""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.utils.html import escape

from jobs.models import BulkRun, Job
from tests.factories.jobs import JobFactory

AS_LEFT = "?status=PENDING&search=blue&sort=-job&page_size=10&cursor=x"


@pytest.fixture
def left(list_url, pending_job):
    """The list as the manager left it, with the details of a job beside it."""
    return f"{list_url}{AS_LEFT}&job={pending_job.pk}"


@pytest.fixture
def panel(manager_client, at):
    """The details of a job as they are fetched into a page."""
    return lambda job, page: manager_client.get(
        at(f"jobs/{job.pk}/"),
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"},
    )


def link_to(response, what: str) -> str:
    """The address with which a page leads there."""
    body = response.content.decode().replace("&amp;", "&")
    return next(part for part in body.split('"') if urlsplit(part).path.endswith(f"/{what}/"))


@pytest.mark.parametrize(
    ("name", "made", "field"),
    [
        ("assign", "pending_job", "company"),
        ("handback", "assigned_job", "reason"),
        ("access/stop", "linked_job", "reason"),
    ],
)
def test_an_act_from_the_panel_leads_back_to_the_list_as_it_was(
    name, made, field, manager_client, panel, left, partnership, request
):
    job = request.getfixturevalue(made)
    act = link_to(panel(job, left), name)
    assert escape(left) in manager_client.get(act).content.decode()  # Cancel
    values = {"company": partnership.company_id, "reason": "Why not"}
    answer = manager_client.post(act, {field: values[field]})
    assert (answer.status_code, answer.url) == (302, left)


@pytest.mark.parametrize(("entry", "kept"), [("WVWZZZ1KZAW000001, ", True), ("ÄÖÜ, ", False)])
def test_no_way_back_makes_an_address_longer_than_a_server_takes(
    entry, kept, manager_client, at, list_url, pending_job
):
    shown = f"{list_url}?{urlencode({'search': entry * 200})}"
    page = manager_client.get(
        at(f"jobs/{pending_job.pk}/"), headers={"Referer": f"http://testserver{shown}"}
    )
    act = link_to(page, "assign")
    assert len(act) < 8000
    assert page.context["list_url"] == shown
    assert ("ZZZ1KZAW" in act) is kept


def test_deleting_leads_back_to_the_list_with_the_details_closed(
    manager_client, panel, list_url, left, pending_job
):
    answer = manager_client.post(link_to(panel(pending_job, left), "delete"))
    assert {name: values[0] for name, values in parse_qs(urlsplit(answer.url).query).items()} == {
        "status": "PENDING",
        "search": "blue",
        "sort": "-job",
        "page_size": "10",
        "cursor": "x",
    }


def test_deleting_from_a_row_leaves_the_details_of_another_job_open(
    manager_client, manager, fleet, at, left
):
    other = JobFactory(by=manager, fleet=fleet)
    menu = manager_client.get(
        at(f"jobs/{other.pk}/menu/"),
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{left}"},
    )
    assert manager_client.post(link_to(menu, "delete")).url == left


def test_saving_leads_back_to_the_list_with_the_job_beside_it_and_cancel_to_where_one_was(
    manager_client, panel, left, pending_job
):
    edit = link_to(panel(pending_job, left), "edit")
    form = manager_client.get(edit)
    assert form.context["cancel_url"] == left
    answer = manager_client.post(
        edit, {"location": "Yard", "expected_version": form.context["expected_version"]}
    )
    assert (answer.status_code, answer.url) == (302, left)


def test_a_copy_is_saved_and_then_stands_beside_the_list_as_it_was(
    manager_client, panel, left, pending_job
):
    form = link_to(panel(pending_job, left), "duplicate")
    answer = manager_client.post(form, {"location": "Yard"})
    copy = Job.objects.exclude(pk=pending_job.pk).get()
    assert answer.url == left.replace(pending_job.pk, copy.pk)


def test_a_new_job_stands_beside_the_list_as_it_was(manager_client, list_url):
    page = manager_client.get(f"{list_url}?sort=-job&page_size=10")
    answer = manager_client.post(link_to(page, "new"), {"custom_name": "Brand new"})
    assert answer.url.startswith(f"{list_url}?sort=-job&page_size=10&job=")


def test_the_page_of_a_job_knows_the_list_that_it_was_reached_from(
    manager_client, at, left, pending_job, partnership
):
    page_url = at(f"jobs/{pending_job.pk}/")
    page = manager_client.get(page_url, headers={"Referer": f"http://testserver{left}"})
    assert page.context["list_url"] == left

    act = link_to(page, "assign")
    after = manager_client.post(act, {"company": partnership.company_id}, follow=True)
    assert after.redirect_chain[-1][0].startswith(page_url)
    assert after.context["list_url"] == left


def test_deleting_on_the_page_of_a_job_leads_to_that_list(
    manager_client, at, list_url, pending_job
):
    page = manager_client.get(
        at(f"jobs/{pending_job.pk}/"), headers={"Referer": f"http://testserver{list_url}?sort=-job"}
    )
    assert manager_client.post(link_to(page, "delete")).url == f"{list_url}?sort=-job"


def test_bulk_acts_and_columns_lead_back_to_the_page_of_the_list(
    manager_client, list_url, pending_job
):
    shown = f"{list_url}?sort=-job&page_size=10&cursor=x"
    came = {"headers": {"Referer": f"http://testserver{shown}"}}
    preview = manager_client.post(f"{list_url}bulk/delete/", {"select": pending_job.pk}, **came)
    assert f'name="from" value="{escape(shown)}"' in preview.content.decode()
    sent = {"select": pending_job.pk, "step": "confirmed", "from": shown}
    assert manager_client.post(f"{list_url}bulk/delete/", sent).url == shown
    assert manager_client.post(f"{list_url}columns/", {"reset": "1", "from": shown}).url == shown


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/fleetcontrol/",
        "javascript:alert(1)",
        "/accounts/logout/",
        "nonsense",
    ],
)
def test_no_address_leads_out_of_the_fleet(elsewhere, manager_client, at, list_url, pending_job):
    url = at(f"jobs/{pending_job.pk}/delete/")
    assert manager_client.post(f"{url}?from={elsewhere}").url == list_url


@pytest.mark.parametrize("host", ["https://evil.example", "//evil.example"])
def test_nor_does_an_address_within_an_address(host, manager_client, at, list_url, pending_job):
    url = at(f"jobs/{pending_job.pk}/")
    broken = urlencode({"from": f"{at('vehicles/')}?{urlencode({'from': 'http://['})}"})
    assert manager_client.get(f"{url}?{broken}").context["list_url"] == list_url
    nested = urlencode({"from": f"{url}?{urlencode({'from': f'{host}{list_url}?sort=-job'})}"})
    assert manager_client.post(f"{url}delete/?{nested}").url == f"{list_url}?sort=-job"


def test_nor_does_a_path_that_a_browser_reads_as_a_host(manager_client, at, list_url, pending_job):
    url = at(f"jobs/{pending_job.pk}/")
    nested = urlencode({"from": f"{url}?{urlencode({'from': f'////evil.example{list_url}'})}"})
    assert manager_client.post(f"{url}delete/?{nested}").url == list_url


def test_who_comes_from_nowhere_is_led_to_the_job(manager_client, at, pending_job, partnership):
    url = at(f"jobs/{pending_job.pk}/assign/")
    answer = manager_client.post(
        url, {"company": partnership.company_id}, headers={"Referer": f"http://testserver{url}"}
    )
    assert answer.url == at(f"jobs/{pending_job.pk}/")


def test_a_choice_of_columns_that_is_saved_is_what_is_seen(manager_client, list_url, pending_job):
    sent = {
        "order": ["job", "vin"],
        "column": ["job", "vin"],
        "query": "columns=job,status&sort=-job",
    }
    shown = manager_client.post(f"{list_url}columns/", sent, follow=True)
    assert shown.redirect_chain[-1][0] == f"{list_url}?sort=-job"
    assert [head.label for head in shown.context["table"].heads] == ["Plate / VIN", "VIN"]


@pytest.mark.parametrize(
    ("asked", "expected"), [("", "jobs/maintenance/"), ("jobs/maintenance/?sort=-job", None)]
)
def test_a_large_bulk_act_leads_back_to_the_list_of_its_kind_as_it_was(
    asked, expected, manager_client, manager, fleet, at
):
    jobs = Job.objects.in_fleet(fleet)
    run = BulkRun.objects.begin(
        "DELETE", jobs, kind=Job.Kind.MAINTENANCE, fleet=fleet, by=manager, total=0
    )
    page = manager_client.get(at(f"jobs/bulk/{run.pk}/"), {"from": at(asked)} if asked else {})
    assert page.context["list_url"] == at(expected or asked)


@pytest.mark.parametrize(
    "nested",
    [
        "////[",
        "//[x",
        "http://[",
        "https://[::1",
        "/fleetcontrol/",
        "////evil.example/",
        "//\uff0e/",
        "\\\\[",
        "javascript:alert(1)",
        "?from=" * 50,
        "%2F%2F%5B",
    ],
)
@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_nested_page_to_return_to_that_is_none_is_left_out(
    manager_client, at, pending_job, nested, depth
):
    page = nested
    for _ in range(depth):
        page = at("jobs/installation/elsewhere/") + "?" + urlencode({"from": page})
    for url in (
        f"jobs/{pending_job.pk}/",
        f"jobs/{pending_job.pk}/edit/",
        "jobs/new/",
        "templates/new/",
    ):
        answer = manager_client.get(at(url), {"from": page})
        assert answer.status_code == 200
        assert "evil.example" not in str(answer.headers)
