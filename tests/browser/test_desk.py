"""The operators' desk in a browser: by eye in both languages, and by keyboard."""

import pytest
from playwright.sync_api import Page, expect

from core.models import Mail


@pytest.fixture
def desk(page: Page, sign_in, operator, configured_job):
    Mail.objects.create(to="a@example.com", template="x", status=Mail.Status.FAILED)
    sign_in(operator)
    return page


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_pages_of_the_desk_are_accessible_in_every_look(
    desk: Page, operator, company, fleet, configured_job, language, assert_accessible
):
    operator.language = language
    operator.save()
    for path in (
        "/admin/",
        f"/admin/search/?q={configured_job.unit_id}",
        "/admin/core/mail/?rows=failed-mails",
        f"/admin/accounts/company/{company.pk}/change/",
        f"/admin/accounts/mobilityprovider/{fleet.provider_id}/change/",
        f"/admin/accounts/fleet/{fleet.pk}/change/",
        "/admin/accounts/invitation/add/",
        "/admin/accounts/fleet/import/",
        "/admin/accounts/fleet/export/",
    ):
        desk.goto(path)
        expect(desk.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(desk)


def test_the_desk_is_used_by_keyboard(desk: Page, configured_job):
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.goto("/admin/")
    desk.keyboard.press("Tab")
    expect(desk.get_by_role("link", name="Skip to main content")).to_be_focused()
    for _stop in range(10):
        desk.keyboard.press("Tab")
        if desk.evaluate("document.activeElement.id") == "desk-search":
            break
    desk.keyboard.type(configured_job.unit_id)
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Jobs")).to_be_visible()
    jobs = desk.get_by_role("region", name="Jobs")
    jobs.get_by_role("link", name=str(configured_job)).focus()
    desk.keyboard.press("Enter")
    expect(desk).to_have_url(f"/admin/jobs/job/{configured_job.pk}/change/")

    desk.goto("/admin/")
    desk.get_by_role("link", name="1 Failed mails").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("link", name="a@example.com")).to_be_visible()


def test_the_theme_of_the_reader_is_the_theme_of_the_desk(desk: Page):
    desk.goto("/admin/")
    background = "getComputedStyle(document.body).backgroundColor"
    light = desk.evaluate(background)
    desk.get_by_role("button", name="Dark").click()
    expect(desk.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert desk.evaluate(background) != light


def test_a_lookup_suggests_rows_and_names_the_one_whose_id_is_in_it(desk: Page, fleet):
    desk.goto("/admin/accounts/invitation/add/")
    field = desk.get_by_label("Fleet")
    field.focus()
    expect(desk.locator(f'datalist option[value="{fleet.pk}"]')).to_have_count(1)
    field.fill(fleet.pk)
    expect(desk.locator("[data-chosen]").filter(has_text=fleet.name)).to_be_visible()
    desk.get_by_label("E-mail").fill("nora@example.com")
    desk.get_by_label("Role").select_option("VIEWER")
    field.fill(fleet.name)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_role("link", name="nora@example.com", exact=True)).to_be_visible()


def test_after_the_setup_of_a_second_factor_a_button_leads_back(
    desk: Page, operator, settings, assert_accessible
):
    settings.OPERATORS_NEED_SECOND_FACTOR = True
    desk.goto("/admin/accounts/fleet/?q=north")
    expect(desk).to_have_url("/accounts/2fa/")
    operator.authenticator_set.create(type="totp", data={"secret": "x"})
    desk.reload()
    assert_accessible(desk)
    desk.get_by_role("link", name="Continue").press("Enter")
    expect(desk).to_have_url("/admin/accounts/fleet/?q=north")
