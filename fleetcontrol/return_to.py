"""The page to return to after an action: with its filters, order, page and open details. Links carry it as `from`."""

from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

PARAMETER = "from"
# Characters. A server refuses URLs above 8,190, and returning to a page is not worth a refused action.
MAX_LENGTH = 6500


def requested_page(request: HttpRequest, fleet_url: str) -> str:
    """Return the page of this fleet that the request names, else the one that the browser reports; "" for any other."""
    named = request.POST.get(PARAMETER) or request.GET.get(PARAMETER)
    page = named or request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    # Without the query: Django's check refuses long URLs.
    if not url_has_allowed_host_and_scheme(page.partition("?")[0], {request.get_host()}):
        return ""
    path = urlsplit(page).path
    if not path.startswith(fleet_url) or path == request.path:
        return ""
    return _without_host(page)


def nearest_list(page: str, lists: list[str]) -> str:
    """Return the list that `page` is, or that it was opened from; "" if it is neither."""
    while page and urlsplit(page).path not in lists:
        opened_from = parse_qs(urlsplit(page).query).get(PARAMETER, [""])[0]
        page = _without_host(opened_from)
    return page


def parameter(page: str) -> str:
    """Return the query string that a link adds so that its page can return to `page`; "" if that is too long."""
    text = urlencode({PARAMETER: page})
    return text if page and len(text) <= MAX_LENGTH else ""


def _without_host(page: str) -> str:
    """Return path and query, which can be split again; "" for what is no path of ours, however it is nested."""
    with suppress(ValueError):
        parts = urlsplit(page)
        if parts.path.startswith("/") and not parts.path.startswith("//"):
            return urlunsplit(("", "", parts.path, parts.query, ""))
    return ""
