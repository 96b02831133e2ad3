"""What `type` of a problem points at: one page for each code, and one that lists them all."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from core.refusals import CATALOGUE, Refusal
from core.web.api.documents import documents
from core.web.api.explanations import example, explanations


def problem_list(request: HttpRequest) -> HttpResponse:
    codes = sorted(CATALOGUE.items(), key=by_status)
    about = {"apis": documents(), "section": "problems", "codes": codes}
    return render(request, "core/docs/problem_list.html", about)


def by_status(item: tuple[str, Refusal]) -> tuple[int, str]:
    code, refusal = item
    return refusal.status, code


def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    if code not in CATALOGUE:
        raise Http404
    about = {
        "apis": documents(),
        "section": "problems",
        "code": code,
        "problem": CATALOGUE[code],
        "explanation": explanations(get_language() or "en")[code],
        "example": readable(example(code)),
    }
    return render(request, "core/docs/problem.html", about)


def readable(answer: dict) -> str:
    return json.dumps(answer, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder)
