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
    caller = Caller(None if role == "anonymous" else request.getfixturevalue(role))
    column = ROLES.index(role)

    answers = {}
    for name, (arguments, *expected) in ROUTES:
        if wanted := expected[0 if method == "get" else 1]:
            answers[name] = (
                answer_to(caller, method, name, scene(name, arguments)),
                wanted[column],
            )

    assert {name: pair for name, pair in answers.items() if pair[0] != pair[1]} == {}


class Caller:
    """Somebody who is signed in once, in a browser and in the app, or nobody."""

    def __init__(self, person):
        self.cookies, self.headers = {}, {}
        if person:
            browser = Client()
            browser.force_login(person)
            self.cookies = {name: cookie.value for name, cookie in browser.cookies.items()}
            self.headers = {"X-Session-Token": app_token(person)}

    def client(self, name: str) -> Client:
        """For one request: what it does to the cookies is not there for the next."""
        if "-api:" in name:
            return Client(headers=self.headers)
        browser = Client()
        browser.cookies.load(self.cookies)
        return browser


def answer_to(caller: Caller, method: str, name: str, arguments: dict) -> str:
    """The status; `in` for a redirect to the login. What a request changes is taken back."""
    browser = caller.client(name)
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
