"""Every page of the operators' site, over the demo world: it opens, it searches, and what it asks does not grow."""

from contextlib import contextmanager

import pytest
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User

# Session, user, rights, count, rows, and what filters and frames ask; with inlines on the page of one row.
OF_A_LIST, OF_A_ROW = 8, 22
# What somebody may type: a word, a plate, keys of every look, an address, nonsense.
TERMS = [
    "Zoe",
    "B QX 2041",
    "01M7ZWCPYMRAZK6E13DWWBV3C0",
    "7C0D1A0000010000",
    "AB1CD",
    "manager@appdrive.example",
    "%' OR 1=1 --",
    "ä" * 300,
]
pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
every_model = pytest.mark.parametrize(
    "model",
    sorted(admin.site._registry, key=lambda model: model._meta.label),
    ids=lambda model: model._meta.label,
)


@pytest.fixture
def operator_site(demo):
    browser = Client()
    browser.force_login(User.objects.get(email="operator@demo.example"))
    return browser


def page(model, name: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@every_model
def test_the_list_opens_and_searches_in_bounded_statements(
    operator_site, model, django_assert_max_num_queries
):
    with django_assert_max_num_queries(OF_A_LIST):
        assert operator_site.get(page(model, "changelist")).status_code == 200
    for term in TERMS:
        with django_assert_max_num_queries(OF_A_LIST):
            assert operator_site.get(page(model, "changelist"), {"q": term}).status_code == 200


@every_model
def test_the_list_takes_the_same_statements_at_one_row_and_at_a_hundred(operator_site, model):
    taken = []
    for number in (1, 100):
        with only_rows(model, number), CaptureQueriesContext(connection) as statements:
            listed = operator_site.get(page(model, "changelist"))
        assert listed.context["cl"].result_count in (0, number, number + 1)
        taken.append(len(statements))
    assert taken[0] == taken[1] <= OF_A_LIST


@contextmanager
def only_rows(model, number):
    """As if the table had so many rows: a temporary one of its name, without constraints, hides it for a while.

    All of them are copies of one row. That of the operator stays, who is read by each request.
    """
    table = connection.ops.quote_name(model._meta.db_table)
    where = "email != 'operator@demo.example'" if model is User else "true"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE one_row AS SELECT * FROM {table} WHERE {where} LIMIT 1"
        )
        cursor.execute(f"CREATE TEMPORARY TABLE others AS SELECT * FROM {table} WHERE NOT {where}")
        cursor.execute(f"CREATE TEMPORARY TABLE {table} AS SELECT * FROM others")
        for _copy in range(number):
            cursor.execute(f"INSERT INTO {table} SELECT * FROM one_row")
        try:
            yield
        finally:
            for name in (table, "one_row", "others"):
                cursor.execute(f"DROP TABLE {name}")


@every_model
def test_a_row_and_the_form_for_a_new_one_open_in_bounded_statements(
    operator_site, model, django_assert_max_num_queries
):
    row = model._default_manager.order_by("-pk").first()
    if row is not None:
        with django_assert_max_num_queries(OF_A_ROW):
            assert operator_site.get(page(model, "change", row.pk)).status_code == 200
    may_add = admin.site._registry[model].has_add_permission
    with django_assert_max_num_queries(OF_A_ROW):
        answer = operator_site.get(page(model, "add"))
    assert answer.status_code == (200 if may_add(answer.wsgi_request) else 403)


@every_model
def test_every_model_can_be_searched(operator_site, model):
    assert 'name="q"' in operator_site.get(page(model, "changelist")).content.decode()


def test_no_page_shows_what_opens_a_session(operator_site):
    rows = UserSession.objects.all()
    UserSession.objects.create(
        user=User.objects.first(), ip="127.0.0.1", session_key="the-key-of-a-session"
    )
    shown = [
        operator_site.get(page(UserSession, "changelist")),
        operator_site.get(page(UserSession, "change", rows.last().pk)),
    ]
    assert all("127.0.0.1" in answer.content.decode() for answer in shown)
    assert not any("the-key-of-a-session" in answer.content.decode() for answer in shown)


# Nothing that an operator looks into: rights are on their users, sessions have their own page, the page of an API
# client says when it was used last, messages show how far their fleet is numbered, and so do jobs.
NOT_SHOWN = {
    "jobs.JobCounter",
    "accounts.ApiClientUse", "core.OutboxEdge", "core.OutboxStream",
    "auth.Permission", "contenttypes.ContentType", "sessions.Session", "account.EmailConfirmation",
}  # fmt: skip


def test_every_model_has_its_page():
    assert {
        model._meta.label for model in apps.get_models() if model not in admin.site._registry
    } == NOT_SHOWN


def test_the_front_page_names_every_model(operator_site):
    shown = operator_site.get(reverse("admin:index")).content.decode()
    assert [
        model._meta.label
        for model in admin.site._registry
        if page(model, "changelist") not in shown
    ] == []
