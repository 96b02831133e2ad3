import hashlib
import json
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import RequestFactory

from core.web import icons

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MANIFEST = json.loads((STATIC / "vendor/manifest.json").read_text())
STATUSES = ("PENDING", "ASSIGNED", "RUNNING", "SUCCEEDED", "FAILED")


def draw(text, path="/", **context):
    request = RequestFactory().get(path)
    return Template("{% load look %}" + text).render(Context({"request": request, **context}))


@pytest.mark.parametrize("package", MANIFEST["packages"], ids=lambda package: package["name"])
def test_what_others_wrote_is_what_the_manifest_says(package):
    for name, checksum in package["files"].items():
        assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == checksum, name


def test_every_file_of_others_is_in_the_manifest():
    listed = {name for package in MANIFEST["packages"] for name in package["files"]}
    there = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*.*")}
    assert there - listed == {"vendor/manifest.json"}


def test_every_icon_that_a_template_names_is_there():
    named = {
        (name, str(template.relative_to(ROOT)))
        for template in TEMPLATES
        for name in re.findall(r'{% icon "([\w-]+)" %}|icon_name="([\w-]+)"', template.read_text())
        for name in name
        if name
    }
    assert [(name, where) for name, where in named if name not in icons.names()] == []


@pytest.mark.parametrize(
    "sheet", sorted((STATIC / "css").glob("*.css")), ids=lambda sheet: sheet.name
)
def test_every_address_in_a_style_sheet_is_there(sheet):
    addresses = re.findall(r'url\("([^"]+)"\)', sheet.read_text())
    assert [address for address in addresses if not (sheet.parent / address).exists()] == []


def test_no_template_of_a_page_needs_what_the_browser_is_told_to_refuse():
    """Script and style in place are refused by the content security policy; mails know nothing else."""
    pages = [path for path in TEMPLATES if "mails" not in path.parts]
    refused = re.compile(
        r"\sstyle=|\son[a-z]+=\"|<style|javascript:|<script(?![^>]*(src=|application/json))"
    )
    assert [str(path.relative_to(ROOT)) for path in pages if refused.search(path.read_text())] == []


def test_no_template_decides_by_a_status():
    """What can be done is asked of the row, `can(…)`, and offered by one list of actions."""
    compared = re.compile(r"\{%[^%]*status\s*(==|!=|in\b)")
    assert [
        str(path.relative_to(ROOT)) for path in TEMPLATES if compared.search(path.read_text())
    ] == []


@pytest.mark.django_db
def test_a_page_is_sent_without_the_indentation_of_its_templates(client):
    lines = client.get("/no/such/page/").content.decode().splitlines()
    assert [
        line for line in lines if line.startswith((" ", "\t")) and line.strip().startswith("<")
    ] == []


def test_every_icon_is_in_the_one_drawing_that_pages_name():
    assert icons.SHEET.read_text() == icons.draw(), "run: python -m core.web.icons"


def test_an_icon_is_decoration():
    assert (
        draw('{% icon "lock" %}')
        == '<svg class="icon" aria-hidden="true"><use href="/static/icons.svg#lock"/></svg>'
    )


def test_an_icon_that_is_not_there_is_an_error():
    with pytest.raises(LookupError):
        draw('{% icon "nothing-such" %}')


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_has_a_word_and_a_rule_of_its_own(status):
    assert f'data-status="{status}">Word &lt;' in draw(
        "{% status value label %}", value=status, label="Word <"
    )
    sheet = (STATIC / "css/parts.css").read_text()
    assert status == "PENDING" or f'[data-status="{status}"]' in sheet


def test_what_stands_in_a_component_keeps_its_place_and_its_context():
    drawn = draw(
        '{% component "empty" title=title %}<b>{{ act }}</b>{% endcomponent %}',
        title="Nobody <yet>",
        act="A & B",
    )
    assert "Nobody &lt;yet&gt;" in drawn
    assert "<b>A &amp; B</b>" in drawn


def test_a_changed_query_keeps_the_rest_and_forgets_the_poll():
    drawn = draw(
        "{% query cursor=None page_size=50 %}", path="/?status=A&status=B&cursor=x&live=y&digest=z"
    )
    assert drawn == "?status=A&amp;status=B&amp;page_size=50"


def test_the_page_follows_the_choice_of_theme(client, manager):
    answer = client.post("/theme/", {"theme": "dark", "next": "/accounts/login/?next=/x"})
    assert answer.headers["Location"] == "/accounts/login/?next=/x"
    assert b'<html lang="en" data-bs-theme="dark">' in client.get("/accounts/login/").content
    client.force_login(manager)
    client.post("/theme/", {"theme": "light"})
    manager.refresh_from_db()
    assert manager.theme == "light"
    assert b'data-bs-theme="light"' in client.get("/accounts/password/change/").content


def test_without_a_choice_the_page_follows_the_device(client, db):
    assert b"data-bs-theme" not in client.get("/accounts/login/").content


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"]
)
def test_choosing_a_theme_leads_nowhere_else(client, elsewhere):
    answer = client.post("/theme/", {"theme": "nonsense", "next": elsewhere})
    assert answer.headers["Location"] == "/"
    assert "theme" not in answer.cookies


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "409", "500"])
def test_an_error_page_stands_alone(name):
    page = Template(f'{{% include "{name}.html" %}}').render(Context())
    assert HttpResponse(page).content.count(b"<h1>") == 1
