"""What `type` of a problem points at: one page a code, and one that lists them all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.problem_codes import CODES


def problem_list(request: HttpRequest) -> HttpResponse:
    return render(
        request, "core/problem_list.html", {"codes": sorted(CODES.items(), key=lambda item: (item[1].status, item[0]))}
    )


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    if code not in CODES:
        raise Http404
    return render(request, "core/problem.html", {"code": code, "problem": CODES[code]})
