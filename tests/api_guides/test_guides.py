"""The guides of both APIs: written from the code where they can be, and pages that cost no query."""

import re

import pytest
from django.conf import settings

from core.refusals import CATALOGUE
from core.web.api.documents import documents
from tests.api_guides import pages

PAGES = ["/api/docs/", "/problems/", "/problems/stale"] + [
    f"/api/docs/{name}/{part}" for name in pages.DOCUMENTS for part in ("", "reference/")
]


@pytest.mark.parametrize("guide", pages.guides(), ids=lambda guide: guide.name)
def test_a_guide_has_the_examples_and_tables_as_they_are(guide):
    assert guide.read_text() == pages.written(guide), "run python -m tests.api_guides"


@pytest.mark.parametrize("guide", pages.guides(), ids=lambda guide: guide.name)
def test_every_operation_is_in_the_guide_of_its_api(guide):
    api = pages.api_of(guide)
    listed = re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", guide.read_text(), re.MULTILINE)
    assert sorted(listed) == sorted(f"{one[0]} {one[1]}" for one in pages.operations(api))


def test_every_operation_of_oneapi_names_the_right_that_its_view_requires(client):
    from fleetcontrol.api.urls import urlpatterns

    required = {
        (method, pattern.name): right
        for pattern in urlpatterns
        for method, right in getattr(pattern.callback.view_class, "rights", {}).items()
    }
    named = sorted(right for *_about, right in pages.operations("oneapi"))
    assert named == sorted(required.values())
    assert all(":" in right for right in named)


def test_both_apis_have_a_guide():
    assert set(documents()) == set(pages.DOCUMENTS) == {pages.api_of(one) for one in pages.guides()}


@pytest.mark.parametrize("guide", pages.guides(), ids=lambda guide: guide.name)
def test_a_guide_names_only_problems_that_there_are(guide):
    assert set(re.findall(r"/problems/(\w+)", guide.read_text())) <= set(CATALOGUE)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.django_db
def test_a_page_needs_no_query_and_has_no_script_of_its_own(
    client, path, django_assert_num_queries
):
    with django_assert_num_queries(0):
        page = client.get(path)
    assert page.status_code == 200
    text = page.content.decode()
    assert "<style" not in text
    assert " style=" not in text
    assert not re.search(r'<script(?! src=|[^>]* type="application/json")', text)


def test_links_between_the_pages_lead_somewhere(client, db):
    for path in PAGES:
        for link in re.findall(
            r'href="(/(?:api|problems)[^"#]*)', client.get(path).content.decode()
        ):
            assert client.get(link).status_code == 200, f"{path}: {link}"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "On this page"), ("de", "Auf dieser Seite")]
)
@pytest.mark.parametrize("name", list(pages.DOCUMENTS))
def test_a_guide_is_in_the_readers_language(client, db, name, language, words):
    page = client.get(f"/api/docs/{name}/", headers={"Accept-Language": language}).content.decode()
    assert f'<html lang="{language}"' in page
    assert f'class="prose" lang="{language}"' in page
    assert words in page


@pytest.mark.parametrize("name", list(pages.DOCUMENTS))
def test_a_translation_has_the_sections_and_examples_of_the_original(name):
    original = pages.FOLDER / f"{name}.md"
    guides = [one for one in pages.guides() if pages.api_of(one) == name]
    assert len(guides) == len(settings.LANGUAGES)
    for guide in guides:
        assert pages.examples(guide) == pages.examples(original)
        assert outline(guide) == outline(original)


def outline(guide) -> list[str]:
    """Headings and links without their words."""
    return re.findall(r"^#+ |^\| \[|\]\([^)]*\)", guide.read_text(), re.MULTILINE)
