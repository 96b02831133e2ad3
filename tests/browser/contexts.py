"""One browser context for all tests of pages, emptied after each.

In a context of its own, a test would load all scripts and styles again: two thirds of what a short one costs.
"""

from playwright.sync_api import Browser, BrowserContext

# Chromium asks for no other icon.
BLANK = "<link rel=icon href=data:,>"


class Shared:
    """A context that tests use one after the other. A page stays open in it, which keeps scripts and styles loaded."""

    def __init__(self, browser: Browser, options: dict, origin: str):
        self.origin = origin
        self.context: BrowserContext = browser.new_context(**options)
        self.open = self.context.new_page()
        self.open.route(
            "**/open", lambda route: route.fulfill(content_type="text/html", body=BLANK)
        )
        self.open.goto(f"{origin}/open")
        self.storage = self.context.new_cdp_session(self.open)

    def empty(self) -> None:
        """Leave no page, route, permission, cookie or stored value to the next test."""
        for page in self.context.pages:
            if page != self.open:
                page.close()
        self.context.unroute_all()
        self.context.clear_permissions()
        self.context.clear_cookies()
        everything = {"origin": self.origin, "storageTypes": "all"}
        self.storage.send("Storage.clearDataForOrigin", everything)

    @property
    def has_a_clock(self) -> bool:
        """Whether a test has set the time of its pages, which stays so in this context."""
        return self.open.evaluate("'__pwClock' in globalThis")


class Contexts:
    """The shared contexts of a process: one for each set of options."""

    def __init__(self, browser: Browser, origin: str):
        self.browser = browser
        self.origin = origin
        self.kept: dict[str, Shared] = {}

    def take(self, options: dict) -> Shared:
        """Return the context with these options, which from then on is in use."""
        return self.kept.pop(self._key(options), None) or Shared(self.browser, options, self.origin)

    def give_back(self, options: dict, shared: Shared) -> None:
        """Empty the context for the next test, or close it where that is not possible."""
        if shared.has_a_clock:
            shared.context.close()
            return
        shared.empty()
        self.kept[self._key(options)] = shared

    @staticmethod
    def _key(options: dict) -> str:
        return repr(sorted(options.items()))
