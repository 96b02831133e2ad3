"""What axe says of a page."""

from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import Page

# In the dark only colours are others, and no colour hangs on the width.
ONLY_COLOURS = {"runOnly": ["color-contrast"]}
ALL_BUT_COLOURS = {"rules": {"color-contrast": {"enabled": False}}}
# Every rule is tried. What passes is neither described nor sent, which takes most of axe's time. Style sheets are not
# read again: axe would write imported ones into the page, which the content security policy refuses.
RUN = """async (rules) => {
  const { violations } = await axe.run({ ...rules, preload: false, resultTypes: ["violations"] });
  return { violations };
}"""


def violations(page: Page, rules: dict | None = None) -> str:
    """The report of what is wrong with the page; empty where nothing is. `rules` are options of axe."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(Axe().axe_script)
    found = AxeResults(page.evaluate(RUN, rules or {}))
    return found.generate_report() if found.violations_count else ""
