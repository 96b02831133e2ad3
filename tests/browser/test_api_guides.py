"""The pages for those who write programs, in a browser: accessible in every look and language, without a script."""

import pytest
from playwright.sync_api import Page, expect

PAGES = [
    "/api/docs/",
    "/api/docs/oneapi/",
    "/api/docs/smartcontrol/",
    "/problems/",
    "/problems/stale",
]


LANGUAGES = [
    pytest.param(code, marks=pytest.mark.browser_context_args(locale=f"{code}-DE"), id=code)
    for code in ("en", "de")
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible_in_every_look_and_language(
    page: Page, db, language, path, assert_accessible
):
    page.goto(path)
    expect(page.locator("html")).to_have_attribute("lang", language)
    assert_accessible(page)


def test_the_guide_is_read_without_javascript(browser, browser_context_args, base_url, db):
    with browser.new_context(**browser_context_args, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{base_url}/api/docs/")
        page.locator("section", has_text="OneAPI").get_by_role("link", name="Guide").click()
        page.get_by_role("link", name="Follow changes").click()
        expect(page.get_by_role("heading", name="Follow changes")).to_be_in_viewport()
        example = page.locator("details", has_text="changes.py")
        expect(example.locator("pre")).to_be_hidden()
        example.locator("summary").click()
        expect(example.locator("pre")).to_contain_text("next_changed_after")


def test_the_reference_of_each_api_is_read_from_its_guide(page: Page, db):
    for name, operation in (("oneapi", "List vehicles"), ("smartcontrol", "List jobs")):
        page.goto(f"/api/docs/{name}/")
        page.locator("main").get_by_role("link", name="Reference").first.click()
        expect(page.get_by_text(operation, exact=True).first).to_be_visible()
