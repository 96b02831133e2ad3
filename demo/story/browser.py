"""A person at a computer: cookies, pages, forms with their CSRF tokens."""

from urllib.parse import urlsplit

import httpx

from demo.story.line import Broke, send
from demo.story.page import Form, Page


class Browser:
    def __init__(self, site: str):
        self.site = site
        self.client = httpx.Client(
            base_url=site, follow_redirects=True, timeout=60, headers={"Accept-Language": "en"}
        )

    def open(self, path: str) -> Page:
        return self._read(send(self.client, "GET", self._here(path), again=True))

    def submit(
        self, page: Page, *names: str, button: tuple[str, str] | None = None, **typed: object
    ) -> Page:
        """Fill in the form of `page` that has these fields, or the ones typed into, and press its button."""
        form = page.form(*(names or typed))
        if form is None:
            raise Broke(f"{page.url} has no form with {', '.join(names or typed)}")
        return self.send(page, form, button=button, **typed)

    def confirm(
        self, page: Page, *, button: tuple[str, str] | None = None, **typed: object
    ) -> Page:
        """Confirm the question on `page`."""
        if page.question is None:
            raise Broke(f"{page.url} asks nothing")
        return self.send(page, page.question, button=button, **typed)

    def send(
        self, page: Page, form: Form, *, button: tuple[str, str] | None = None, **typed: object
    ) -> Page:
        """A page that comes back with complaints is the end of the story: what was typed was right."""
        pairs = form.filled(typed) + ([button] if button else [])
        if form.method == "get":
            return self._read(send(self.client, "GET", form.action, again=True, params=pairs))
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        headers = {"Referer": page.url}
        answer = self._read(
            send(
                self.client,
                "POST",
                form.action,
                again=False,
                data=data,
                headers=headers,
            )
        )
        if answer.complaints:
            raise Broke(f"{form.action} says: {answer.complaints}")
        return answer

    def sign_in(self, email: str, password: str, path: str = "/") -> Page:
        page = self.open(path)
        page = self.submit(page, login=email, password=password)
        if "/accounts/login" in page.url:
            raise Broke(f"{email} cannot sign in")
        return page

    def _here(self, path: str) -> str:
        """Links in mails name the address that the product has for the world; the story stays where it was sent to."""
        parts = urlsplit(path)
        if parts.query:
            return f"{parts.path}?{parts.query}"
        return parts.path

    @staticmethod
    def _read(answer: httpx.Response) -> Page:
        if answer.status_code >= 400:
            raise Broke(
                f"{answer.request.method} {answer.request.url}: {answer.status_code} {_gist(answer)}"
            )
        return Page(answer.text, str(answer.url))


def _gist(answer: httpx.Response) -> str:
    try:
        page = Page(answer.text, str(answer.url)).root
    except AssertionError:
        return ""
    return next((element.text for element in page.all("h1")), page.text[:200])
