"""The pages for those who write programs: the APIs, the guide and the reference of each."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from core.web.api import guides
from core.web.api.documents import documents


def overview(request: HttpRequest) -> HttpResponse:
    found = [(name, guides.read(name, get_language() or "en")) for name in documents()]
    about = {"apis": documents(), "guides": found, "section": "overview"}
    return render(request, "core/docs/overview.html", about)


def guide(request: HttpRequest, name: str) -> HttpResponse:
    about = {**document_of(name), "guide": guides.read(name, get_language() or "en")}
    return render(request, "core/docs/guide.html", about)


def reference(request: HttpRequest, name: str) -> HttpResponse:
    """Swagger UI without its top bar, whose inline styles the Content-Security-Policy forbids."""
    return render(request, "core/docs/reference.html", document_of(name))


def document_of(name: str) -> dict:
    """What pages about one API have."""
    apis = documents()
    if name not in apis:
        raise Http404
    title, url = apis[name]
    return {"apis": apis, "name": name, "title": title, "url": url}
