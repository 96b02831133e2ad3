"""The way back: the page that somebody acts from, with its filters, order, page and open details, carried as `from`."""

from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

FROM = "from"


def came_from(request: HttpRequest, fleet_url: str) -> str:
    """The page of this fleet that the address or a form names, else the one that the browser says; "" for any other."""
    told = request.POST.get(FROM) or request.GET.get(FROM)
    page = told or request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
        return ""
    parts = urlsplit(page)
    if not parts.path.startswith(fleet_url) or parts.path == request.path:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def list_among(page: str, lists: list[str]) -> str:
    """The list that this page is, or that it was reached from; "" where it is neither."""
    while page and urlsplit(page).path not in lists:
        page = parse_qs(urlsplit(page).query).get(FROM, [""])[0]
    return page


def tell(page: str) -> str:
    """What a link adds to its address so that the page it leads to knows the way back."""
    return urlencode({FROM: page}) if page else ""
