"""The way back: the page that somebody acts from, with its filters, order, page and open details, carried as `from`."""

from contextlib import suppress
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

FROM = "from"
LONGEST = 6500  # characters; a server refuses addresses above 8,190, and the way back is not worth the act


def came_from(request: HttpRequest, fleet_url: str) -> str:
    """The page of this fleet that the address or a form names, else the one that the browser says; "" for any other."""
    told = request.POST.get(FROM) or request.GET.get(FROM)
    page = told or request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page.partition("?")[0], {request.get_host()}):  # it takes no long address
        return ""
    if not urlsplit(page).path.startswith(fleet_url) or urlsplit(page).path == request.path:
        return ""
    return _within_site(page)


def list_among(page: str, lists: list[str]) -> str:
    """The list that this page is, or that it was reached from; "" where it is neither."""
    while page and urlsplit(page).path not in lists:
        page = _within_site(parse_qs(urlsplit(page).query).get(FROM, [""])[0])
    return page


def _within_site(page: str) -> str:
    """Without scheme and host, whoever named them; "" for what is no address."""
    with suppress(ValueError):
        return urlunsplit(("", "", *urlsplit(page)[2:4], ""))
    return ""


def tell(page: str) -> str:
    """What a link adds to its address so that the page it leads to knows the way back."""
    told = urlencode({FROM: page})
    return told if page and len(told) <= LONGEST else ""
