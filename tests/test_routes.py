"""Every address × every role. An address that is missing here fails, and so does an answer that nobody wrote down.

The scene: AppDrive's job is RUNNING with QuickInstall's `installer`, its unit linked, his access open. OtherFleet and
OtherCo have nothing to do with it.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.routes import ROLES, ROUTES, TRIED_ELSEWHERE, place
from tests.sessions import app_token

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.timeout(300)]


def names(resolver, prefix=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from names(
                pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            )
        else:
            yield f"{prefix}{pattern.name or pattern.pattern}"  # an address without a name has to be in the table too


def test_every_address_is_in_the_table():
    known = {name for name, _about in ROUTES}
    missing = {
        name
        for name in names(get_resolver())
        if name not in known and not name.startswith(TRIED_ELSEWHERE)
    }
    gone = known - set(names(get_resolver()))

    assert (missing, gone) == (set(), set())


@pytest.fixture
def scene(linked_job, partnership, company_admin, colleague, installer, viewer):
    return place(linked_job, partnership, company_admin, installer)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(request, scene, role, method):
    person = None if role == "anonymous" else request.getfixturevalue(role)
    column = ROLES.index(role)

    answers = {}
    for name, (arguments, *expected) in ROUTES:
        if wanted := expected[0 if method == "get" else 1]:
            answers[name] = (
                answer_to(person, method, name, scene(name, arguments)),
                wanted[column],
            )

    assert {name: pair for name, pair in answers.items() if pair[0] != pair[1]} == {}


def answer_to(person, method: str, name: str, arguments: dict) -> str:
    """The status; `in` for a redirect to the login. What a request changes is taken back."""
    browser = Client()
    if person:
        browser.force_login(person)
        if "-api:" in name:
            browser = Client(headers={"X-Session-Token": app_token(person)})
    body = (
        {"data": {}, "content_type": "application/json"}
        if "-api:" in name and method == "post"
        else {}
    )
    with transaction.atomic():
        response = getattr(browser, method)(reverse(name, kwargs=arguments), **body)
        transaction.set_rollback(True)
    return (
        "in"
        if response.status_code == 302 and "/login/" in response["Location"]
        else str(response.status_code)
    )
