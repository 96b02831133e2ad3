"""What `type` of a problem points at: one page for each code, and one that lists them all."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.refusals import CATALOGUE, Refusal


def problem_list(request: HttpRequest) -> HttpResponse:
    codes = sorted(CATALOGUE.items(), key=by_status)
    return render(request, "core/problem_list.html", {"codes": codes})


def by_status(item: tuple[str, Refusal]) -> tuple[int, str]:
    code, refusal = item
    return refusal.status, code


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    if code not in CATALOGUE:
        raise Http404
    return render(request, "core/problem.html", {"code": code, "problem": CATALOGUE[code]})
